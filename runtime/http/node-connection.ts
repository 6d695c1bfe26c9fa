import type { Socket } from 'node:net';

/** Requests by connection: many of them may wait in one, and each would be a listener. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/** Calls back when a connection is closed, at once if it is closed already; returns what calls that off. */
export function whenGone(socket: Socket, callback: () => void): () => void {
  if (socket.destroyed) {
    callback();
    return () => {};
  }
  let callbacks = waiting.get(socket);
  if (callbacks === undefined) {
    const made = new Set<() => void>();
    callbacks = made;
    waiting.set(socket, made);
    socket.once('close', () => {
      for (const gone of [...made]) gone();
    });
  }
  callbacks.add(callback);
  return () => void callbacks.delete(callback);
}
