/**
 * A client whose connections are played from a script: all of a session but its sockets, so that what it does over minutes
 * is seen on virtual time.
 */
import { coroutine, getEventLoop, type Coroutine } from 'cotask';
import type { Dispatcher } from 'undici';
import type { ClientResponse } from '../response/client-response.ts';
import { Connector } from '../connections/connector.ts';
import { prepareRequest } from '../request/prepare-request.ts';
import { sendRequest } from '../request/send-request.ts';
import { makeSessionCore } from '../request/session-core.ts';
import type { ClientSessionOptions, RequestOptions } from '../request/session-options.ts';

/** What is sent. */
export interface ScriptedRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  /** 1 for the first of all. */
  readonly count: number;
  /** The loop's time. */
  readonly at: number;
}

/** How a request is answered: a status, one with header fields, the platform's error code of a connection that fails, or nothing. */
export type ScriptedAnswer = number | { status: number; headers: Record<string, string> } | string | null;

export type Script = (request: ScriptedRequest) => ScriptedAnswer;

/** Milliseconds from a request to its answer. */
const latency = 10;

class ScriptedConnector extends Connector {
  readonly requests: ScriptedRequest[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    super({ limit: 1, maxConnections: 0 });
    this.#script = script;
  }

  override dispatch({ method, origin, path }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const loop = getEventLoop();
    const at = loop.time();
    const request = { method, origin: String(origin), path, count: this.requests.length + 1, at };
    this.requests.push(request);
    const answer = this.#script(request);
    if (answer !== null) loop.callLater(latency, () => play(answer, handler));
  }
}

function play(answer: NonNullable<ScriptedAnswer>, handler: Dispatcher.DispatchHandler): void {
  const controller = new Controller();
  if (typeof answer === 'string') {
    handler.onResponseError?.(controller, Object.assign(new Error(answer), { code: answer }));
    return;
  }
  const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
  controller.rawHeaders = headers;
  handler.onRequestStart?.(controller, {});
  handler.onResponseStart?.(controller, status, headers, '');
  handler.onResponseEnd?.(controller, {});
}

class Controller implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: Record<string, string> = {};

  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

/** A client whose requests `script` answers. */
export class ScriptedClient {
  /** What was sent, in order. */
  readonly requests: readonly ScriptedRequest[];
  readonly #send: (method: string, url: string, options: RequestOptions) => Coroutine<ClientResponse>;

  constructor(script: Script, options: ClientSessionOptions) {
    const connector = new ScriptedConnector(script);
    this.requests = connector.requests;
    const core = { ...makeSessionCore(options), connector };
    this.#send = coroutine((method, url, given) => sendRequest(null, core, prepareRequest(core, method, url, given)));
  }

  /** When each request was sent. */
  get times(): number[] {
    return this.requests.map(({ at }) => at);
  }

  request(method: string, url: string, options: RequestOptions = {}): Coroutine<ClientResponse> {
    return this.#send(method, url, options);
  }
}
