/** Async generators that a program steps by hand, to be closed at the end of the run. */

/** What is needed of an async generator to close it. */
export type Asyncgen = { return(value: unknown): Promise<unknown> };

/** Those that are tracked. */
export class Asyncgens extends Set<Asyncgen> {
  /** Closes all of them, side by side; `failed` is told of what one throws. */
  async close(failed: (error: unknown) => void): Promise<void> {
    const generators = [...this];
    this.clear();
    await Promise.all(
      generators.map(async (generator) => {
        try {
          await generator.return(undefined);
        } catch (error) {
          failed(error);
        }
      }),
    );
  }
}
