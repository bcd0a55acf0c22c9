/** Where the time of a measurement goes, by V8's sampling profiler. */
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { basename } from 'node:path';

const rows = 24;
const samplingUs = 100;

/** Samples from `start` to `print`. An own time of `(program)` is the engine's, its promises included. */
export class SelfProfiler {
  readonly #session = new Session();
  #started = false;

  async prepare(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: samplingUs });
  }

  /** What was sampled before is forgotten. */
  start(): void {
    if (this.#started) void this.#session.post('Profiler.stop');
    this.#started = true;
    void this.#session.post('Profiler.start');
  }

  /** Prints the functions in which the program stood most often. */
  async print(): Promise<void> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    for (const [name, share] of ownTimes(profile).slice(0, rows))
      console.log(`${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}

/** The share of each function in all samples but those in which nothing ran. */
function ownTimes({ nodes, samples = [] }: Profiler.Profile): [name: string, share: number][] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const counts = new Map<string, number>();
  for (const id of samples) {
    const name = names.get(id) ?? '';
    if (name !== '(idle)') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  return [...counts].map(([name, count]): [string, number] => [name, count / all]).toSorted((a, b) => b[1] - a[1]);
}

function nameOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${basename(url)}:${lineNumber + 1}`;
}
