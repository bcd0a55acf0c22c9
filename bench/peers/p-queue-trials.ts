/** p-queue: a function call a job. */
import PQueue from 'p-queue';
import { numbers, width } from '../trials/trial.ts';

const turn = Promise.resolve();

export const trials = {
  limits: async (count) => {
    const queue = new PQueue({ concurrency: width });
    await Promise.all(numbers(count).map(() => queue.add(() => turn)));
  },
};
