/**
 * undici's WebSocket dispatches its handshake here, and nowhere else: what it asks for goes out as a request of the session,
 * through everything that a request goes through, and what comes of that is handed back.
 */
import { Dispatcher, type WebSocket } from 'undici';
import { park } from 'cotask/lowlevel';
import type { Awaitable } from 'cotask';
import type { HeaderFields } from '../message/request-headers.ts';
import type { Upgraded } from '../exchange/upgraded.ts';

interface Waiter {
  resolve(fields: HeaderFields | null): void;
}

/** One handshake. */
export class WebSocketHandshake extends Dispatcher {
  /** undici reads its bounds here. */
  readonly webSocketOptions: { readonly maxPayloadSize: number };
  readonly #compress: boolean;
  #fields: HeaderFields | null = null;
  #handler: Dispatcher.DispatchHandler | null = null;
  #waiter: Waiter | null = null;
  #failure: Error | null = null;

  constructor(maxMessageSize: number, compress: boolean) {
    super();
    this.webSocketOptions = { maxPayloadSize: maxMessageSize };
    this.#compress = compress;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#handler = handler;
    if (this.#failure !== null) this.fail(this.#failure);
    this.#fields = this.#fieldsOf(options.headers);
    this.#waiter?.resolve(this.#fields);
    return true;
  }

  /** The fields of the handshake are undici's, every other is the session's. */
  #fieldsOf(given: Dispatcher.DispatchOptions['headers']): HeaderFields {
    if (given === null || typeof given !== 'object' || Array.isArray(given)) return [];
    return Object.entries(given)
      .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
      .filter(([name]) => name.startsWith('sec-websocket-') && (this.#compress || !name.endsWith('extensions')));
  }

  /** The header fields that undici sends; null where it sends nothing. */
  asked(webSocket: WebSocket, url: string): Awaitable<HeaderFields | null> {
    return park<HeaderFields | null>(`the handshake of the WebSocket to ${url}`, (settle) => {
      const refused = (): void => settle.resolve(null);
      webSocket.addEventListener('close', refused, { once: true });
      this.#waiter = settle;
      if (this.#fields !== null) settle.resolve(this.#fields);
      return () => webSocket.removeEventListener('close', refused);
    });
  }

  /** Hands the connection over; true when undici has agreed to it. */
  give(upgraded: Upgraded, webSocket: WebSocket, url: string): Awaitable<boolean> {
    return park<boolean>(`the WebSocket to ${url}`, (settle) => {
      const opened = (): void => settle.resolve(true);
      const refused = (): void => settle.resolve(false);
      webSocket.addEventListener('open', opened, { once: true });
      webSocket.addEventListener('close', refused, { once: true });
      const { controller, status, headers, socket } = upgraded;
      this.#handler?.onRequestStart?.(controller, {});
      this.#handler?.onRequestUpgrade?.(controller, status, headers, socket);
      this.#handler = null;
      return () => {
        webSocket.removeEventListener('open', opened);
        webSocket.removeEventListener('close', refused);
      };
    });
  }

  /** There will be no connection. */
  fail(error: Error): void {
    const handler = this.#handler;
    this.#handler = null;
    this.#failure = error;
    const none = { aborted: true, paused: false, reason: error, abort() {}, pause() {}, resume() {} };
    handler?.onResponseError?.(none, error);
  }
}
