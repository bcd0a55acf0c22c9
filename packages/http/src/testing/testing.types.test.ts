import type { Awaitable, Coroutine } from 'cotask';
import { expectTypeOf, test } from 'vitest';
import type { ClientSession, Connector } from '../index.ts';
import {
  Cassette,
  MockSession,
  type BodyPiece,
  type CassetteError,
  type CassetteMode,
  type CassetteOptions,
  type MockConnector,
  type MockConnectorOptions,
  type MockPieces,
  type MockReply,
  type MockReplyError,
  type MockRule,
  type MockSessionOptions,
  type NetworkFault,
  type NotCalledError,
  type Place,
  type RedactedPlace,
  type RedactFunction,
  type ReplyFunction,
  type RequestMatch,
  type SecretName,
  type SentRequest,
  type TextMatch,
  type UnmatchedRequestError,
} from './index.ts';

test('a mock session is a session, a mock connector a connector', () => {
  const session = new MockSession({ limit: 1, baseUrl: 'https://a.test/' });
  expectTypeOf(session).toExtend<ClientSession>();
  expectTypeOf(session.mock).toEqualTypeOf<MockConnector>();
  expectTypeOf(session.mock).toExtend<Connector>();
  expectTypeOf(session.close()).toEqualTypeOf<Coroutine<void>>();
  expectTypeOf(session.calls).toEqualTypeOf<readonly SentRequest[]>();
  expectTypeOf<MockConnectorOptions>().toExtend<MockSessionOptions>();
  // @ts-expect-error it has no sockets
  expectTypeOf<{ localAddress: string }>().toExtend<MockSessionOptions>();
});

test('a rule is made by a match, and says its replies', () => {
  const session = new MockSession();
  const rule = session.intercept({ method: 'GET', path: /a/, query: { a: ['1'], b: null }, json: { any: 'thing' } });
  expectTypeOf(rule).toEqualTypeOf<MockRule>();
  expectTypeOf(
    rule.reply({ status: 200 }, { error: 'reset' }, { hang: 'head' }).times(3).persist(),
  ).toEqualTypeOf<MockRule>();
  rule.reply(
    (request) => {
      expectTypeOf(request).toEqualTypeOf<SentRequest>();
      return { body: request.text };
    },
    async () => ({ json: 1 }),
    function* () {
      return { body: ['a', 5, new Uint8Array(1)] };
    },
  );
  expectTypeOf<(request: SentRequest) => Awaitable<MockReply>>().toExtend<ReplyFunction>();
  expectTypeOf<Iterable<string>>().toExtend<MockPieces>();
  expectTypeOf<AsyncGenerator<BodyPiece>>().toExtend<MockPieces>();
  expectTypeOf<NetworkFault>().toExtend<NonNullable<MockReply['error']>>();
  expectTypeOf<NonNullable<MockReply['hang']>>().toEqualTypeOf<Place>();
  expectTypeOf<RegExp>().toExtend<TextMatch>();
  expectTypeOf<Record<string, never>>().toExtend<RequestMatch>();
  // @ts-expect-error no such failure
  expectTypeOf<{ error: 'boom' }>().toExtend<MockReply>();
  // @ts-expect-error a status is no reply
  expectTypeOf<200>().toExtend<MockReply>();
});

test('a cassette is a connector with a file, a mode and ways to take secrets out', () => {
  const make = (): Cassette =>
    new Cassette('a.json', {
      mode: 'recordMissing',
      limit: 1,
      secretNames: ['a', /b/],
      redact: (text, place) => text + place,
    });
  expectTypeOf(make).returns.toExtend<Connector>();
  expectTypeOf<Cassette['mode']>().toEqualTypeOf<CassetteMode>();
  expectTypeOf<Cassette['unused']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<NonNullable<CassetteOptions['redact']>>().toEqualTypeOf<RedactFunction>();
  expectTypeOf<RedactFunction>().parameters.toEqualTypeOf<[text: string, place: RedactedPlace]>();
  expectTypeOf<SecretName>().toEqualTypeOf<string | RegExp>();
  expectTypeOf<CassetteError['line']>().toEqualTypeOf<number | null>();
  // @ts-expect-error no such mode
  expectTypeOf<'once'>().toExtend<CassetteMode>();
});

test('its errors say what is wrong', () => {
  expectTypeOf<UnmatchedRequestError['differences']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<MockReplyError['code']>().toEqualTypeOf<string>();
  expectTypeOf<NotCalledError['message']>().toEqualTypeOf<string>();
});
