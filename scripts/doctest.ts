// Finds the ```ts blocks of the documents and of the docstrings, and runs them as programs: what a reader copies works.
//
// A block stands alone: it brings its imports, and its type-check and its exit code decide. ```ts no-run is type-checked
// only (it would need the network, or never end).
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = ['*.md', '{docs,examples,bench}/**/*.md', 'packages/*/*.md'];
const sources = ['packages/*/src/**/*.ts'];
const leftOut = ['**/node_modules/**', '**/dist/**', '**/*.test.ts', 'docs/reference/**', 'bench/peers/**'];
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const programTimeoutMs = 25_000;

/** A block of code; `line` is that of its first line of code. */
export interface Block {
  line: number;
  run: boolean;
  code: string;
}

/** A block and the file it stands in, named from the root of the repository. */
export interface PlacedBlock extends Block {
  file: string;
}

/** How a program ended (its exit code, or the signal that ended it), and everything it printed. */
export interface Ending {
  code: number | NodeJS.Signals | null;
  output: string;
}

/**
 * The ```ts blocks of a text. In a docstring every line begins with ` * `, in a list with spaces: `margin` says what may
 * stand before a fence, and as much is taken off every line of the block.
 */
export const findBlocks = (text: string, margin: RegExp): Block[] => {
  const opening = new RegExp(`^(${margin.source})\`\`\`(?:ts|typescript)\\b(.*)$`);
  const blocks: Block[] = [];
  let open: { line: number; indent: number; run: boolean; lines: string[] } | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = opening.exec(line);
    if (open !== null && line.slice(open.indent).trimEnd() === '```') {
      blocks.push({ line: open.line, run: open.run, code: open.lines.join('\n') });
      open = null;
    } else if (open !== null) {
      open.lines.push(line.slice(open.indent));
    } else if (fence !== null) {
      const [, before = '', marks = ''] = fence;
      open = { line: index + 2, indent: before.length, run: !/\bno-run\b/.test(marks), lines: [] };
    }
  }
  if (open !== null) throw new Error(`The block that begins in line ${open.line} has no end.`);
  return blocks;
};

const markdownMargin = / */;
const docstringMargin = / *\* /;

const blocksOf = (folder: string, patterns: string[], margin: RegExp): PlacedBlock[] =>
  globSync(patterns, { cwd: folder, exclude: leftOut })
    .sort()
    .flatMap((file) =>
      findBlocks(readFileSync(join(folder, file), 'utf8'), margin).map((block) => ({ file, ...block })),
    );

/** Every block of the documents and docstrings of the repository. */
export const collectBlocks = (): PlacedBlock[] => [
  ...blocksOf(root, documents, markdownMargin),
  ...blocksOf(root, sources, docstringMargin),
];

/** The name of the file a block is written to: it says where the block stands. */
const programName = ({ file, line }: PlacedBlock): string => `${file.replaceAll(/[^\w]+/g, '-')}-line-${line}.ts`;

const runNode = (args: string[], cwd: string): Promise<Ending> =>
  new Promise((done, failed) => {
    const env = { ...process.env, NODE_OPTIONS: '--conditions=cotask-source' };
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: programTimeoutMs,
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code: code ?? signal, output: Buffer.concat(output).toString() }));
  });

/**
 * Blocks written out as programs, in a folder of their own inside the repository (there the packages' names resolve, and
 * Node strips types). `Symbol.dispose` removes it.
 */
export class Programs {
  readonly #blocks: readonly PlacedBlock[];
  readonly #folder: string;

  constructor(blocks: readonly PlacedBlock[]) {
    this.#blocks = blocks;
    mkdirSync(join(root, '.doctest'), { recursive: true });
    this.#folder = mkdtempSync(join(root, '.doctest', 'run-'));
    const tsconfig = { extends: '../../tsconfig.test.json', include: ['*.ts'], exclude: [] };
    writeFileSync(join(this.#folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    for (const block of blocks) writeFileSync(join(this.#folder, programName(block)), block.code);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Type-checks all blocks at once; resolves to the compiler's findings in each, with the lines of the document. */
  async typeCheck(): Promise<Map<PlacedBlock, string[]>> {
    const findings = new Map(this.#blocks.map((block): [PlacedBlock, string[]] => [block, []]));
    if (findings.size === 0) return findings;
    const { code, output } = await runNode([compiler, '-p', '.', '--pretty', 'false'], this.#folder);
    for (const [, program, line, what] of output.matchAll(/^([\w-]+\.ts)\((\d+),\d+\): (.*)$/gm)) {
      const block = this.#blocks.find((each) => programName(each) === program);
      if (block !== undefined) findings.get(block)?.push(`${block.file}:${block.line + Number(line) - 1}: ${what}`);
    }
    const isExplained = [...findings.values()].some((each) => each.length > 0);
    if (code !== 0 && !isExplained) throw new Error(`The type-check of the blocks failed elsewhere:\n${output}`);
    return findings;
  }

  /** Runs one block as a program. */
  run(block: PlacedBlock): Promise<Ending> {
    return runNode([join(this.#folder, programName(block))], this.#folder);
  }
}
