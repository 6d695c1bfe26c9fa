import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Running } from './postgres.ts';

type Reply = string | number | null | Error | readonly Reply[] | Map<string, Reply>;

/** Redis' protocol (RESP3) in front of maps in memory. */
export async function startRedis(): Promise<Running & { readonly clear: () => void }> {
  const store = new RedisStore();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let queued: string[][] | undefined;
    let rest = '';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      // One byte a character, so that lengths are those of bytes.
      rest += data.toString('latin1');
      for (let read = commandIn(rest); read !== undefined; read = commandIn(rest)) {
        rest = read.rest;
        const [name = ''] = read.words;
        if (/^multi$/i.test(name)) {
          queued = [];
          socket.write('+OK\r\n');
        } else if (/^exec$/i.test(name)) {
          socket.write(write((queued ?? []).map((words) => store.execute(words))), 'latin1');
          queued = undefined;
        } else if (queued !== undefined) {
          queued.push(read.words);
          socket.write('+QUEUED\r\n');
        } else socket.write(write(store.execute(read.words)), 'latin1');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clear: () => store.clear(),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function commandIn(text: string): { readonly words: string[]; readonly rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  for (let left = Number(head[1]); left > 0; left--) {
    const bulk = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!bulk) return undefined;
    at += bulk[0].length;
    const end = at + Number(bulk[1]);
    if (text.length < end + 2) return undefined;
    words.push(text.slice(at, end));
    at = end + 2;
  }
  return { words, rest: text.slice(at) };
}

function write(reply: Reply): string {
  if (reply === null) return '_\r\n';
  if (reply instanceof Error) return `-${reply.message}\r\n`;
  if (typeof reply === 'number') return Number.isInteger(reply) ? `:${reply}\r\n` : `,${reply}\r\n`;
  if (typeof reply === 'string') return reply === 'OK' ? '+OK\r\n' : `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof Map)
    return `%${reply.size}\r\n${[...reply].map(([key, value]) => write(key) + write(value)).join('')}`;
  return `*${reply.length}\r\n${(reply as readonly Reply[]).map(write).join('')}`;
}

class RedisStore {
  readonly #texts = new Map<string, string>();
  readonly #hashes = new Map<string, Map<string, string>>();
  readonly #lists = new Map<string, string[]>();
  readonly #scores = new Map<string, Map<string, number>>();

  clear(): void {
    for (const kind of [this.#texts, this.#hashes, this.#lists, this.#scores]) kind.clear();
  }

  execute([command = '', key = '', ...more]: readonly string[]): Reply {
    const of = <T>(kind: Map<string, T>, empty: T): T => {
      const value = kind.get(key) ?? empty;
      kind.set(key, value);
      return value;
    };
    const [first = '', second = ''] = more;
    switch (command.toUpperCase()) {
      case 'HELLO':
        return new Map<string, Reply>([
          ['server', 'redis'],
          ['version', '7.2.0'],
          ['proto', 3],
          ['id', 1],
          ['modules', []],
        ]);
      case 'CLIENT':
        return 'OK';
      case 'PING':
        return 'PONG';
      case 'GET':
        return this.#texts.get(key) ?? null;
      case 'SET':
        if (more.includes('NX') && this.#texts.has(key)) return null;
        this.#texts.set(key, first);
        return 'OK';
      case 'INCRBY':
      case 'INCR': {
        const value = Number(this.#texts.get(key) ?? 0) + Number(first || 1);
        this.#texts.set(key, String(value));
        return value;
      }
      case 'DEL':
        return [this.#texts, this.#hashes, this.#lists, this.#scores].filter((kind) => kind.delete(key))
          .length;
      case 'HSET': {
        const hash = of(this.#hashes, new Map<string, string>());
        const before = hash.size;
        for (let i = 0; i < more.length; i += 2) hash.set(more[i]!, more[i + 1]!);
        return hash.size - before;
      }
      case 'HGETALL':
        return new Map(this.#hashes.get(key) ?? []);
      case 'RPUSH':
        return of(this.#lists, []).push(...more);
      case 'LPOP':
        return this.#lists.get(key)?.shift() ?? null;
      case 'LRANGE':
        return (this.#lists.get(key) ?? []).slice(
          Number(first),
          second === '-1' ? undefined : Number(second) + 1,
        );
      case 'ZADD':
        of(this.#scores, new Map<string, number>()).set(second, Number(first));
        return 1;
      case 'ZRANGE': {
        const sorted = [...(this.#scores.get(key) ?? [])].sort(([, a], [, b]) => a - b);
        return sorted.map(
          ([member, score]): Reply => (more.includes('WITHSCORES') ? [member, score] : member),
        );
      }
      default:
        return new Error(`ERR unknown command '${command}'`);
    }
  }
}
