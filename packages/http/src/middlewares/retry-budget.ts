/**
 * How many retries a session may make in all. Where a server fails every request, retries multiply what it gets just when
 * it can bear it least; a budget keeps them to a share of what is asked anyway.
 */
import { getEventLoop } from 'cotask';
import { checkOptions, type OptionRule, type OptionRules } from '../check-options.ts';

/** Options of {@link RetryBudget}. */
export interface RetryBudgetOptions {
  /** Retries that each request earns: 0.2 by default, one retry for five requests. */
  ratio?: number | undefined;
  /** Retries that time earns, each second: 1 by default, for a program that asks little. */
  perSecond?: number | undefined;
  /** Retries that are saved up at most, and are there at the start: 50 by default. */
  capacity?: number | undefined;
}

const notNegative: OptionRule = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? null : 'must be a number of at least 0';

const rules: OptionRules<RetryBudgetOptions> = { ratio: notNegative, perSecond: notNegative, capacity: notNegative };

/** A store of retries that requests and time fill and retries empty. Sessions may share one. */
export class RetryBudget {
  readonly #ratio: number;
  readonly #perSecond: number;
  readonly #capacity: number;
  #saved: number;
  /** When time's share was counted last, by the loop's clock. */
  #counted: number | null = null;

  /** @throws {InvalidOptionError} for an option that does not exist or cannot be. */
  constructor(options: RetryBudgetOptions = {}) {
    checkOptions('RetryBudget', options, rules);
    this.#ratio = options.ratio ?? 0.2;
    this.#perSecond = options.perSecond ?? 1;
    this.#capacity = options.capacity ?? 50;
    this.#saved = this.#capacity;
  }

  /** Retries that may be made now. */
  get available(): number {
    this.#countTime();
    return Math.floor(this.#saved);
  }

  /** A request is made for the first time. */
  deposit(): void {
    this.#countTime();
    this.#add(this.#ratio);
  }

  /** Takes a retry; false when none is left. */
  withdraw(): boolean {
    this.#countTime();
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }

  #countTime(): void {
    const now = getEventLoop().time();
    // Each loop has a clock of its own: a budget that goes from one to another begins to count anew.
    const passed = this.#counted === null ? 0 : Math.max(0, now - this.#counted);
    this.#counted = now;
    this.#add((passed / 1000) * this.#perSecond);
  }

  #add(share: number): void {
    this.#saved = Math.min(this.#capacity, this.#saved + share);
  }
}
