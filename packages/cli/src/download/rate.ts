/** The speed of the last seconds, so that a stall shows. */
export class Rate {
  readonly #samples: { at: number; value: number }[] = [];
  readonly #span: number;

  /**
   * @param began When there was nothing yet.
   * @param span Milliseconds looked back.
   */
  constructor(began: number, span = 3_000) {
    this.#samples.push({ at: began, value: 0 });
    this.#span = span;
  }

  /** Notes how much there is by now, and gives the growth per second; null while no time has passed. */
  note(at: number, value: number): number | null {
    this.#samples.push({ at, value });
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - this.#span) this.#samples.shift();
    const first = this.#samples[0];
    return first === undefined || at <= first.at ? null : ((value - first.value) / (at - first.at)) * 1000;
  }
}
