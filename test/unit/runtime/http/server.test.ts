import { once } from 'node:events';
import { request as ask, createServer, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createHandler,
  createRuntime,
  MisuseError,
  memoryStore,
  toNodeListener,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
const runtime = createRuntime({ store: memoryStore() });
const handler = createHandler(runtime, {
  functions: { waiting },
  authorize: (_action, request) => request.headers.get('authorization') === 'Bearer right',
  basePath: '/durable',
});

const server: Server = createServer(toNodeListener(handler));

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

  it('answers a handler that fails, and calls onError, which may fail itself', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failure = new Error('down');
    const reported: unknown[] = [];
    const failing = createServer(
      toNodeListener(() => Promise.reject(failure), {
        onError: async (error, request) => {
          reported.push(error, request.url);
          throw new Error('logger down');
        },
      }),
    ).listen(0, '127.0.0.1');
    try {
      await once(failing, 'listening');
      const url = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/x`;
      const response = await fetch(url);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ code: 'INTERNAL', message: expect.any(String) });
      expect(reported).toEqual([failure, url]);
      await vi.waitUntil(() => print.mock.calls.length === 2);
      expect(print.mock.calls).toEqual([[new Error('logger down')], [failure]]);
    } finally {
      failing.closeAllConnections();
      failing.close();
      print.mockRestore();
    }
  });

  it('gives the handler a signal that is aborted when the client is gone', async () => {
    let signal: AbortSignal | undefined;
    const slow = createServer(
      toNodeListener(async (request) => {
        ({ signal } = request);
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
        return new Response();
      }),
    ).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const outgoing = ask(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`);
    outgoing.on('error', () => {});
    outgoing.end();
    await vi.waitUntil(() => signal !== undefined);
    expect(signal?.aborted).toBe(false);
    outgoing.destroy();
    await vi.waitUntil(() => signal?.aborted === true);
    slow.close();
  });

  it('takes no other handler, and no other options', () => {
    expect(() => toNodeListener(undefined as never)).toThrow(MisuseError);
    expect(() => toNodeListener(handler, { onerror: () => {} } as never)).toThrow('no option "onerror"');
    expect(() => toNodeListener(handler, { onError: 'log' as never })).toThrow(MisuseError);
  });
});

describe('a server of node:http2', () => {
  it('serves the same', async () => {
    const http2 = createHttp2Server(toNodeListener(handler)).listen(0, '127.0.0.1');
    await once(http2, 'listening');
    const session = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
    const send = async (head: Record<string, string>, body = ''): Promise<string> => {
      const stream = session.request({ ...headers, ...head });
      if (body !== '') stream.end(body);
      let text = '';
      let status: unknown;
      stream.on('response', (response) => {
        status = response[':status'];
      });
      for await (const chunk of stream.setEncoding('utf8')) text += chunk;
      return `${status} ${text}`;
    };
    const start = { ':method': 'POST', ':path': '/durable/runs/waiting?id=two' };
    expect(await send(start, '{"args":[]}')).toBe('200 {"id":"two","status":"running"}');
    expect(await send(start, 'x'.repeat(2 ** 21))).toContain('413 ');
    expect(await send({ ':path': '//[' })).toContain('404 ');
    expect(await send({ ':path': '*', ':method': 'OPTIONS' })).toContain('400 ');
    expect(await send({ ':path': '/durable/runs/two', ':authority': 'h:99999' })).toContain('400 ');
    expect(await send({ ':path': '/durable/runs/two', ':method': 'TRACE' })).toContain('501 ');
    const closed = once(session, 'close');
    session.close();
    await closed;
    http2.close();
  });
});
