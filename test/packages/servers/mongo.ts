import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';
import { MongoStore } from './mongo-store.ts';
import type { Running } from './postgres.ts';

const MESSAGE = 2013;
const LEGACY_QUERY = 2004;
const LEGACY_REPLY = 1;
const HELLO = {
  ...{ ismaster: true, isWritablePrimary: true, helloOk: true, readOnly: false, ok: 1 },
  ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
  ...{ minWireVersion: 0, maxWireVersion: 25 },
};

/** MongoDB's protocol in front of lists in memory. */
export async function startMongo(): Promise<Running & { readonly clear: () => void }> {
  const store = new MongoStore();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, Buffer.from(data)]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0);
        socket.write(replyTo(rest.subarray(0, length), store));
        rest = rest.subarray(length);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/shop?directConnection=true`,
    clear: () => store.clear(),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function replyTo(message: Buffer, store: MongoStore): Buffer {
  const requestId = message.readInt32LE(4);
  if (message.readInt32LE(12) === LEGACY_QUERY) {
    const head = Buffer.alloc(20);
    head.writeInt32LE(8, 0);
    head.writeInt32LE(1, 16);
    return frame(requestId, LEGACY_REPLY, Buffer.concat([head, BSON.serialize(HELLO)]));
  }
  const body = Buffer.concat([Buffer.alloc(5), BSON.serialize(execute(commandIn(message), store))]);
  return frame(requestId, MESSAGE, body);
}

/** The command, with the lists of documents that stand in sections of their own. */
function commandIn(message: Buffer): Document {
  const command: Document = {};
  let at = 20;
  while (at < message.length) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    if (kind === 0) Object.assign(command, BSON.deserialize(message.subarray(at, at + size)));
    else {
      const name = message.subarray(at + 4, message.indexOf(0, at + 4)).toString();
      const documents: Document[] = [];
      for (let part = at + 4 + name.length + 1; part < at + size; part += message.readInt32LE(part))
        documents.push(BSON.deserialize(message.subarray(part, part + message.readInt32LE(part))));
      command[name] = documents;
    }
    at += size;
  }
  return command;
}

function execute(command: Document, store: MongoStore): Document {
  const [name = ''] = Object.keys(command);
  if (/^(hello|ismaster)$/i.test(name)) return HELLO;
  if (/^(ping|endSessions|createIndexes|killCursors)$/.test(name)) return { ok: 1 };
  try {
    return { ok: 1, ...store.execute(name, command) };
  } catch (error) {
    return { ok: 0, errmsg: (error as Error).message, code: 59, codeName: 'CommandNotFound' };
  }
}

function frame(responseTo: number, kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + body.length, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(kind, 12);
  return Buffer.concat([head, body]);
}
