import { once } from 'node:events';
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandler, createRuntime, memoryStore, waitFor } from '../../runtime/index.ts';
import { durable } from '../support/compiled.ts';

const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
const runtime = createRuntime({ store: memoryStore() });
const handler = createHandler(runtime, {
  functions: { waiting },
  authorize: (_action, request) => request.headers.get('authorization') === 'Bearer right',
  basePath: '/durable',
});

/** The lines that docs/http.md has for Node. */
const server: Server = createServer(async (incoming, outgoing) => {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? null : Readable.toWeb(incoming);
  const init = { method, headers: headers as Record<string, string>, body, duplex: 'half' };
  const response = await handler(new Request(new URL(url, 'http://localhost'), init as RequestInit));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
});

let origin = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await runtime.close();
});

const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };

describe('a server of node:http', () => {
  it('serves a run from its start to its end', async () => {
    const post = (path: string, body: unknown): Promise<Response> =>
      fetch(`${origin}/durable${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const started = await post('/runs/waiting?id=order%2F7', { args: [] });
    expect(started.status).toBe(200);
    const location = started.headers.get('location');
    expect(location).toBe('/durable/runs/order%2F7');
    expect((await post('/runs/order%2F7/signals/go', { payload: 'ä €' })).status).toBe(202);
    await (await runtime.get('order/7'))?.result();
    const run = await fetch(`${origin}${location}`, { headers });
    expect(await run.json()).toEqual({ id: 'order/7', status: 'completed', result: 'ä €' });
    const denied = await fetch(`${origin}${location}`);
    expect(denied.status).toBe(403);
  });

  it('answers a body that is too large while it still comes, announced or not', async () => {
    const send = (announced: boolean): Promise<number> =>
      new Promise((resolve, reject) => {
        const length = announced ? { 'content-length': String(2 ** 24) } : { 'transfer-encoding': 'chunked' };
        const outgoing = ask(`${origin}/durable/runs/waiting`, {
          method: 'POST',
          headers: { ...headers, ...length },
        });
        outgoing.on('response', (response) => {
          resolve(response.statusCode ?? 0);
          outgoing.destroy();
        });
        outgoing.on('error', reject);
        const piece = Buffer.alloc(2 ** 16, 32);
        const write = (): void => {
          while (!outgoing.destroyed && outgoing.write(piece));
        };
        outgoing.on('drain', write);
        write();
      });
    expect(await send(true)).toBe(413);
    expect(await send(false)).toBe(413);
    expect((await runtime.list()).map(({ id }) => id)).toEqual(['order/7']);
  });
});
