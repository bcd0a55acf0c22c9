/** Connections that are none: rules answer what is sent over them. */
import type { GeneratorBody } from 'cotask';
import { getEventLoop } from 'cotask';
import { errors } from 'undici';
import { defaultBounds } from '../bounds.ts';
import type { HoldTime } from '../bodies/content-decoder.ts';
import { checkOptions, trueOrFalse, wholeNumber, type OptionRules } from '../check-options.ts';
import { Connector, type OriginOptions } from '../connections/connector.ts';
import type { ConnectorOptions } from '../connections/connector-options.ts';
import type { LaneUser } from '../connections/lane.ts';
import { InvalidOptionError } from '../errors/index.ts';
import { holdVirtualTime } from './held-time.ts';
import { NotCalledError, UnmatchedRequestError } from './mock-errors.ts';
import { MockRule } from './mock-rule.ts';
import type { RequestMatch } from './request-match.ts';
import type { Script } from './script.ts';
import { ScriptedExchange, type ScriptOwner } from './scripted-exchange.ts';
import { SentRequest } from './sent-request.ts';

/** Options of {@link MockConnector}: those of a connector that mean something without sockets. */
export type MockConnectorOptions = Pick<
  ConnectorOptions,
  'limit' | 'limitPerHost' | 'keepAlive' | 'maxHeaderSize' | 'publicAddressesOnly'
>;

const optionRules: OptionRules<MockConnectorOptions> = {
  limit: wholeNumber(0),
  limitPerHost: wholeNumber(0),
  keepAlive: trueOrFalse,
  maxHeaderSize: wholeNumber(1),
  publicAddressesOnly: trueOrFalse,
};

/**
 * A connector whose requests are answered by rules: `new ClientSession({ connector: new MockConnector() })`. What stands
 * above the connections is the real thing: redirects, cookies, retries, middlewares, deadlines, bounds, decoding, hooks.
 *
 * @example
 * ```ts
 * import { ClientSession } from '@cotask/http';
 * import { MockConnector } from '@cotask/http/testing';
 *
 * const mock = new MockConnector();
 * mock.intercept({ url: 'https://api.test/users/1' }).reply({ json: { name: 'Ada' } });
 * const session = new ClientSession({ connector: mock });
 * const response = await session.get('https://api.test/users/1');
 * console.log(await response.json()); // { name: 'Ada' }
 * mock.assertAllCalled();
 * await session.close();
 * ```
 */
export class MockConnector extends Connector {
  /** @internal */
  override readonly holdTime: HoldTime = holdVirtualTime;
  readonly #rules: MockRule[] = [];
  readonly #calls: SentRequest[] = [];
  readonly #unmatched: UnmatchedRequestError[] = [];
  readonly #open = new Set<ScriptedExchange>();
  /** How many connections to an origin are idle. */
  readonly #idle = new Map<string, number>();
  readonly #owner: ScriptOwner;
  readonly #keepAlive: boolean;

  /** @throws {InvalidOptionError} for an option that does not exist, or means nothing here. */
  constructor(options: MockConnectorOptions = {}) {
    checkOptions('MockConnector', options, optionRules);
    const { limit, limitPerHost, publicAddressesOnly } = options;
    super({ limit, limitPerHost, publicAddressesOnly });
    this.#keepAlive = options.keepAlive ?? true;
    this.#owner = {
      maxHeaderSize: options.maxHeaderSize ?? defaultBounds.maxHeaderSize,
      publicAddressesOnly: publicAddressesOnly ?? false,
      choose: (request, body) => this.#choose(request, body),
      takeConnection: (origin) => this.#takeConnection(origin),
      requestOver: (exchange, reusable) => this.#requestOver(exchange, reusable),
    };
  }

  /**
   * Adds a rule: requests that fit `match` get the replies of the rule. The first rule that fits and has a reply left
   * answers; one of which nothing is said fits everything.
   * @throws {InvalidOptionError} for a match that cannot be.
   */
  intercept(match: RequestMatch = {}): MockRule {
    const rule = new MockRule(match, this.#rules.length + 1);
    this.#rules.push(rule);
    return rule;
  }

  /** Every request that came to the wire, in order: each hop of a redirect, each try; those that no rule fits too. */
  get calls(): readonly SentRequest[] {
    return [...this.#calls];
  }

  /**
   * Fails unless every rule was called as often as it has replies, or `times` says, or once with `persist`; and when
   * requests were made that no rule fits, though the code under test made nothing of their errors.
   * @throws {NotCalledError}
   */
  assertAllCalled(): void {
    const faults = [
      ...this.#rules.filter((rule) => !rule.satisfied).map((rule) => `${rule.toString()} was called ${rule.count()}`),
      ...this.#unmatched.map(({ message }) => message),
    ];
    if (faults.length > 0) throw new NotCalledError(faults.join('\n'));
  }

  /** Forgets rules and calls. */
  reset(): void {
    this.#rules.length = 0;
    this.#calls.length = 0;
    this.#unmatched.length = 0;
  }

  /** @internal */
  override dispatch(options: OriginOptions, user: LaneUser): void {
    if (options.upgrade !== undefined && options.upgrade !== null)
      throw new InvalidOptionError('a MockConnector speaks no WebSocket; open it to a real server on this machine');
    const request = new SentRequest(options, getEventLoop().time());
    this.#calls.push(request);
    this.#open.add(new ScriptedExchange(this.#owner, request, options, user));
  }

  /** @internal */
  override async end(): Promise<void> {
    for (const exchange of this.#open) exchange.giveUp(new errors.ClientDestroyedError());
    await super.end();
  }

  *#choose(request: SentRequest, body: () => GeneratorBody<void>): GeneratorBody<Script> {
    const live = this.#rules.filter((rule) => !rule.exhausted);
    if (live.some((rule) => rule.looksAtBody)) yield* body();
    const rule = this.#rules.find((each) => !each.exhausted && each.differences(request).length === 0);
    if (rule !== undefined) return rule.answer(request);
    throw this.#refuse(request);
  }

  #refuse(request: SentRequest): UnmatchedRequestError {
    const [nearest] = this.#rules
      .map((rule) => ({ rule, differences: rule.differences(request, true) }))
      .sort((a, b) => a.differences.length - b.differences.length);
    const why =
      nearest === undefined
        ? 'there is no rule; intercept() makes one'
        : `no rule fits; the nearest is ${nearest.rule.toString()}: ${nearest.differences.join('; ')}`;
    const error = new UnmatchedRequestError(request, why, nearest?.differences ?? []);
    this.#unmatched.push(error);
    return error;
  }

  #takeConnection(origin: string): boolean {
    const idle = this.#idle.get(origin) ?? 0;
    if (idle > 0) this.#idle.set(origin, idle - 1);
    return idle > 0;
  }

  #requestOver(exchange: ScriptedExchange, reusable: boolean): void {
    this.#open.delete(exchange);
    const { origin } = exchange.request;
    if (reusable && this.#keepAlive) this.#idle.set(origin, (this.#idle.get(origin) ?? 0) + 1);
  }
}
