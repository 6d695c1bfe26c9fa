import { once } from 'node:events';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { toRestate } from '../../runtime/engines/restate/index.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';

/** When nothing was said for so long and no step is under way, a run waits for something from outside, or for time. */
const QUIET = 20;

/**
 * Serves functions so that each of their runs is suspended whenever it waits for something that isn't a step, and called
 * again from its first line when that is there: the server is told that its messages end, which ends the attempt.
 */
export async function serveSuspending(functions: Record<string, AnyFunction>) {
  let running = 0;
  const counting = {
    interceptor: {
      run: async (_name: string, next: () => Promise<void>) => {
        running++;
        await next().finally(() => running--);
      },
    },
  };
  const service = toRestate(functions, { workflow: { hooks: [() => counting] } });
  const server = createServer((request: Http2ServerRequest, response: Http2ServerResponse) => {
    const source = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const isBusy = (): boolean => running > 0;
    Object.defineProperty(request, Symbol.asyncIterator, {
      value: () => untilQuiet(source, isBusy),
      configurable: true,
    });
    service.nodeHandler(request, response);
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

async function* untilQuiet(source: AsyncIterator<Uint8Array>, isBusy: () => boolean) {
  let next = source.next();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const quiet = new Promise<'quiet'>((resolve) => {
      timer = setTimeout(() => resolve('quiet'), QUIET);
    });
    const result = await Promise.race([next, quiet]);
    clearTimeout(timer);
    if (result === 'quiet') {
      if (!isBusy()) return;
    } else if (result.done) return;
    else {
      yield result.value;
      next = source.next();
    }
  }
}
