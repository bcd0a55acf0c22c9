/** What is waited for at a queue or a channel. */
import { Doers, soleDoer, told } from '../tasks/name-tag.ts';
import type { NameTag, WaitedFor } from '../tasks/name-tag.ts';

/** Something to wait for at a queue or a channel, and who has done so far what would end the wait. */
export class Place implements WaitedFor {
  readonly #what: string;
  readonly #done: string;
  readonly #of: { readonly words: string };
  doers: Doers | null = null;

  constructor(what: string, of: { readonly words: string }, done: string) {
    this.#what = what;
    this.#of = of;
    this.#done = done;
  }

  note(by: NameTag | null): void {
    (this.doers ??= new Doers()).note(by);
  }

  get label(): string {
    return `${this.#what} ${this.#of.words}`;
  }

  get known(): string {
    return told(this.doers, this.#done);
  }

  get enders(): readonly NameTag[] {
    return soleDoer(this.doers);
  }
}
