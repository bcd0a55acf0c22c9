import { expect, test } from 'vitest';
import { ConnectionTimeoutError, InsecureRedirectError, TooManyRedirects } from '@cotask/http';
import { wordsOf } from './error-words.ts';

const request = { method: 'GET', url: 'http://a/' };

test('an error is told without the request, and in no words of the client', () => {
  const connecting = { deadline: 'sockConnect', limit: 500, stage: 'connecting', bytes: 0 } as const;
  expect(wordsOf(new ConnectionTimeoutError(request, connecting))).toBe(
    'no connection within 500 ms (the timeout) while it was connecting',
  );
  expect(wordsOf(new TooManyRedirects(request, { status: 302, reason: '', rawHeaders: [], history: [] }, 10))).toBe(
    'it was redirected more than 10 times',
  );
  expect(wordsOf(new InsecureRedirectError(request, []))).toBe(
    'the redirect leads from https to http, and is not followed',
  );
});

test('what is no error of the client keeps its words', () => {
  expect(wordsOf(new Error('read ECONNRESET'))).toBe('read ECONNRESET');
  expect(wordsOf('odd')).toBe('odd');
});
