/** Each route of the dashboard: what is shown, and what is done. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MOST_STREAMS } from '../../../../runtime/dashboard/changes.ts';
import {
  answerOf,
  approval,
  ended,
  failing,
  greeting,
  OF_PAGE,
  PATIENT,
  type Setup,
  waiting,
  withDashboard,
} from './setup.ts';

describe('the files of the page', () => {
  it('are kept by browsers until they change', async () => {
    await withDashboard(async ({ ask }) => {
      for (const [path, type] of [
        ['/', 'text/html; charset=utf-8'],
        ['/page.js', 'text/javascript; charset=utf-8'],
        ['/page.css', 'text/css; charset=utf-8'],
        ['/icon.svg', 'image/svg+xml'],
      ] as const) {
        const first = await ask('GET', path);
        expect([first.status, first.headers.get('content-type')]).toEqual([200, type]);
        const etag = first.headers.get('etag')!;
        const again = await ask('GET', path, undefined, { 'if-none-match': `"other", ${etag}` });
        expect([again.status, again.text]).toEqual([304, '']);
        const head = await ask('HEAD', path);
        expect([head.status, head.text]).toEqual([200, '']);
        expect((await ask('POST', path, {})).status).toBe(405);
      }
    });
  });

  it('are below the base path, to which the page is led', async () => {
    await withDashboard(
      async ({ ask }) => {
        const led = await ask('GET', '/durable');
        expect([led.status, led.headers.get('location')]).toEqual([308, '/durable/']);
        expect((await ask('GET', '/durable/')).status).toBe(200);
        expect((await ask('GET', '/durable/api/runs')).body).toEqual({ runs: [] });
        for (const path of ['/', '/page.js', '/api/runs', '/durables/', '/durable/x'])
          expect([path, (await ask('GET', path)).status]).toEqual([path, 404]);
      },
      { basePath: '/durable' },
    );
  });
});

describe('runs', () => {
  const listed = async ({ ask }: Setup, query: string): Promise<string[]> =>
    (await ask('GET', `/api/runs${query}`)).body.runs.map(({ id }: { id: string }) => id);

  it('are listed with the newest first, filtered, and paged by cursor', async () => {
    await withDashboard(async (setup) => {
      const { runtime, ask } = setup;
      for (const id of ['a', 'b', 'c']) await ended(runtime, greeting, ['Ada'], id);
      await ended(runtime, failing, ['no'], 'bad');
      await runtime.start(waiting, [], { id: 'open' });
      expect(await listed(setup, '')).toEqual(['open', 'bad', 'c', 'b', 'a']);
      expect(await listed(setup, '?status=failed')).toEqual(['bad']);
      expect(await listed(setup, '?status=nonsense&text=')).toHaveLength(5);
      expect(await listed(setup, '?text=pe')).toEqual(['open']);
      const { fn } = (await ask('GET', '/api/runs?text=a&limit=1')).body.runs[0];
      expect(await listed(setup, `?fn=${encodeURIComponent(fn)}`)).not.toContain('open');
      const first = (await ask('GET', '/api/runs?limit=2')).body;
      expect(first.runs).toHaveLength(2);
      const cursor = encodeURIComponent(first.next);
      expect(await listed(setup, `?limit=2&cursor=${cursor}`)).toEqual(['c', 'b']);
      expect((await ask('GET', '/api/runs?cursor=nonsense')).status).toBe(409);
      expect((await ask('GET', '/api/counts')).body.statuses).toEqual({
        running: 1,
        blocked: 0,
        completed: 3,
        failed: 1,
        cancelled: 0,
      });
    });
  });

  it('have rows, values on demand, and the time of the server', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await ended(runtime, greeting, ['Ada'], 'a/1');
      const before = Date.now();
      const { body, headers } = await ask('GET', '/api/runs/a%2F1');
      expect(Number(headers.get('x-durable-now'))).toBeGreaterThanOrEqual(before);
      expect(body.run).toMatchObject({ id: 'a/1', status: 'completed' });
      expect(body.rows).toMatchObject([{ key: 'greet', kind: 'step', state: 'done', attempts: 1 }]);
      expect(body.endedAt).toBeGreaterThan(0);
      const values = await ask('GET', '/api/runs/a%2F1/value');
      expect(values.body.values).toEqual([
        { title: 'input', text: JSON.stringify(['Ada'], null, 2) },
        { title: 'result', text: JSON.stringify({ text: 'hello Ada' }, null, 2) },
      ]);
      const step = await ask('GET', '/api/runs/a%2F1/value?key=greet');
      expect(step.body.values).toEqual([{ title: 'result', text: '"hello Ada"' }]);
      expect((await ask('GET', '/api/runs/a%2F1/value?key=none')).body.values).toEqual([]);
    });
  });

  it('send large values only as a whole when asked', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await ended(runtime, greeting, ['x'.repeat(50_000)], 'a');
      const [cut] = (await ask('GET', '/api/runs/a/value?key=greet')).body.values;
      expect(cut.text).toHaveLength(20_000);
      expect(cut.length).toBe(50_008);
      const [whole] = (await ask('GET', '/api/runs/a/value?key=greet&whole=yes')).body.values;
      expect(whole.text).toHaveLength(50_008);
      expect(whole.length).toBeUndefined();
      expect((await ask('GET', '/api/runs/a')).text.length).toBeLessThan(2_000);
    });
  });

  it('that failed have their error, with its stack on demand', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await ended(runtime, failing, ['the card has expired'], 'a');
      const { body } = await ask('GET', '/api/runs/a');
      expect(body.rows.at(-1)).toMatchObject({ state: 'failed', error: 'Error: the card has expired' });
      const [, error] = (await ask('GET', '/api/runs/a/value')).body.values;
      expect(error).toMatchObject({ title: 'error', isError: true });
      expect(error.text).toContain('the card has expired');
    });
  });

  it('that are not there are 404', async () => {
    await withDashboard(async ({ ask }) => {
      for (const part of ['', '/figure', '/source', '/value'])
        expect((await ask('GET', `/api/runs/none${part}`)).body).toMatchObject({ code: 'UNKNOWN_RUN' });
      expect((await ask('POST', '/api/runs/none/cancel', {})).status).toBe(404);
    });
  });

  it('without a known flow have no drawing and no source, and say so', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await ended(runtime, greeting, ['Ada'], 'a');
      expect((await ask('GET', '/api/runs/a/figure')).body).toEqual({});
      expect((await ask('GET', '/api/runs/a/source')).body).toMatchObject({ lines: [] });
    });
  });
});

describe('actions', () => {
  it('signal', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      const run = await runtime.start(waiting, [], { id: 'a' });
      expect((await ask('POST', '/api/runs/a/signal', { name: 'go', payload: 7 })).status).toBe(202);
      expect(await run.result()).toBe(7);
      expect((await ask('POST', '/api/runs/a/signal', { name: 'go' })).body.code).toBe('RUN_ENDED');
    });
  });

  it('settle a callback by its key, once', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      const run = await runtime.start(approval, [], { id: 'a' });
      const callbacks = async () => (await ask('GET', '/api/runs/a')).body.callbacks;
      await expect.poll(callbacks, PATIENT).toEqual(['createCallback']);
      const settle = (body: object) => ask('POST', '/api/runs/a/settle', body);
      expect((await settle({ key: 'other', value: 1 })).body.code).toBe('UNKNOWN_CALLBACK');
      expect((await settle({ key: 'createCallback', value: { ok: true } })).status).toBe(202);
      expect(await run.result()).toEqual({ ok: true });
      const failed = await runtime.start(approval, [], { id: 'b' });
      await expect
        .poll(async () => (await ask('GET', '/api/runs/b')).body.callbacks, PATIENT)
        .toHaveLength(1);
      await ask('POST', '/api/runs/b/settle', { key: 'createCallback', error: 'not today' });
      await expect(failed.result()).rejects.toThrow('not today');
    });
  });

  it('cancel, resume, rerun and fork', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      const run = await runtime.start(waiting, [], { id: 'a' });
      expect((await ask('POST', '/api/runs/a/cancel', { reason: 'enough' })).status).toBe(202);
      await expect(run.result()).rejects.toThrow('enough');
      expect((await ask('POST', '/api/runs/a/resume', {})).body).toEqual({ id: 'a' });
      await ended(runtime, greeting, ['Ada'], 'b');
      expect((await ask('POST', '/api/runs/b/resume', {})).status).toBe(409);
      expect((await ask('POST', '/api/runs/b/rerun', { id: 'b2' })).body).toEqual({ id: 'b2' });
      const forked = await ask('POST', '/api/runs/b/fork', { from: 'greet', id: 'b3' });
      expect([forked.status, forked.body]).toEqual([202, { id: 'b3' }]);
      expect((await ask('POST', '/api/runs/b/fork', { from: 'none' })).status).toBe(409);
      const kept = await runtime.audit();
      expect(kept.map(({ action, by, ok }) => `${by} ${action} ${ok}`)).toEqual([
        'ada cancel true',
        'ada resume true',
        'ada resume false',
        // Of the new run, and then of the one that it begins as.
        'ada start true',
        'ada rerun true',
        'ada start true',
        'ada fork true',
        'ada fork false',
      ]);
    });
  });

  it('with a body that is none are refused, and nothing happens', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await runtime.start(waiting, [], { id: 'a' });
      const bodies: readonly (readonly [path: string, body: unknown, status: number])[] = [
        ['signal', '{', 400],
        ['signal', {}, 400],
        ['signal', { name: '' }, 400],
        ['signal', { name: 7 }, 400],
        ['signal', { name: 'go', other: 1 }, 400],
        ['signal', '{"name":"go","payload":{"__proto__":{}}}', 400],
        ['settle', { key: 'x', value: 1, error: 'no' }, 400],
        ['cancel', { reason: 7 }, 400],
        ['cancel', [], 400],
        ['resume', { forget: 'yes' }, 400],
        ['rerun', { id: '..' }, 400],
        ['fork', {}, 400],
        ['signal', { name: 'x'.repeat(2_000_000) }, 413],
      ];
      for (const [path, body, status] of bodies)
        expect([path, body, (await ask('POST', `/api/runs/a/${path}`, body)).status]).toEqual([
          path,
          body,
          status,
        ]);
      for (const path of ['cancel', 'signal'])
        expect((await ask('GET', `/api/runs/a/${path}`)).status).toBe(405);
      expect(await (await runtime.get('a'))?.status()).toBe('running');
    });
  });
});

describe('actions on several runs', () => {
  it('by their ids tell who refused', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await runtime.start(waiting, [], { id: 'a' });
      await ended(runtime, greeting, ['Ada'], 'b');
      const { body } = await ask('POST', '/api/bulk', { action: 'cancel', ids: ['a', 'b', 'none', 'a'] });
      expect(body.done).toBe(1);
      expect(body.refused.map(({ id }: { id: string }) => id)).toEqual(['b', 'none']);
    });
  });

  it('by a filter go on where the last answer has ended, and never meet what they have started', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      for (let at = 0; at < 450; at++) await runtime.start(waiting, [], { id: `run-${at}` });
      let [done, requests] = [0, 0];
      let cursor: string | undefined;
      do {
        const order = { action: 'rerun', filter: { status: 'running' }, ...(cursor && { cursor }) };
        const { body } = await ask('POST', '/api/bulk', order);
        done += body.done;
        requests++;
        cursor = body.next;
      } while (cursor !== undefined);
      expect([done, requests]).toEqual([450, 3]);
    });
  });

  it('say what they take', async () => {
    await withDashboard(async ({ ask }) => {
      for (const body of [
        {},
        { action: 'cancel' },
        { action: 'prune', ids: ['a'] },
        { action: 'cancel', ids: [] },
        { action: 'cancel', ids: [1] },
        { action: 'cancel', ids: ['a'], filter: {} },
        { action: 'cancel', filter: {}, cursor: 1 },
      ])
        expect([body, (await ask('POST', '/api/bulk', body)).status]).toEqual([body, 400]);
    });
  });
});

describe('workers, schedules and versions', () => {
  it('are listed', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await runtime.start(waiting, [], { id: 'a' });
      await runtime.schedule('nightly', { cron: '0 3 * * *', timeZone: 'Europe/Berlin' }, greeting, ['Ada']);
      expect((await ask('GET', '/api/schedules')).body.schedules).toMatchObject([
        { name: 'nightly', cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
      ]);
      const { workers } = (await ask('GET', '/api/workers')).body;
      expect(workers).toMatchObject([{ pid: process.pid, state: 'alive' }]);
      expect((await ask('GET', '/api/versions')).body.versions).toMatchObject([{ running: 1, blocked: 0 }]);
    });
  });
});

describe('changes', () => {
  afterEach(() => vi.useRealTimers());

  const open = (serve: Setup['serve']): Promise<Response> =>
    serve(new Request('http://host/api/events', { headers: OF_PAGE }));

  async function* textOf(response: Response): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) yield decoder.decode(chunk);
  }

  it('are told to each page that is open', async () => {
    await withDashboard(async ({ serve, runtime }) => {
      const streams = await Promise.all([open(serve), open(serve)]);
      const texts = streams.map(textOf);
      for (const [at, text] of texts.entries()) {
        expect(streams[at]!.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
        expect((await text.next()).value).toBe(': open\n\n');
      }
      const told = Promise.all(texts.map((text) => text.next()));
      const starting = (async () => {
        for (let at = 0; ; at++) {
          await ended(runtime, greeting, ['Ada'], `run-${at}`);
          if (await Promise.race([told.then(() => true), new Promise((r) => setTimeout(r, 100, false))]))
            return;
        }
      })();
      expect((await told).map(({ value }) => value)).toEqual(Array(2).fill('event: change\ndata:\n\n'));
      await starting;
      for (const text of texts) await text.return(undefined);
    });
  });

  it('ask the store once for all pages, and not at all without one', async () => {
    await withDashboard(async ({ serve, store }) => {
      const source = store.inspect();
      const asked = vi.spyOn(Object.getPrototypeOf(source) as typeof source, 'position');
      try {
        const streams = await Promise.all(Array.from({ length: 50 }, () => open(serve)));
        await expect.poll(() => asked.mock.calls.length, PATIENT).toBeGreaterThan(1);
        // One loop for all of them.
        expect(asked.mock.calls.length).toBeLessThan(10);
        for (const stream of streams) await stream.body!.cancel();
        const before = asked.mock.calls.length;
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        expect(asked.mock.calls.length - before).toBeLessThanOrEqual(1);
      } finally {
        asked.mockRestore();
      }
    });
  });

  it('are told to so many pages and no more', async () => {
    await withDashboard(async ({ serve }) => {
      const streams = await Promise.all(Array.from({ length: MOST_STREAMS }, () => open(serve)));
      const refused = await answerOf(await open(serve));
      expect([refused.status, refused.body.code]).toEqual([503, 'TOO_MANY_PAGES']);
      await streams[0]!.body!.cancel();
      const next = await open(serve);
      expect(next.status).toBe(200);
      for (const stream of [...streams.slice(1), next]) await stream.body!.cancel();
    });
  });
});
