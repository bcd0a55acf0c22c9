/** The first of several that wins; the others are cancelled, and awaited. */
import { AllFailedError } from '../errors.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Future } from '../tasks/future.ts';
import { hasError, hasValue } from '../tasks/state.ts';
import { Several } from './several.ts';

/** Ends as its winner does, once everybody else has ended as well. */
export class FirstOf<T> extends Several<T> {
  readonly #all: readonly Future<T>[];
  readonly #valuesOnly: boolean;
  #winner: Future<unknown> | null = null;

  /** With `valuesOnly`, who fails does not win. */
  constructor(loop: EventLoop, all: readonly Future<T>[], valuesOnly: boolean) {
    super({ loop, label: `the first of ${all.length}` });
    this.#all = all;
    this.#valuesOnly = valuesOnly;
    for (const each of new Set(all)) this.watch(each, 0);
    if (this.decided) this.#cancelLosers();
  }

  /** A failure of somebody who was not cancelled is one of the race; one in a clean-up is for the loop to report. */
  protected override noticed(child: Future<unknown>): void {
    if (this.aborted || this.cancelError !== null) return;
    child.markSeen();
    if (this.decided || (this.#valuesOnly && child.phase !== hasValue)) return;
    this.decided = true;
    this.#winner = child;
  }

  protected ended(child: Future<unknown>): void {
    if (child === this.#winner) this.#cancelLosers();
  }

  #cancelLosers(): void {
    this.abort('cancel', 'another one was first');
  }

  protected finish(): void {
    const winner = this.#winner;
    if (winner !== null) this.settle(winner.phase === hasValue ? hasValue : hasError, winner.held);
    else this.settle(hasError, this.cancelError ?? new AllFailedError(this.#all.map((each) => each.held)));
  }
}
