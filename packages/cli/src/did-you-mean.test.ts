import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

test('didYouMean finds the nearest word, or none', () => {
  const words = ['limit', 'limit-per-host', 'into', 'help'];
  expect(
    ['limt', 'limits', 'limit-per-hots', 'int', 'hlp', 'downoad', ''].map((word) => didYouMean(word, words)),
  ).toEqual([...['limit', 'limit', 'limit-per-host', 'into', 'help', null, null]]);
});
