/** What can be wrong with a test itself. None is a `ClientError`: a retry or a `catch` of the code under test lets them through. */
import { CotaskError } from 'cotask';
import type { ClientErrorOptions } from '../errors/index.ts';

/** No rule, or no recorded exchange, fits a request. */
export class UnmatchedRequestError extends CotaskError {
  readonly method: string;
  readonly url: string;
  /** The rule or exchange that comes nearest, and what differs, one reason each; empty where there is none. */
  readonly differences: readonly string[];

  constructor(request: { readonly method: string; readonly url: string }, why: string, differences: readonly string[]) {
    super('COTASK_HTTP_UNMATCHED', `${request.method} ${request.url}: ${why}`);
    this.method = request.method;
    this.url = request.url;
    this.differences = differences;
  }
}

/** A rule's reply cannot be given: its function threw, or what it gave is no reply. */
export class MockReplyError extends CotaskError {
  constructor(message: string, options?: ClientErrorOptions) {
    super('COTASK_HTTP_MOCK_REPLY', message, options);
  }
}

/** Rules were not called as often as they ask for, exchanges were not replayed, or requests were made that none fits. */
export class NotCalledError extends CotaskError {
  constructor(message: string) {
    super('COTASK_HTTP_NOT_CALLED', message);
  }
}
