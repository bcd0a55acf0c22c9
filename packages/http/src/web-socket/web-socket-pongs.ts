/** Pongs: undici tells of them on a channel of the process only, which is listened to while somebody waits for one. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Awaitable } from 'cotask';
import { park } from 'cotask/lowlevel';
import { ping, type WebSocket } from 'undici';

interface Waiting {
  readonly payload: string;
  readonly came: () => void;
}

const name = 'undici:websocket:pong';
const waiting = new Map<object, Set<Waiting>>();
let pings = 0;

function hear(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('websocket' in message)) return;
  const { websocket } = message;
  if (typeof websocket !== 'object' || websocket === null) return;
  const payload = 'payload' in message ? String(message.payload) : '';
  for (const one of waiting.get(websocket) ?? []) if (one.payload === payload) one.came();
}

/** Sends a ping with a payload of its own and waits for its pong, or for the end of the socket. */
export function waitForPong(webSocket: WebSocket, url: string): Awaitable<void> {
  return park<void>(`a pong of ${url}`, (settle) => {
    pings += 1;
    const one: Waiting = { payload: String(pings), came: () => finish() };
    const leave = (): void => {
      webSocket.removeEventListener('close', one.came);
      forget(webSocket, one);
    };
    const finish = (): void => {
      leave();
      settle.resolve();
    };
    remember(webSocket, one);
    webSocket.addEventListener('close', one.came);
    ping(webSocket, Buffer.from(one.payload));
    return leave;
  });
}

function remember(webSocket: WebSocket, one: Waiting): void {
  if (waiting.size === 0) subscribe(name, hear);
  const ofSocket = waiting.get(webSocket);
  if (ofSocket === undefined) waiting.set(webSocket, new Set([one]));
  else ofSocket.add(one);
}

function forget(webSocket: WebSocket, one: Waiting): void {
  const ofSocket = waiting.get(webSocket);
  if (ofSocket?.delete(one) !== true || ofSocket.size > 0) return;
  waiting.delete(webSocket);
  if (waiting.size === 0) unsubscribe(name, hear);
}
