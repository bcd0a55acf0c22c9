/** p-map: an item a job. */
import pMap from 'p-map';
import { numbers, width } from '../trials/trial.ts';

const turn = Promise.resolve();

export const trials = {
  limits: (count) => pMap(numbers(count), () => turn, { concurrency: width }),
};
