/**
 * A server that wants no more of a body answers, and closes (HAProxy; most do when they are in a hurry). The system then
 * refuses the next write, and Node destroys the socket with the answer unread in it.
 */
import type { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

const closed = new Set(['EPIPE', 'ECONNRESET']);
const holding = new WeakSet<Socket>();

/** Lets a socket be read to its end after the other side has closed it against what is written. */
export function holdWriteErrors(socket: Socket): void {
  if (holding.has(socket)) return;
  holding.add(socket);
  const { _write: write, _writev: writev } = socket;
  const hold = (done: Written): Written => {
    return (error) => {
      // What is there to read is followed by the end, or by an error of its own.
      if (isClosed(error) && !socket.readableEnded && !socket.destroyed) socket.once('close', () => done(error));
      else done(error);
    };
  };
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, hold(done));
  if (writev !== undefined) socket._writev = (chunks, done) => writev.call(socket, chunks, hold(done));
}

function isClosed(error: Error | null | undefined): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && closed.has(error.code);
}
