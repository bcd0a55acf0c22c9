import { expect, test } from 'vitest';

import { CancelledError } from './errors.ts';

test('a CancelledError says whom it asks to end, and why', () => {
  expect(new CancelledError().message).toBe('this wait was cancelled');
  expect(new CancelledError('enough').message).toBe('enough');
  expect(new CancelledError(null, 'deadline', 'crawler').message).toBe(
    'task "crawler" was cancelled because a deadline passed',
  );
  expect(new CancelledError(null, 'cancel', 7)).toMatchObject({
    message: 'task "Task-7" was cancelled',
    task: 'Task-7',
    name: 'CancelledError',
    code: 'COTASK_CANCELLED',
  });
});

test('its words stand where an error has them, and can be set', () => {
  const error = new CancelledError(null, 'group', 'crawler');
  const words = 'task "crawler" was cancelled because its task group aborts';
  expect(String(error)).toBe(`CancelledError: ${words}`);
  error.message = 'other words';
  expect(error.message).toBe('other words');
});

test('its stack begins with its words', () => {
  expect(new CancelledError('enough').stack).toContain('CancelledError: enough');
});
