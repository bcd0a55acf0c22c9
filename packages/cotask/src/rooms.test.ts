import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The rooms of the kernel, from the ground up: a room imports only those before it. */
const rooms = [
  'errors.ts',
  'options.ts',
  'host',
  'loop',
  'tasks',
  'scopes',
  'together',
  'sync',
  'queues',
  'flow',
  'interop',
  'watch',
  'run',
  'lowlevel.ts',
  'testing',
  'index.ts',
];

/** The rooms of `@cotask/http`, likewise; a type may come from a room above. */
const httpRooms = [
  'make-headers.ts',
  'errors',
  'names-elsewhere.ts',
  'check-options.ts',
  'bounds.ts',
  'message',
  'bodies',
  'credentials',
  'connections',
  'exchange',
  'response',
  'request',
  'middlewares',
  'fetch',
  'event-stream',
  'web-socket',
  'client-session.ts',
  'testing',
  'index.ts',
];

/** The packages, from the ground up: published sources import only those before them. */
const packages = ['cotask', '@cotask/node', '@cotask/http', '@cotask/download', '@cotask/inspect', '@cotask/cli'];

const packagesFolder = fileURLToPath(new URL('../../', import.meta.url));
const kernelFolder = join(packagesFolder, 'cotask', 'src');
const httpFolder = join(packagesFolder, 'http', 'src');

interface Import {
  file: string;
  line: number;
  specifier: string;
  typeOnly: boolean;
}

const statement = /^[ \t]*(?:import|export)\s+(type\b(?!\s*,))?[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const bareStatement = /^[ \t]*import\s*()['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*()['"]([^'"]+)['"]/g;

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '));

const findImports = (file: string, text: string): Import[] => {
  const code = withoutComments(text);
  return [statement, bareStatement, call].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      file,
      line: code.slice(0, match.index).split('\n').length,
      specifier: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
  );
};

/** Tests may import anything; `probes/` holds nothing else. */
const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.startsWith('probes/');

const sourcesOf = (folder: string): string[] =>
  globSync('**/*.ts', { cwd: folder })
    .filter((file) => !isTest(file))
    .sort();

const readImports = (folder: string): Import[] =>
  sourcesOf(folder).flatMap((file) => findImports(file, readFileSync(join(folder, file), 'utf8')));

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.');

const targetOf = ({ file, specifier }: Import): string => relative('/', resolve('/', dirname(file), specifier));

const roomOf = (file: string): string => file.split('/')[0] ?? '';

const say = ({ file, line, specifier }: Import): string => `${file}:${line} imports ${specifier}`;

const upwardImports = (order: string[], imports: Import[]): string[] =>
  imports
    .filter(isRelative)
    .filter((each) => order.indexOf(roomOf(targetOf(each))) > order.indexOf(roomOf(each.file)))
    .map(say);

/** Files that import one another in a circle, as `a.ts -> b.ts -> a.ts`; imports of types are gone when the program runs. */
const findCycles = (imports: Import[]): string[] => {
  const edges = Map.groupBy(
    imports.filter((each) => isRelative(each) && !each.typeOnly),
    ({ file }) => file,
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (finished.has(file) || path.includes(file)) return;
    for (const edge of edges.get(file) ?? []) visit(targetOf(edge), [...path, file]);
    finished.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
};

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const misplacedPackages = (name: string, imports: Import[]): string[] => {
  const allowed = packages.slice(0, packages.indexOf(name));
  return imports
    .filter(({ specifier }) => /^(?:cotask|@cotask\/[\w-]+)(?:\/|$)/.test(specifier))
    .filter(({ specifier }) => !allowed.includes(packageOf(specifier)))
    .map(say);
};

/** The program behind `npm start` is no published code and may use the test servers. */
const isPublished = ({ file }: Import): boolean => !/^start(?:\.ts$|\/)/.test(file);

describe('the rooms of the kernel', () => {
  const imports = readImports(kernelFolder);

  test('are those of the design', () => {
    const strangers = sourcesOf(kernelFolder).filter((file) => !rooms.includes(roomOf(file)));
    expect(strangers).toEqual([]);
  });

  test('import only the rooms before them', () => {
    expect(upwardImports(rooms, imports)).toEqual([]);
  });

  test('have no file that imports itself by a detour', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  test('import nothing from outside', () => {
    expect(imports.filter((each) => !isRelative(each)).map(say)).toEqual([]);
  });
});

describe('the rooms of the HTTP client', () => {
  const imports = readImports(httpFolder);

  test('are those of its list', () => {
    expect(sourcesOf(httpFolder).filter((file) => !httpRooms.includes(roomOf(file)))).toEqual([]);
  });

  test('import only the rooms before them, types apart', () => {
    const values = imports.filter((each) => !each.typeOnly);
    expect(upwardImports(httpRooms, values)).toEqual([]);
    expect(findCycles(imports)).toEqual([]);
  });
});

describe('the packages', () => {
  for (const name of packages) {
    test(`${name} imports only the packages before it`, () => {
      const folder = join(packagesFolder, name.replace('@cotask/', ''), 'src');
      expect(misplacedPackages(name, readImports(folder).filter(isPublished))).toEqual([]);
    });
  }
});

describe('this test', () => {
  const upward = ["import { Task } from '../tasks/task.ts';", "export type { A, B } from './step.ts';"].join('\n');

  test('sees an import that goes up, one over several lines, and one by a call', () => {
    expect(upwardImports(rooms, findImports('loop/event-loop.ts', upward))).toEqual([
      'loop/event-loop.ts:1 imports ../tasks/task.ts',
    ]);
    expect(
      upwardImports(rooms, findImports('errors.ts', "import {\n  a,\n  b,\n} from './sync/lock.ts';")),
    ).toHaveLength(1);
    expect(upwardImports(rooms, findImports('errors.ts', "const x = await import('./host/pick.ts');"))).toHaveLength(1);
    expect(upwardImports(rooms, findImports('errors.ts', "import './run/run.ts';"))).toHaveLength(1);
  });

  test('takes no docstring for an import', () => {
    expect(findImports('errors.ts', "/**\n * import { run } from 'cotask';\n import x from 'y';\n */")).toEqual([]);
  });

  test('sees a circle of values and lets one of types be', () => {
    const files = [...findImports('sync/a.ts', "import { b } from './b.ts';")];
    const back = findImports('sync/b.ts', "import { a } from './a.ts';");
    const backByType = findImports('sync/b.ts', "import type { A } from './a.ts';");
    expect(findCycles([...files, ...back])).toEqual(['sync/a.ts -> sync/b.ts -> sync/a.ts']);
    expect(findCycles([...files, ...backByType])).toEqual([]);
  });

  test('sees a package that imports one after it', () => {
    const imports = findImports('a.ts', "import { x } from '@cotask/download';\nimport { run } from 'cotask/testing';");
    expect(misplacedPackages('@cotask/http', imports)).toEqual(['a.ts:1 imports @cotask/download']);
  });
});
