import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectBlocks, findBlocks, Programs } from './doctest.ts';

const blocks = collectBlocks();

describe('the blocks of documents and docstrings', () => {
  let programs: Programs;
  let findings: Awaited<ReturnType<Programs['typeCheck']>>;

  beforeAll(async () => {
    programs = new Programs(blocks);
    findings = await programs.typeCheck();
  });
  afterAll(() => programs[Symbol.dispose]());

  test('compile', () => {
    expect([...findings.values()].flat()).toEqual([]);
  });

  for (const block of blocks.filter(({ run }) => run)) {
    test(`${block.file}:${block.line} runs`, async () => {
      const { code, output } = await programs.run(block);
      expect(code, output).toBe(0);
    });
  }
});

describe('the doctest itself', () => {
  const document = [
    '# Title',
    '```ts',
    'const x: number = "a";',
    '```',
    '- item',
    '  ```ts no-run',
    '  f();',
    '  ```',
    '```sh',
    'ls',
    '```',
  ];

  test('finds ts blocks alone, with their lines and marks', () => {
    expect(findBlocks(document.join('\n'), / */)).toEqual([
      { line: 3, run: true, code: 'const x: number = "a";' },
      { line: 7, run: false, code: 'f();' },
    ]);
  });

  test('takes the margin of a docstring off', () => {
    const docstring = ['/**', ' * @example', ' * ```ts', ' * if (true) {', ' *   go();', ' * }', ' * ```', ' */'];
    expect(findBlocks(docstring.join('\n'), / *\* /)).toEqual([
      { line: 4, run: true, code: 'if (true) {\n  go();\n}' },
    ]);
  });

  test('refuses a block without an end', () => {
    expect(() => findBlocks('```ts\nx', / */)).toThrow('line 2');
  });

  test('names the line that does not compile, and the exit code of a program that fails', async () => {
    const wrong = { file: 'guide.md', line: 30, run: true, code: 'export {};\nconst x: number = "a";\n' };
    const failing = { file: 'guide.md', line: 50, run: true, code: 'console.log("so far"); process.exit(3);' };
    using programs = new Programs([wrong, failing]);
    const findings = await programs.typeCheck();
    expect(findings.get(wrong)).toEqual([expect.stringMatching(/^guide\.md:31: error TS2322/)]);
    expect(findings.get(failing)).toEqual([]);
    expect(await programs.run(failing)).toEqual({ code: 3, output: 'so far\n' });
  });
});
