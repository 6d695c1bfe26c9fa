import type { Socket } from 'node:net';
import { createRuntime, memoryStore } from 'use-durable';

interface Reply {
  readonly text: string;
  readonly socket?: Socket;
}

interface Client {
  query(text: string): Promise<string>;
}

const service = {
  either: async (): Promise<string | Socket> => '',
  client: async (): Promise<Client> => ({ query: async (text) => text }),
};

export async function main(reply: Reply): Promise<unknown> {
  'use durable';
  await service.either();
  const either = await service.either();
  const client = await service.client();
  console.log(either, client);
  return reply.text;
}

export async function unused(socket: Socket): Promise<void> {
  'use durable';
  await service.either();
  socket.end();
}

export const run = (reply: Reply) => createRuntime({ store: memoryStore() }).start(main, [reply]);
