// The linter, set up as the guide says, finds in the guide's example what the example says that it finds.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/guide/linting.md'), 'utf8');
const blockOf = (language: string, number = 1): string =>
  page.split(`\`\`\`${language}\n`)[number]?.split('```\n')[0] ?? '';

const linesWith = (code: string, comment: string): number[] =>
  code.split('\n').flatMap((line, index) => (line.endsWith(`// ${comment}`) ? [index + 1] : []));

describe('the rule for forgotten waits', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cotask-lint-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const tsconfig = { extends: join(root, 'tsconfig.test.json'), include: ['*.ts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The lines in which the linter finds something that is not awaited. */
  const lint = (config: string, code: string, rule = 'no-floating-promises'): Promise<number[]> => {
    writeFileSync(join(folder, '.oxlintrc.json'), config);
    writeFileSync(join(folder, 'program.ts'), code);
    const linter = join(root, 'node_modules/oxlint/bin/oxlint');
    const args = [linter, '--type-aware', '-c', '.oxlintrc.json', '--format=unix', 'program.ts'];
    return new Promise((done) => {
      execFile(process.execPath, args, { cwd: folder }, (_error, output) =>
        done([...output.matchAll(new RegExp(`^program\\.ts:(\\d+):.*${rule}`, 'gm'))].map(([, line]) => Number(line))),
      );
    });
  };

  test('finds each of them in either gear, and lets pass what is meant', async () => {
    const code = blockOf('ts no-run');
    expect(linesWith(code, 'found')).toHaveLength(7);
    expect((await lint(blockOf('json'), code)).sort((a, b) => a - b)).toEqual(linesWith(code, 'found'));
  });

  test('finds none of them without the option', async () => {
    expect(
      await lint(blockOf('json').replace('"checkThenables": true', '"checkThenables": false'), blockOf('ts no-run')),
    ).toEqual([]);
  });

  test('another one finds what is returned out of a block that cleans up first', async () => {
    const code = blockOf('ts no-run', 2);
    const lines = code.split('\n').flatMap((line, index) => (line.includes('// found') ? [index + 1] : []));
    expect(lines).toHaveLength(1);
    expect(await lint(blockOf('json', 2), code, 'return-await')).toEqual(lines);
  });

  test('is on for this repository', async () => {
    const repository = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
    const code = "import { sleep } from 'cotask';\nexport const nap = (): void => {\n  sleep(1);\n};\n";
    expect(await lint(JSON.stringify(repository), code)).toEqual([3]);
  });
});
