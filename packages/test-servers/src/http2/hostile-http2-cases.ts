/** Ways in which an HTTP/2 server misbehaves on the wire, and what a good client makes of each. */
import {
  dataFrame,
  fieldBlock,
  flags,
  frame,
  frameTypes,
  goAwayFrame,
  headersFrame,
  indexedField,
  keptField,
  rstFrame,
  settings,
  settingsFrame,
  word,
} from './frames.ts';
import type { Http2Wire, WirePlayer } from './http2-wire.ts';

/** One way. */
export interface HostileHttp2Case {
  readonly name: string;
  readonly plays: string;
  /**
   * What a request for it ends in: `response`, with the body `good`; `error` at once; `bounded`, an error that may take the
   * caller's limit of time; `either`.
   */
  readonly client: 'response' | 'error' | 'bounded' | 'either';
  readonly player: WirePlayer;
}

const ok = [[':status', '200']] as const;

/** Opens as it should, and answers the `count`-th request of the connection with `answer`. */
function answering(answer: (wire: Http2Wire, stream: number, count: number) => void): WirePlayer {
  return { onOpen: (wire) => wire.send(settingsFrame()), onRequest: answer };
}

function opening(open: (wire: Http2Wire) => void): WirePlayer {
  return { onOpen: open, onRequest: () => undefined };
}

/** A right answer. */
export function answerWell(wire: Http2Wire, stream: number): void {
  wire.send(headersFrame(stream, ok), dataFrame(stream, 'good', true));
}

const headersOpen = (stream: number, block: Uint8Array, end = false): Buffer =>
  frame(frameTypes.headers, end ? flags.endStream : 0, stream, block);

const plays: readonly [name: string, plays: string, client: HostileHttp2Case['client'], player: WirePlayer][] = [
  ['silent', 'takes the connection and says nothing', 'bounded', opening(() => undefined)],
  [
    'speaks-http1',
    'answers in HTTP/1.1',
    'error',
    opening((wire) => wire.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  ],
  ['closes-at-once', 'ends the connection', 'error', opening((wire) => wire.end())],
  ['resets-at-once', 'resets the connection', 'error', opening((wire) => wire.destroy())],
  ['no-settings', 'answers without SETTINGS first', 'error', { onOpen: () => undefined, onRequest: answerWell }],
  [
    'no-streams',
    'allows no request, for ever',
    'bounded',
    opening((wire) => wire.send(settingsFrame({ [settings.maxConcurrentStreams]: 0 }))),
  ],
  [
    'bad-setting',
    'frames of at most one byte',
    'error',
    opening((wire) => wire.send(settingsFrame({ [settings.maxFrameSize]: 1 }))),
  ],
  [
    'settings-flood',
    'sends SETTINGS without end',
    'error',
    opening((wire) => wire.flood(settingsFrame({ [settings.maxConcurrentStreams]: 100 }))),
  ],
  [
    'ping-flood',
    'sends PING without end',
    'error',
    opening((wire) => (wire.send(settingsFrame()), wire.flood(frame(frameTypes.ping, 0, 0, Buffer.alloc(8))))),
  ],
  [
    'window-flood',
    'sends WINDOW_UPDATE without end',
    'bounded',
    opening((wire) => (wire.send(settingsFrame()), wire.flood(frame(frameTypes.windowUpdate, 0, 0, word(1))))),
  ],
  [
    'unknown-frames',
    'sends frames of an unknown type without end',
    'bounded',
    opening((wire) => (wire.send(settingsFrame()), wire.flood(frame(200, 0, 0, Buffer.alloc(1000))))),
  ],
  [
    'frame-too-large',
    'sends a frame of 1 MiB',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, Buffer.alloc(1_048_576)))),
  ],
  [
    'continuation-flood',
    'a head that goes on without end',
    'error',
    answering(
      (wire, stream) => (
        wire.send(headersOpen(stream, fieldBlock(ok))),
        wire.flood(frame(frameTypes.continuation, 0, stream, fieldBlock([['x', 'y'.repeat(100)]])))
      ),
    ),
  ],
  [
    'half-head-then-close',
    'the end of the connection in a head',
    'error',
    answering((wire, stream) => {
      wire.send(headersOpen(stream, fieldBlock([...ok, ['x', 'y'.repeat(500)]])));
      wire.end();
    }),
  ],
  [
    'half-head-then-reset',
    'a reset of the connection in a head',
    'error',
    answering((wire, stream) => {
      wire.send(headersOpen(stream, fieldBlock([...ok, ['x', 'y'.repeat(500)]])));
      setTimeout(() => wire.destroy(), 10);
    }),
  ],
  [
    'half-head',
    'a head that does not end',
    'bounded',
    answering((wire, stream) => wire.send(headersOpen(stream, fieldBlock([...ok, ['x', 'y'.repeat(500)]])))),
  ],
  [
    'empty-continuations',
    'a head that goes on with nothing, without end',
    'error',
    answering(
      (wire, stream) => (
        wire.send(headersOpen(stream, fieldBlock(ok))),
        wire.flood(frame(frameTypes.continuation, 0, stream))
      ),
    ),
  ],
  [
    'header-bomb',
    'one large field, named four thousand times with a byte each',
    'error',
    answering((wire, stream) =>
      wire.send(
        frame(
          frameTypes.headers,
          flags.endHeaders,
          stream,
          Buffer.concat([
            fieldBlock(ok),
            keptField('x', 'y'.repeat(4000)),
            ...Array.from({ length: 4000 }, () => indexedField(62)),
          ]),
        ),
      ),
    ),
  ],
  [
    'bad-index',
    'a field that is in no table',
    'error',
    answering((wire, stream) => wire.send(frame(frameTypes.headers, flags.endHeaders, stream, indexedField(100)))),
  ],
  [
    'many-fields',
    'a thousand fields',
    'error',
    answering((wire, stream) =>
      wire.send(
        headersFrame(stream, [...ok, ...Array.from({ length: 1000 }, (_, at) => [`x-${at}`, ''] as const)], {
          end: true,
        }),
      ),
    ),
  ],
  [
    'head-too-large',
    'a head of 17,000 bytes',
    'error',
    answering((wire, stream) =>
      wire.send(
        headersOpen(stream, fieldBlock([...ok, ['x', 'y'.repeat(12_000)]])),
        frame(frameTypes.continuation, flags.endHeaders, stream, fieldBlock([['z', 'y'.repeat(5000)]])),
        dataFrame(stream, 'good', true),
      ),
    ),
  ],
  [
    'no-status',
    'a head without a status',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [['x', 'y']], { end: true }))),
  ],
  [
    'bad-status',
    'a status of letters',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [[':status', 'abc']], { end: true }))),
  ],
  [
    'two-statuses',
    'two of them',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [...ok, [':status', '404']], { end: true }))),
  ],
  [
    'switching-protocols',
    'status 101',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [[':status', '101']]))),
  ],
  [
    'late-pseudo-field',
    'the status after a field',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [['x', 'y'], ...ok], { end: true }))),
  ],
  [
    'capital-letters',
    'a field name in capitals',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, [...ok, ['X', 'y']], { end: true }))),
  ],
  [
    'line-end-in-value',
    'a field value with a line end',
    'either',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, [...ok, ['x', 'a\r\nb: c']]), dataFrame(stream, 'good', true)),
    ),
  ],
  [
    'connection-field',
    'a field that belongs to HTTP/1.1',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, [...ok, ['transfer-encoding', 'chunked']], { end: true })),
    ),
  ],
  [
    'interim-flood',
    'interim responses without end',
    'error',
    answering((wire, stream) => wire.flood(headersFrame(stream, [[':status', '103']]))),
  ],
  [
    'interim',
    'an interim response first',
    'response',
    answering((wire, stream) => (wire.send(headersFrame(stream, [[':status', '103']])), answerWell(wire, stream))),
  ],
  [
    'data-before-head',
    'a body before its head',
    'error',
    answering((wire, stream) => wire.send(dataFrame(stream, 'good', true))),
  ],
  [
    'two-heads',
    'a second head after the first',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, ok), headersFrame(stream, ok), dataFrame(stream, 'good', true)),
    ),
  ],
  [
    'half-body',
    'a body that does not end',
    'bounded',
    answering((wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, 'go'))),
  ],
  [
    'half-body-then-close',
    'the end of the connection in a body',
    'error',
    answering((wire, stream) => (wire.send(headersFrame(stream, ok), dataFrame(stream, 'go')), wire.end())),
  ],
  [
    'half-body-then-reset',
    'a reset of the connection in a body',
    'error',
    answering(
      (wire, stream) => (
        wire.send(headersFrame(stream, ok), dataFrame(stream, 'go')),
        setTimeout(() => wire.destroy(), 10)
      ),
    ),
  ],
  [
    'half-body-then-rst',
    'a reset of the stream in a body',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, 'go'), rstFrame(stream, 8))),
  ],
  [
    'short-body-then-rst-no-error',
    'a reset without an error before as much had come as was said',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, [...ok, ['content-length', '4']]), dataFrame(stream, 'go'), rstFrame(stream, 0)),
    ),
  ],
  [
    'whole-body-then-rst-no-error',
    'a reset without an error in place of the end',
    'response',
    answering((wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, 'good'), rstFrame(stream, 0))),
  ],
  [
    'half-body-then-goaway',
    'GOAWAY with an error in a body',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, 'go'), goAwayFrame(stream, 2))),
  ],
  [
    'length-too-long',
    'fewer bytes than it said',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, [...ok, ['content-length', '10']]), dataFrame(stream, 'good', true)),
    ),
  ],
  [
    'length-too-short',
    'more bytes than it said',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, [...ok, ['content-length', '2']]), dataFrame(stream, 'good', true)),
    ),
  ],
  [
    'two-lengths',
    'two lengths',
    'error',
    answering((wire, stream) =>
      wire.send(
        headersFrame(stream, [...ok, ['content-length', '4'], ['content-length', '5']]),
        dataFrame(stream, 'good', true),
      ),
    ),
  ],
  [
    'empty-data-flood',
    'empty DATA without end',
    'error',
    answering((wire, stream) => (wire.send(headersFrame(stream, ok)), wire.flood(dataFrame(stream, '')))),
  ],
  [
    'padding-only',
    'a body of padding without end',
    'bounded',
    answering(
      (wire, stream) => (
        wire.send(headersFrame(stream, ok)),
        wire.flood(frame(frameTypes.data, flags.padded, stream, Buffer.concat([Buffer.from([200]), Buffer.alloc(200)])))
      ),
    ),
  ],
  [
    'bad-padding',
    'padding longer than its frame',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, ok), frame(frameTypes.data, flags.padded, stream, Buffer.from([200, 0]))),
    ),
  ],
  [
    'beyond-the-window',
    'more than the client has allowed',
    'either',
    answering(
      (wire, stream) => (wire.send(headersFrame(stream, ok)), wire.flood(dataFrame(stream, Buffer.alloc(16_384)))),
    ),
  ],
  [
    'window-overflow',
    'a window beyond what there is',
    'error',
    answering((wire, stream) =>
      wire.send(
        frame(frameTypes.windowUpdate, 0, stream, word(0x7fffffff)),
        frame(frameTypes.windowUpdate, 0, 0, word(0x7fffffff)),
      ),
    ),
  ],
  [
    'window-of-zero',
    'a window update of zero',
    'error',
    answering((wire, stream) => wire.send(frame(frameTypes.windowUpdate, 0, stream, word(0)))),
  ],
  [
    'push',
    'a push that nobody allowed',
    'error',
    answering((wire, stream) =>
      wire.send(
        frame(
          frameTypes.pushPromise,
          flags.endHeaders,
          stream,
          Buffer.concat([
            word(2),
            fieldBlock([
              [':method', 'GET'],
              [':path', '/'],
              [':scheme', 'http'],
              [':authority', 'x'],
            ]),
          ]),
        ),
      ),
    ),
  ],
  [
    'other-stream',
    'an answer on a stream that nobody opened',
    'error',
    answering((wire, stream) => wire.send(headersFrame(stream + 2, ok), dataFrame(stream + 2, 'good', true))),
  ],
  ['even-stream', 'a head on a stream of its own', 'error', answering((wire) => wire.send(headersFrame(2, ok)))],
  [
    'trailers',
    'fields after the body',
    'response',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, ok), dataFrame(stream, 'good'), headersFrame(stream, [['x', 'y']], { end: true })),
    ),
  ],
  [
    'trailers-with-status',
    'a status after the body',
    'error',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, ok), dataFrame(stream, 'good'), headersFrame(stream, ok, { end: true })),
    ),
  ],
  [
    'data-after-end',
    'more after the end',
    'either',
    answering((wire, stream) =>
      wire.send(headersFrame(stream, ok), dataFrame(stream, 'good', true), dataFrame(stream, 'more')),
    ),
  ],
  [
    'refused-once',
    'REFUSED_STREAM, and an answer when asked again',
    'response',
    answering((wire, stream, count) =>
      wire.number === 1 && count === 1 ? wire.send(rstFrame(stream, 7)) : answerWell(wire, stream),
    ),
  ],
  ['refused-always', 'REFUSED_STREAM each time', 'error', answering((wire, stream) => wire.send(rstFrame(stream, 7)))],
  [
    'cancelled',
    'a reset as if the client had given it up',
    'error',
    answering((wire, stream) => wire.send(rstFrame(stream, 8))),
  ],
  [
    'goaway-unprocessed',
    'GOAWAY for the request, and an answer on another connection',
    'response',
    answering((wire, stream) => (wire.number === 1 ? wire.send(goAwayFrame(0, 0)) : answerWell(wire, stream))),
  ],
  [
    'goaway-always',
    'GOAWAY for the request on each connection',
    'error',
    answering((wire) => (wire.send(goAwayFrame(0, 0)), wire.end())),
  ],
  [
    'goaway-then-answer',
    'GOAWAY, and the answer to what had come',
    'response',
    answering((wire, stream) => (wire.send(goAwayFrame(stream, 0)), answerWell(wire, stream))),
  ],
];

/** All of them. */
export const hostileHttp2Cases: readonly HostileHttp2Case[] = plays.map(([name, words, client, player]) => ({
  name,
  plays: words,
  client,
  player,
}));
