/** A rule: which requests it is for, what it replies and how often. */
import { CancelledError, coroutine, type Awaitable, type GeneratorBody } from 'cotask';
import { InvalidOptionError } from '../errors/index.ts';
import { MockReplyError } from './mock-errors.ts';
import { connectPlaceOf, makeAnswer, type MockReply } from './mock-reply.ts';
import { CheckedMatch, type RequestMatch } from './request-match.ts';
import { plainCourse, type Answer, type Script } from './script.ts';
import type { SentRequest } from './sent-request.ts';

/** Makes the reply when the request has come, its body included: in either gear, or at once. */
export type ReplyFunction = (
  request: SentRequest,
) => MockReply | PromiseLike<MockReply> | Awaitable<MockReply> | GeneratorBody<MockReply>;

/** A rule of a {@link MockConnector}, made by `intercept()`. */
export class MockRule {
  readonly #match: CheckedMatch;
  readonly #number: number;
  readonly #calls: SentRequest[] = [];
  #replies: readonly (Answer | ReplyFunction)[] = [makeAnswer({})];
  /** How many calls it answers. */
  #times = 1;
  #persists = false;

  /** @internal */
  constructor(match: RequestMatch, number: number) {
    this.#match = new CheckedMatch(match);
    this.#number = number;
  }

  /**
   * What is replied: one call is answered with each, in turn. A function makes its reply of the request. Without `reply`, a
   * rule answers one call with an empty 200.
   * @throws {InvalidOptionError} for a reply that cannot be.
   */
  reply(...replies: readonly (MockReply | ReplyFunction)[]): this {
    if (replies.length === 0) throw new InvalidOptionError('reply() takes what is replied');
    this.#replies = replies.map((reply) => (typeof reply === 'function' ? reply : makeAnswer(reply)));
    this.#times = Math.max(this.#times, replies.length);
    return this;
  }

  /** It answers `times` calls, the later ones with its last reply. @throws {InvalidOptionError} for fewer than its replies. */
  times(times: number): this {
    if (!Number.isSafeInteger(times) || times < this.#replies.length)
      throw new InvalidOptionError(
        `times() takes a whole number of at least ${this.#replies.length}, got ${String(times)}`,
      );
    this.#times = times;
    return this;
  }

  /** It answers any number of calls, the later ones with its last reply. */
  persist(): this {
    this.#persists = true;
    return this;
  }

  /** The requests it has answered. */
  get calls(): readonly SentRequest[] {
    return [...this.#calls];
  }

  /** Its number and what it asks for: `rule 2 (POST /users)`. */
  toString(): string {
    return `rule ${this.#number} (${this.#match.words})`;
  }

  /** @internal */
  get looksAtBody(): boolean {
    return this.#match.looksAtBody;
  }

  /** @internal It has answered as many calls as it may. */
  get exhausted(): boolean {
    return !this.#persists && this.#calls.length >= this.#times;
  }

  /** @internal It was called as often as it asks for. */
  get satisfied(): boolean {
    return this.#calls.length >= (this.#persists ? 1 : this.#times);
  }

  /** @internal How often it was called, in words. */
  count(): string {
    const { length } = this.#calls;
    const times = length === 1 ? 'once' : length === 0 ? 'never' : `${length} times`;
    return this.#persists || this.#times === 1 ? times : `${times} of ${this.#times}`;
  }

  /** @internal Why it does not answer the request. */
  differences(request: SentRequest, whole = false): string[] {
    const differences = this.#match.differences(request);
    return whole && this.exhausted ? [...differences, `it was called ${this.count()} already`] : differences;
  }

  /** @internal Answers a request, which is counted. */
  answer(request: SentRequest): Script {
    const reply = this.#replies[this.#calls.length] ?? this.#replies.at(-1);
    this.#calls.push(request);
    if (reply === undefined) throw new RangeError('a rule has a reply');
    if (typeof reply === 'function') return { ...plainCourse, answer: (sent) => this.#make(reply, sent) };
    // oxlint-disable-next-line require-yield -- a reply that is there
    return {
      ...reply,
      answer: function* () {
        return reply;
      },
    };
  }

  *#make(reply: ReplyFunction, request: SentRequest): GeneratorBody<Answer> {
    let answer: Answer;
    try {
      answer = makeAnswer(yield* callReply(reply, request));
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      throw new MockReplyError(`the reply function of ${this.toString()} failed: ${wordsOf(error)}`, { cause: error });
    }
    const place = connectPlaceOf(answer);
    if (place === null && answer.ending?.place !== 'sending' && answer.delays.sending === undefined) return answer;
    throw new MockReplyError(
      `the reply function of ${this.toString()} is called when the request has come: what happens before that ("${place ?? 'sending'}") is said by a reply that is no function`,
    );
  }
}

function* callReply(reply: ReplyFunction, request: SentRequest): GeneratorBody<MockReply> {
  const made = reply(request);
  if (!isPromised(made)) return made;
  return yield* coroutine(() => made)();
}

function isPromised<T extends object>(made: MockReply | T): made is T {
  return typeof made === 'object' && made !== null && ('then' in made || Symbol.iterator in made);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
