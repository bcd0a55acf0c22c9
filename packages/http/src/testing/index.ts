/// <reference lib="esnext.disposable" preserve="true" />
/**
 * For tests of code that uses `@cotask/http`: requests answered by rules, and real exchanges recorded and replayed.
 * @module
 */
export { MockSession } from './mock-session.ts';
export type { MockSessionOptions } from './mock-session.ts';
export { MockConnector } from './mock-connector.ts';
export type { MockConnectorOptions } from './mock-connector.ts';
export { MockRule } from './mock-rule.ts';
export type { ReplyFunction } from './mock-rule.ts';
export type { RequestMatch, TextMatch } from './request-match.ts';
export type { MockPieces, MockReply } from './mock-reply.ts';
export type { BodyPiece } from './script.ts';
export type { NetworkFault, Place } from './network-fault.ts';
export { SentRequest } from './sent-request.ts';
export { Cassette } from './cassette.ts';
export type { CassetteMode, CassetteOptions } from './cassette.ts';
export { CassetteError } from './cassette-file.ts';
export type { RedactFunction, RedactedPlace } from './redactor.ts';
export type { SecretName } from './secret-names.ts';
export { MockReplyError, NotCalledError, UnmatchedRequestError } from './mock-errors.ts';
