import { expect, test, vi } from 'vitest';
import { findProgram, findPythonWith } from './find-program.ts';

test('a program is found, on the PATH or where Debian keeps servers', () => {
  expect(findProgram('sh')).toMatch(/^\/.*\/sh$/u);
});

test('what is missing is named, with what brings it', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(findProgram('no-such-server', 'some-package')).toBe(null);
    expect(write).toHaveBeenLastCalledWith(
      expect.stringMatching(/^SKIPPED: no no-such-server .*install some-package/u),
    );
    expect(findPythonWith('no_such_library')).toBe(null);
    expect(write).toHaveBeenLastCalledWith(expect.stringContaining('no Python with no_such_library'));
  } finally {
    write.mockRestore();
  }
});
