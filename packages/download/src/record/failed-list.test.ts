import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkUrl } from '../source/check-url.ts';
import { FailedList } from './failed-list.ts';

const failure = { kind: 'http 404', message: 'the server answered\n404', status: 404, cause: null };

describe('FailedList', () => {
  let folder = '';
  let place = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'failed-'));
    place = join(folder, 'failed.txt');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is a list: reasons are comments, and URLs can be downloaded again', () => {
    const list = new FailedList(join(folder, 'beside'));
    list.add(checkUrl('http://a/x', { line: 3, offset: 0 }), failure);
    list.add(checkUrl('nope nope', { line: 4, offset: 0 }), { ...failure, message: 'a blank' });
    list.add(checkUrl('http://user:secret@a/', { line: 5, offset: 0 }), failure);
    list.publish(place);
    const text = readFileSync(place, 'utf8');
    expect(text).toBe(
      '# line 3: the server answered 404\nhttp://a/x\n' +
        '# line 4: a blank\n#   nope nope\n' +
        '# line 5: the server answered 404\n#   http://a/ (its user and password are not written here)\n',
    );
    expect(text).not.toContain('secret');
    expect(existsSync(join(folder, 'beside'))).toBe(false);
  });

  test('takes the list of an earlier run away when nothing failed', () => {
    writeFileSync(place, 'old');
    new FailedList(join(folder, 'beside')).publish(place);
    expect(existsSync(place)).toBe(false);
  });
});
