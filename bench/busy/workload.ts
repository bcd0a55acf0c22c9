/** What stands beside a busy loop: sockets that talk to an echo server, and what both kinds of waiting cost. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Tasks that do nothing but give way, all the time. */
export const busyTasks = 10;
/** Tasks that sleep again and again: for 5 milliseconds, 6, 7, …. */
export const sleepers = 20;
const sockets = 50;

/** What was seen beside the loop, in milliseconds. */
export class Seen {
  readonly roundTrips: number[] = [];
  readonly late: number[] = [];
}

/** Has 50 sockets send a byte and wait for it, again and again; returns when all of them are connected. */
export async function openSockets(port: number, seen: Seen): Promise<() => void> {
  const opened = await Promise.all(Array.from({ length: sockets }, () => open(port)));
  for (const socket of opened) playPingPong(socket, seen);
  return () => {
    for (const socket of opened) socket.destroy();
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((connected, failed) => {
    const socket = connect(port, '127.0.0.1', () => connected(socket));
    socket.setNoDelay();
    socket.once('error', failed);
  });
}

function playPingPong(socket: Socket, seen: Seen): void {
  let sent = performance.now();
  socket.on('data', () => {
    const now = performance.now();
    seen.roundTrips.push(now - sent);
    sent = now;
    socket.write('.');
  });
  socket.write('.');
}

/** Runs the loop, `turns` iterations of it. */
export type Busy = (turns: number, seen: Seen) => Promise<void>;
