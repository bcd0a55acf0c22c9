/** One contestant: `contestant-main.ts FILE PORT TURNS` prints what it took and what was seen beside it. */
import { Seen, openSockets } from './workload.ts';
import type { Busy } from './workload.ts';

const [file = '', port = '', turns = ''] = process.argv.slice(2);
const { busy }: { busy: Busy } = await import(file);
const seen = new Seen();
await busy(1_000, new Seen());
const close = await openSockets(Number(port), seen);
const began = performance.now();
await busy(Number(turns), seen);
const seconds = (performance.now() - began) / 1_000;
close();
console.log(JSON.stringify({ seconds, roundTrips: seen.roundTrips, late: seen.late }));
