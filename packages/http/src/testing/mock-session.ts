/** A session whose requests are answered by rules. */
import { ClientSession } from '../client-session.ts';
import type { ConnectorOptions } from '../connections/connector-options.ts';
import type { ClientSessionOptions } from '../request/session-options.ts';
import { MockConnector, type MockConnectorOptions } from './mock-connector.ts';
import type { MockRule } from './mock-rule.ts';
import type { RequestMatch } from './request-match.ts';
import type { SentRequest } from './sent-request.ts';

/** Options of {@link MockSession}: a session's, without those of real connections. */
export interface MockSessionOptions
  extends Omit<ClientSessionOptions, keyof ConnectorOptions | 'connector'>, MockConnectorOptions {}

/**
 * A `ClientSession` on a `MockConnector` of its own: what takes a session takes it.
 *
 * @example
 * ```ts
 * import { MockSession } from '@cotask/http/testing';
 *
 * const session = new MockSession({ baseUrl: 'https://api.test/' });
 * session.intercept({ method: 'GET', path: '/users/1' }).reply({ json: { name: 'Ada' } });
 * const response = await session.get('users/1');
 * console.log(await response.json()); // { name: 'Ada' }
 * session.assertAllCalled();
 * await session.close();
 * ```
 */
export class MockSession extends ClientSession {
  /** The connector, for other sessions of the same test. */
  readonly mock: MockConnector;

  /** @throws {InvalidOptionError} for an option that does not exist, or means nothing without sockets. */
  constructor(options: MockSessionOptions = {}) {
    const { limit, limitPerHost, keepAlive, maxHeaderSize, publicAddressesOnly, ...rest } = options;
    const mock = new MockConnector({ limit, limitPerHost, keepAlive, maxHeaderSize, publicAddressesOnly });
    super({ ...rest, connector: mock });
    this.mock = mock;
  }

  /** `mock.intercept()`: adds a rule. */
  intercept(match: RequestMatch = {}): MockRule {
    return this.mock.intercept(match);
  }

  /** `mock.calls`: every request that came to the wire. */
  get calls(): readonly SentRequest[] {
    return this.mock.calls;
  }

  /** `mock.assertAllCalled()`. @throws {NotCalledError} */
  assertAllCalled(): void {
    this.mock.assertAllCalled();
  }
}
