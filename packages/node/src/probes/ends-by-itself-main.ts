/** A program in which nothing but a call in a thread is there to keep it alive, and nothing after it. */
import { toThread } from '../index.ts';
import { work } from './stage.ts';

void toThread(work, 'compute', 300).then((ms) => console.log(ms));
