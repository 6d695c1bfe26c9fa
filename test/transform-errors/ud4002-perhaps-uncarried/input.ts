import type { Socket } from 'node:net';
import { createRuntime, memoryStore } from 'use-durable';

interface Reply {
  readonly text: string;
  readonly socket?: Socket;
}

class Point {
  x: number;
  constructor(x: number) {
    this.x = x;
  }
}

interface Client {
  query(text: string): Promise<string>;
}

const service = {
  ask: async (): Promise<Reply> => ({ text: '' }),
  either: async (): Promise<string | Socket> => '',
  point: async (): Promise<Point> => new Point(1),
  client: async (): Promise<Client> => ({ query: async (text) => text }),
};

export async function main(reply: Reply): Promise<unknown> {
  'use durable';
  await service.ask();
  const either = await service.either();
  const point = await service.point();
  const client = await service.client();
  console.log(either, point, client);
  return reply.text;
}

export async function unused(socket: Socket): Promise<void> {
  'use durable';
  await service.ask();
  socket.end();
}

export const run = (reply: Reply) => createRuntime({ store: memoryStore() }).start(main, [reply]);
