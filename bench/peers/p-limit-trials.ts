/** p-limit: a function call a job. */
import pLimit from 'p-limit';
import { numbers, width } from '../trials/trial.ts';

const turn = Promise.resolve();

export const trials = {
  limits: async (count) => {
    const limit = pLimit(width);
    await Promise.all(numbers(count).map(() => limit(() => turn)));
  },
};
