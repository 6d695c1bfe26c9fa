/** A server of node:http with a handler behind `toNodeListener`, as a process of its own: prints its port, and its errors. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createHandler,
  createRuntime,
  memoryStore,
  toNodeListener,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
const echo = durable(async (_$, value: unknown) => value);
const runtime = createRuntime({ store: memoryStore() });
const handler = createHandler(runtime, {
  functions: { waiting, echo },
  authorize: (_action, request) => request.headers.get('authorization') === 'Bearer right',
  basePath: '/durable',
  maxBodyBytes: 4096,
});

/** Answers that end in odd ways, beside the handler. */
async function serve(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  switch (pathname) {
    case '/throws':
      throw new Error('expected');
    case '/nothing':
      return undefined as unknown as Response;
    case '/status-0':
      return Response.error();
    case '/bad-head':
      return new Response('x', { headers: { 'x-odd': 'a\u0001b' } });
    case '/fails-midway':
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
          pull: () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error('expected')), 5)),
        }),
      );
    case '/no-bytes':
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(42 as never) }));
    case '/used': {
      const used = new Response('x');
      await used.text();
      return used;
    }
    case '/endless':
      return new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
      );
    case '/cookies':
      return new Response('ä', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    case '/aborted':
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      console.log('aborted');
      return new Response(null);
    case '/url':
      return new Response(request.url);
    case '/headers':
      return Response.json([...request.headers]);
    default:
      return handler(request);
  }
}

const isExpected = (error: unknown): boolean =>
  error instanceof Error &&
  /^expected$|other than a Response|writeHead|status code|header content|chunk|locked|Invalid state/i.test(
    error.message,
  );

const server = createServer(
  { headersTimeout: 2_000, requestTimeout: 2_500, connectionsCheckingInterval: 100 },
  toNodeListener(serve, { onError: (error) => console.log(isExpected(error) ? 'expected' : error) }),
);
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
