// The program of the tutorial: a report that takes long, and a mail to write meanwhile.
import { coroutine, createTask, gather, sleep } from 'cotask';

export const report = coroutine(async () => {
  console.log('report: asks the archive for the figures');
  await sleep(3_000); // the archive searches
  console.log('report: adds the figures up');
  await sleep(1_000); // the printer prints
  console.log('report: is on paper');
});

export const mail = coroutine(async () => {
  console.log('mail: Dear Ada,');
  await sleep(1_000); // what was it again?
  console.log('mail: the report will be there at noon.');
  await sleep(2_000); // somebody at the door
  console.log('mail: is sent');
});

export const main = coroutine(async () => {
  const tasks = [createTask(report(), { name: 'report' }), createTask(mail(), { name: 'mail' })];
  await gather(tasks);
  console.log('main: goes home');
});
