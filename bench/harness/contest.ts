/**
 * Contestants and scenarios, in interleaved repetitions: a repetition goes over every scenario, and in each over every
 * contestant, so that a slow minute of the machine falls on all of them.
 */

/** Something that is compared. */
export interface Contestant<Scenario, Result> {
  readonly name: string;
  /** Why it cannot take part here, or null. */
  readonly missing: string | null;
  /** Runs it once, in a process of its own; null where it has nothing to say to the scenario. */
  run(scenario: Scenario): Promise<Result | null>;
}

/** The results of a contest: a list for each scenario and contestant, one entry a repetition. */
export class Results<Result> {
  readonly #lists = new Map<string, Result[]>();

  of(scenario: string, contestant: string): readonly Result[] {
    return this.#lists.get(key(scenario, contestant)) ?? [];
  }

  add(scenario: string, contestant: string, result: Result): void {
    const list = this.#lists.get(key(scenario, contestant));
    if (list === undefined) this.#lists.set(key(scenario, contestant), [result]);
    else list.push(result);
  }
}

/**
 * Runs them all. What is missing is named once, on standard error, where progress goes too. A contestant that fails is
 * named there and runs no more; the others go on, and the process ends with 1.
 */
export async function contest<Scenario extends { readonly name: string }, Result>(
  scenarios: readonly Scenario[],
  contestants: readonly Contestant<Scenario, Result>[],
  repetitions: number,
): Promise<Results<Result>> {
  for (const { name, missing } of contestants) if (missing !== null) console.error(`${name}: skipped, ${missing}`);
  const present = new Set(contestants.filter(({ missing }) => missing === null));
  const results = new Results<Result>();
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const scenario of scenarios) {
      console.error(`${repetition}/${repetitions} ${scenario.name}`);
      for (const contestant of present) {
        try {
          const result = await contestant.run(scenario);
          if (result !== null) results.add(scenario.name, contestant.name, result);
        } catch (error) {
          present.delete(contestant);
          console.error(`${contestant.name}: failed, ${error instanceof Error ? error.message : String(error)}`);
          process.exitCode = 1;
        }
      }
    }
  }
  return results;
}

function key(scenario: string, contestant: string): string {
  return `${scenario}\n${contestant}`;
}
