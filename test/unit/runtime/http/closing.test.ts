import { expect, it } from 'vitest';
import { createHandler, createRuntime, memoryStore, waitFor } from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const greet = durable(async ($, name: string) => {
  await $.call('go', async () => {})();
  return `hello ${name}`;
});
const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
const functions = { greet, waiting };

/** Requests that arrive before the runtime is closed, while it is, and after. */
it.each([0, 1, 5])(
  'requests of a runtime that closes after %i turns are answered, and what was accepted is kept',
  async (turns) => {
    const store = memoryStore();
    const runtime = createRuntime({ store });
    await runtime.start(waiting, [], { id: 'waiting' });
    const errors: unknown[] = [];
    const serve = createHandler(runtime, {
      functions,
      authorize: () => true,
      onError: (error) => errors.push(error),
    });
    const ask = async (method: string, path: string, body?: unknown): Promise<number> => {
      const request = new Request(`http://localhost/${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const response = await serve(request);
      await response.text();
      return response.status;
    };
    const round = (name: string): Promise<number>[] => [
      ...Array.from({ length: 30 }, (_, n) => ask('POST', `runs/greet?id=${name}${n}`, { args: [name + n] })),
      ask('GET', 'runs/waiting'),
      ask('POST', 'runs/waiting/signals/news', { payload: name }),
    ];
    const before = round('before');
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const closed = runtime.close();
    const during = round('during');
    await closed;
    const after = round('after');
    const statuses = await Promise.all([before, during, after].map((all) => Promise.all(all)));
    expect(errors).toEqual([]);
    for (const status of statuses.flat()) expect([200, 202, 503]).toContain(status);
    expect(statuses[2]!.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 503));

    const accepted = ['before', 'during'].flatMap((name, at) =>
      statuses[at]!.slice(0, 30).flatMap((status, n) => (status === 200 ? [name + n] : [])),
    );
    const next = createRuntime({ store });
    await next.recover();
    for (const name of accepted) expect(await (await next.get(name))?.result()).toBe(`hello ${name}`);
    await next.close();
  },
);
