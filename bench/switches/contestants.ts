/** Who takes part in `switches`, and how their processes are started. */
import { fileURLToPath } from 'node:url';
import type { Cost } from '../harness/clocks.ts';
import type { Contestant } from '../harness/contest.ts';
import { nodeContestant, peerContestant, pythonContestant } from '../harness/contestants.ts';

/** One row of the measurement: how many tasks, and how many switches each. */
export interface Scenario {
  readonly name: string;
  readonly tasks: number;
  readonly rounds: number;
}

export type SwitchContestant = Contestant<Scenario, Cost>;

const runner = path('./contestant-main.ts');
const pythonRunner = path('./asyncio_main.py');

/**
 * This project first, then what it is compared with. All costs are linear in the number of switches; the fast ones do
 * more of them, and the slow ones fewer, so that each runs long enough to be measured and short enough to be waited for.
 */
export function contestants(): SwitchContestant[] {
  return [
    nodeContestant('generator gear', fileWith('./cotask-generators.ts', 5)),
    nodeContestant('async gear', fileWith('./cotask-async.ts', 2)),
    pythonContestant('asyncio', ({ tasks, rounds }) => [pythonRunner, 'asyncio', tasks, rounds]),
    pythonContestant('uvloop', ({ tasks, rounds }) => [pythonRunner, 'uvloop', tasks, rounds]),
    peerContestant('Effect', 'effect', fileWith('../peers/effect-switches.ts', 1)),
    peerContestant('Effection', 'effection', fileWith('../peers/effection-switches.ts', 0.1)),
    nodeContestant('native promises', fileWith('./native-promises.ts', 5)),
    nodeContestant('new promises', fileWith('./new-promises.ts', 5)),
    nodeContestant('bare generators', fileWith('./bare-generators.ts', 10)),
  ];
}

/** As many tasks: their number is what is measured. */
function fileWith(file: string, share: number): (scenario: Scenario) => (string | number)[] {
  return ({ tasks, rounds }) => [runner, path(file), tasks, Math.max(1, Math.round(rounds * share))];
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
