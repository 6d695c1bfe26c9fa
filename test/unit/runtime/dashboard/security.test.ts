/** Who may see and do what; what a stranger, or a page of elsewhere, gets; that nothing of a run becomes markup. */
import { describe, expect, it } from 'vitest';
import { createDashboard } from '../../../../runtime/dashboard/index.ts';
import { onLoopback } from '../../../../runtime/dashboard/loopback.ts';
import { createRuntime, MisuseError, memoryStore } from '../../../../runtime/index.ts';
import {
  answerOf,
  approval,
  ended,
  failing,
  greeting,
  MARKUP,
  OF_PAGE,
  PATIENT,
  waiting,
  withDashboard,
} from './setup.ts';

const READS = [
  '/api/about',
  '/api/runs',
  '/api/counts',
  '/api/workers',
  '/api/schedules',
  '/api/versions',
  '/api/events',
  '/api/runs/a',
  '/api/runs/a/figure',
  '/api/runs/a/source',
  '/api/runs/a/value',
];
const ACTIONS = ['signal', 'settle', 'cancel', 'resume', 'rerun', 'fork'];
const ACTS = [...ACTIONS.map((type) => `/api/runs/a/${type}`), '/api/bulk'];

describe('a page of another origin', () => {
  it('gets nothing, and does nothing', async () => {
    await withDashboard(async ({ serve, runtime }) => {
      await runtime.start(waiting, [], { id: 'a' });
      const origins: readonly Record<string, string>[] = [
        { ...OF_PAGE, 'sec-fetch-site': 'cross-site' },
        { ...OF_PAGE, 'sec-fetch-site': 'same-site' },
        { 'x-durable-page': '1', origin: 'http://evil.example' },
        { 'x-durable-page': '1', origin: 'null' },
        { 'x-durable-page': '1', origin: 'http://host:81' },
      ];
      for (const headers of origins)
        for (const path of [...READS, ...ACTS]) {
          const method = ACTS.includes(path) ? 'POST' : 'GET';
          const answer = await answerOf(
            await serve(
              new Request(`http://host${path}`, {
                method,
                headers: { ...headers, 'content-type': 'application/json' },
                body: method === 'POST' ? '{"reason":"because"}' : null,
              }),
            ),
          );
          expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'FOREIGN_ORIGIN']);
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        }
      expect((await runtime.get('a')) === undefined).toBe(false);
      expect(await (await runtime.get('a'))?.status()).toBe('running');
    });
  });

  it('can send no form, no simple request and no preflight that is allowed', async () => {
    await withDashboard(async ({ serve, runtime }) => {
      await runtime.start(waiting, [], { id: 'a' });
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
        const url = 'http://host/api/runs/a/cancel';
        const plain = await serve(new Request(url, { method: 'POST', headers, body: '{}' }));
        expect(plain.status).toBe(403);
        const named = await serve(
          new Request(url, { method: 'POST', headers: { ...headers, ...OF_PAGE }, body: '{}' }),
        );
        expect(named.status).toBe(415);
      }
      const preflight = await serve(
        new Request('http://host/api/runs/a/cancel', {
          method: 'OPTIONS',
          headers: { origin: 'http://evil.example', 'access-control-request-headers': 'x-durable-page' },
        }),
      );
      expect(preflight.status).toBe(403);
      expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(await (await runtime.get('a'))?.status()).toBe('running');
    });
  });
});

describe('authorize', () => {
  it('is asked for each request, before anything is looked up', async () => {
    const asked: string[] = [];
    const options = {
      authorize: (request: Request) => {
        asked.push(new URL(request.url).pathname);
        return { read: false };
      },
    };
    await withDashboard(async ({ ask }) => {
      for (const path of ['/', '/page.js', ...READS]) expect((await ask('GET', path)).status).toBe(403);
      for (const path of ACTS) expect((await ask('POST', path, {})).status).toBe(403);
      expect(asked).toEqual(['/', '/page.js', ...READS, ...ACTS]);
    }, options);
  });

  it('that allows to read alone refuses all that changes something', async () => {
    await withDashboard(
      async ({ ask, runtime }) => {
        await runtime.start(waiting, [], { id: 'a' });
        const told: string[] = [];
        runtime.on('action', ({ action, runId, ok }) => told.push(`${action} ${runId} ${ok}`));
        await ask('POST', '/api/runs/a/cancel', {});
        await ask('POST', '/api/runs/a/settle', {});
        await ask('POST', '/api/bulk', { action: 'resume', ids: ['a'] });
        await ask('POST', '/api/bulk', 'nothing');
        expect(told).toEqual(['cancel a false', 'complete a false', 'resume  false']);
        expect((await ask('GET', '/api/about')).body).toEqual({ store: 'memory:', act: false });
        for (const path of ACTS) {
          const { status, body } = await ask('POST', path, {});
          expect([path, status, body.code]).toEqual([path, 403, 'READ_ONLY']);
        }
        expect(await (await runtime.get('a'))?.status()).toBe('running');
      },
      { authorize: () => ({ read: true }) },
    );
  });

  it('may answer by itself, as with a redirection to a login', async () => {
    const login = new Response(null, { status: 302, headers: { location: '/login' } });
    await withDashboard(
      async ({ ask }) => {
        for (const path of ['/', '/api/runs']) {
          const { status, headers } = await ask('GET', path);
          expect([status, headers.get('location')]).toEqual([302, '/login']);
        }
      },
      { authorize: () => login },
    );
  });

  it('that throws, or says something else, is a refusal without details', async () => {
    const verdicts: readonly unknown[] = [
      undefined,
      null,
      true,
      'yes',
      { read: 1 },
      { read: true, act: 'yes' },
      { read: true, by: 7 },
    ];
    for (const verdict of verdicts)
      await withDashboard(
        async ({ ask, errors }) => {
          const { status, text } = await ask('GET', '/api/runs');
          expect(status).toBeGreaterThanOrEqual(400);
          expect(text).not.toContain('runs":');
          expect(errors.length + (status === 409 ? 1 : 0)).toBeGreaterThan(0);
        },
        { authorize: () => verdict as never },
      );
    await withDashboard(
      async ({ ask, errors }) => {
        const { status, text } = await ask('GET', '/api/runs');
        expect(status).toBe(500);
        expect(text).not.toContain('secret');
        expect(errors).toHaveLength(1);
      },
      {
        authorize: () => {
          throw new Error('secret of the session store');
        },
      },
    );
  });

  it('is required', () => {
    const runtime = createRuntime({ store: memoryStore() });
    expect(() => createDashboard(runtime, {} as never)).toThrow(MisuseError);
    expect(() => createDashboard({} as never, { authorize: () => ({ read: true }) })).toThrow(MisuseError);
  });
});

describe('on the loopback interface', () => {
  const TOKEN = 'a-token-of-24-random-bytes-1234';
  const inner = () => new Response('inside');
  const handler = onLoopback(inner, { port: 4000, token: TOKEN });
  const ask = (url: string, headers: Record<string, string> = {}) =>
    handler(new Request(url, { headers })) as Response;
  const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

  it('another Host is refused, whatever else is right: a name that was pointed here', () => {
    for (const host of [
      'evil.example:4000',
      'evil.example',
      '127.0.0.1:4001',
      'localhost',
      '127.0.0.1.evil.example:4000',
      '0.0.0.0:4000',
      '10.0.0.1:4000',
    ])
      for (const path of ['/', '/page.js', '/api/runs'])
        expect([host, ask(`http://${host}${path}`, AUTHORIZED).status]).toEqual([host, 421]);
  });

  it('this machine under its names is served', async () => {
    for (const host of ['127.0.0.1:4000', 'localhost:4000', '[::1]:4000'])
      expect(await ask(`http://${host}/api/runs`, AUTHORIZED).text()).toBe('inside');
  });

  it('a missing or wrong token gets the files of the page, and nothing else', async () => {
    const wrong = [
      {},
      { authorization: '' },
      { authorization: 'Bearer ' },
      { authorization: TOKEN },
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: `Bearer ${TOKEN.slice(1)}` },
      { authorization: `Basic ${TOKEN}` },
      { cookie: `token=${TOKEN}` },
    ] as readonly Record<string, string>[];
    for (const headers of wrong) {
      for (const path of [...READS, ...ACTS, '/api', '/other', '/page.js/x', `/api/runs?token=${TOKEN}`]) {
        const response = ask(`http://127.0.0.1:4000${path}`, headers);
        expect([path, response.status]).toEqual([path, 401]);
        expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      }
      for (const path of ['/', '/page.js', '/page.css', '/icon.svg'])
        expect(await ask(`http://127.0.0.1:4000${path}`, headers).text()).toBe('inside');
    }
  });
});

describe('what is answered', () => {
  it('forbids everything that the page does not need, refusals too', async () => {
    await withDashboard(async ({ ask }) => {
      for (const path of ['/', '/page.js', '/page.css', '/nothing', '/api/runs', '/api/runs/none']) {
        const { headers } = await ask('GET', path);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
      }
      const { text } = await ask('GET', '/');
      expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=|https?:/);
    });
  });

  it('is JSON wherever something of a run is in it, with markup as text', async () => {
    await withDashboard(async ({ ask, runtime }) => {
      await ended(runtime, greeting, [MARKUP], MARKUP);
      await ended(runtime, failing, [MARKUP], 'failed');
      const id = encodeURIComponent(MARKUP);
      for (const path of [
        '/api/runs',
        `/api/runs/${id}`,
        `/api/runs/${id}/value`,
        `/api/runs/${id}/value?key=greet`,
        `/api/runs/${id}/source`,
        '/api/runs/failed',
        '/api/runs/failed/value',
        `/api/runs?text=${id}`,
        `/api/runs?fn=${id}`,
      ]) {
        const { status, headers } = await ask('GET', path);
        expect([path, status]).toEqual([path, 200]);
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(headers.get('cache-control')).toBe('no-store');
      }
      // What is refused is not repeated.
      const unknown = await ask('GET', `/api/runs/${id}x`);
      expect(unknown.text).not.toContain('<');
    });
  });

  it('has no token of a callback in it', async () => {
    await withDashboard(async ({ ask, runtime, store }) => {
      await runtime.start(approval, [], { id: 'a' });
      const tokenOf = async (): Promise<string | undefined> => {
        const created = (await store.load('a'))?.events.find(({ type }) => type === 'callback-created');
        return created?.type === 'callback-created' ? created.token : undefined;
      };
      await expect.poll(tokenOf, PATIENT).toBeDefined();
      const token = (await tokenOf())!;
      for (const path of READS.filter((read) => read !== '/api/events')) {
        const { text } = await ask('GET', path);
        expect(text.includes(token), path).toBe(false);
      }
    });
  });

  it('is no file but those of the page, whatever is in the path', async () => {
    await withDashboard(async ({ ask }) => {
      for (const path of [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2fpackage.json',
        '/static/page.js',
        '/licenses.txt',
        '/constructor',
        '/__proto__',
        '/api/__proto__',
        '/api/runs/a/__proto__',
        '/%',
        '/api/%',
        '/api/runs/%',
      ])
        expect([path, (await ask('GET', path)).status]).toEqual([path, 404]);
    });
  });
});
