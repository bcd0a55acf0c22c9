/** A connection that is no HTTP any more: the server agreed to an upgrade. */
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Guest } from '../connections/connector.ts';

/** undici's words. */
export type UpgradeFacts = Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>;

/** What undici tells of an upgrade. */
export interface Upgraded {
  readonly controller: Dispatcher.DispatchController;
  readonly status: number;
  readonly headers: UpgradeFacts[2];
  readonly socket: Duplex;
}

/** The connection among those that its connector ends; `giveUp` ends it. */
export function makeGuest({ socket }: Upgraded, giveUp: () => void): Guest {
  return {
    async end() {
      const ended = socket.closed ? null : new Promise<void>((resolve) => void socket.once('close', () => resolve()));
      giveUp();
      await ended;
    },
  };
}
