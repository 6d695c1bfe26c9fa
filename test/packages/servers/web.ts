import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from './postgres.ts';

/** What was asked for, in order. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Answered {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** In place of `body`: as it is. */
  readonly text?: string;
}
/** `never`: the connection stays open. */
type Answer = (asked: Asked, nth: number) => Answered | 'never';

/** An HTTP server on loopback that answers in JSON by `METHOD /path`. */
export async function startWeb(
  routes: Readonly<Record<string, Answer>>,
): Promise<Running & { readonly asked: Asked[]; readonly clear: () => void }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += String(part);
    const { pathname: path } = new URL(request.url ?? '/', 'http://localhost');
    const one: Asked = { method: request.method ?? '', path, body: text === '' ? undefined : parse(text) };
    const nth = asked.filter(({ method, path }) => method === one.method && path === one.path).length + 1;
    asked.push(one);
    const route = routes[`${one.method} ${path}`];
    const given = route?.(one, nth) ?? { status: 404, body: { reason: 'not found' } };
    if (given === 'never') return;
    const { status = 200, headers = {}, body, text: raw } = given;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    clear: () => {
      asked.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
