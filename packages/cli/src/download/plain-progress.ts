import { bytes, count, plural } from '../terminal/format.ts';
import { Rate } from './rate.ts';
import type { Watch } from './watch.ts';

/** Progress where there is no terminal: a line now and then, for a log. */
export class PlainProgress {
  readonly #write: (text: string) => void;
  readonly #watch: Watch;
  readonly #rate: Rate;

  constructor(write: (text: string) => void, watch: Watch) {
    this.#write = write;
    this.#watch = watch;
    this.#rate = new Rate(watch.began, 10_000);
  }

  /** Prints where the download stands. */
  draw(now: number): void {
    const { files, failed, skipped, retries, underWay, received, stopping, done } = this.#watch;
    const rate = this.#rate.note(now, received);
    const parts = [
      ...(done === null ? [] : [`${Math.floor(done * 100)}%`]),
      ...[
        plural(files, 'file'),
        bytes(received),
        ...(rate === null ? [] : [`${bytes(rate)}/s`]),
        `${count(underWay)} under way`,
      ],
      ...[plural(retries, 'retry', 'retries'), `${count(failed)} failed`],
      ...(skipped > 0 ? [`${count(skipped)} skipped`] : []),
      ...(stopping ? ['stopping'] : []),
    ];
    this.print(parts.join(', '));
  }

  /** Prints a line. */
  print(text: string): void {
    this.#write(`${text}\n`);
  }

  /** There is nothing to take away. */
  clear(): void {}
}
