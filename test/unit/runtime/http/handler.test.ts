import { describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  createCallback,
  createHandler,
  createRuntime,
  type HandlerOptions,
  type HttpAction,
  MisuseError,
  memoryStore,
  NotCompiledError,
  type Runtime,
  type Store,
  StoreError,
  startChild,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const registerUser = durable(async ($, user: { name: string }, ...more: unknown[]) => [
  await $.call('greet', async (name: string) => `hello ${name}`)(user.name),
  ...more,
]);
const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
const failing = durable(async () => {
  throw Object.assign(new RangeError('out of range'), { code: 'E_RANGE', secret: 'hidden' });
});
const functions = { registerUser, waiting, failing };

interface Setup {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Sends JSON, and gives back status and JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  serve(request: Request): Promise<Response>;
  readonly errors: unknown[];
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function withHandler(
  use: (setup: Setup) => Promise<void>,
  options: HandlerOptions = {},
  store: Store = memoryStore(),
): Promise<void> {
  const runtime = createRuntime({ store, onBlocked: () => {} });
  const errors: unknown[] = [];
  const serve = createHandler(runtime, {
    functions,
    authorize: () => true,
    onError: (error) => errors.push(error),
    ...options,
  });
  const ask: Setup['ask'] = async (method, path, body, headers = JSON_TYPE) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://host${path}`, { method, headers, body: text ?? null });
    const response = await serve(request);
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: answer === '' ? undefined : JSON.parse(answer),
    };
  };
  try {
    await use({ runtime, store, ask, serve, errors });
  } finally {
    await runtime.close();
  }
}

/** Waits for the end of a run, whatever it is. */
const ended = async (runtime: Runtime, id: string): Promise<unknown> =>
  (await runtime.get(id))?.result().catch(() => {});

const refusal = (code: string) => ({ code, message: expect.any(String) });

describe('what the handler serves', () => {
  it('starts a run, and gives its status and result', () =>
    withHandler(async ({ ask, runtime, errors }) => {
      const started = await ask('POST', '/runs/registerUser?id=ada%2F1', {
        args: [{ name: 'Ada' }, [1, null]],
      });
      expect(started).toMatchObject({ status: 200, body: { id: 'ada/1' } });
      expect(started.headers.get('location')).toBe('/runs/ada%2F1');
      expect(started.headers.get('cache-control')).toBe('no-store');
      await ended(runtime, 'ada/1');
      expect(await ask('GET', '/runs/ada%2F1')).toMatchObject({
        status: 200,
        body: { id: 'ada/1', status: 'completed', result: ['hello Ada', [1, null]] },
      });
      expect(errors).toEqual([]);
    }));

  it('lists runs by what they are, their attributes too, in pages', () =>
    withHandler(async ({ ask, runtime }) => {
      const due = new Date(1_000);
      const ids = ['a', 'b', 'c'];
      for (const id of ids) {
        await ask('POST', `/runs/registerUser?id=${id}`, { args: [{ name: id }] });
        await ended(runtime, id);
      }
      const first = await runtime.list({ limit: 1 });
      const { fn } = first[0]!;
      const record = {
        fn,
        status: 'completed',
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
        attributes: {},
      };
      expect((await ask('GET', '/runs')).body).toEqual({ runs: ids.map((id) => ({ ...record, id })) });
      const page = await ask('GET', `/runs?limit=2&status=completed&fn=${encodeURIComponent(fn)}`);
      expect(page.body).toMatchObject({ runs: [{ id: 'a' }, { id: 'b' }], cursor: 'b' });
      expect((await ask('GET', '/runs?cursor=b')).body).toEqual({ runs: [{ ...record, id: 'c' }] });
      const wanted = encodeURIComponent(
        JSON.stringify({ customer: 'c-1', due: { date: due.toISOString() } }),
      );
      expect((await ask('GET', `/runs?attributes=${wanted}`)).body).toEqual({ runs: [] });
      const refused = [
        'status=none',
        'limit=0',
        'limit=1001',
        'limit=x',
        'limit=1&limit=2',
        'other=1',
        'attributes=[]',
      ];
      for (const query of [
        ...refused,
        'attributes=%7B',
        'attributes=%7B%22a%20b%22%3A1%7D',
        'attributes=%7B%22a%22%3Anull%7D',
        'cursor=none',
      ])
        expect(await ask('GET', `/runs?${query}`), query).toMatchObject({
          status: 400,
          body: refusal('BAD_REQUEST'),
        });
      expect(await ask('POST', '/runs', {})).toMatchObject({ status: 405 });
    }));

  it('makes an id where none is given, and takes a body that is empty', () =>
    withHandler(async ({ ask }) => {
      const { body } = await ask('POST', '/runs/waiting');
      expect(body).toEqual({ id: expect.stringMatching(/^[\da-f-]{36}$/), status: 'running' });
    }));

  it('gives the same run for the same id', () =>
    withHandler(async ({ ask, runtime }) => {
      const start = (name: string): Promise<Answer> =>
        ask('POST', '/runs/registerUser?id=once', { args: [{ name }] });
      expect((await start('Ada')).status).toBe(200);
      await ended(runtime, 'once');
      expect(await start('Bob')).toMatchObject({
        status: 200,
        body: { id: 'once', status: 'completed', result: ['hello Ada'] },
      });
      expect(await runtime.list()).toHaveLength(1);
    }));

  it('sends signals', () =>
    withHandler(async ({ ask, runtime }) => {
      await ask('POST', '/runs/waiting?id=w');
      expect(await ask('GET', '/runs/w')).toMatchObject({ body: { id: 'w', status: 'running' } });
      expect(await ask('POST', '/runs/w/signals/go', { payload: { yes: true } })).toMatchObject({
        status: 202,
        body: { id: 'w' },
      });
      await ended(runtime, 'w');
      expect((await ask('GET', '/runs/w')).body).toEqual({
        id: 'w',
        status: 'completed',
        result: { yes: true },
      });
      await ask('POST', '/runs/waiting?id=bare');
      await ask('POST', '/runs/bare/signals/go');
      await ended(runtime, 'bare');
      expect((await ask('GET', '/runs/bare')).body).toEqual({ id: 'bare', status: 'completed' });
    }));

  it('cancels', () =>
    withHandler(async ({ ask, runtime }) => {
      await ask('POST', '/runs/waiting?id=w');
      expect((await ask('POST', '/runs/w/cancel', { reason: 'enough' })).status).toBe(202);
      await ended(runtime, 'w');
      expect((await ask('GET', '/runs/w')).body).toEqual({
        id: 'w',
        status: 'cancelled',
        error: { code: 'CANCELLED', message: 'The run was cancelled: enough' },
      });
    }));

  it('shows what a run threw as code and message, without stack and properties', () =>
    withHandler(async ({ ask, runtime }) => {
      await ask('POST', '/runs/failing?id=f');
      await ended(runtime, 'f');
      expect((await ask('GET', '/runs/f')).body).toEqual({
        id: 'f',
        status: 'failed',
        error: { code: 'E_RANGE', message: 'out of range' },
      });
    }));

  it('answers HEAD as GET, without a body', () =>
    withHandler(async ({ ask }) => {
      await ask('POST', '/runs/waiting?id=w');
      expect(await ask('HEAD', '/runs/w')).toMatchObject({ status: 200, body: undefined });
      expect(await ask('HEAD', '/runs/x')).toMatchObject({ status: 404, body: undefined });
    }));

  it('serves under a base path, and nothing beside it', () =>
    withHandler(
      async ({ ask }) => {
        const started = await ask('POST', '/api/durable/runs/waiting?id=w');
        expect(started.status).toBe(200);
        expect(started.headers.get('location')).toBe('/api/durable/runs/w');
        for (const path of ['/runs/w', '/api/durablex/runs/w', '/api/durable', '/x/api/durable/runs/w'])
          expect((await ask('GET', path)).status, path).toBe(404);
      },
      { basePath: '/api/durable' },
    ));

  it('shows a run that is blocked', () => {
    const store = memoryStore();
    void store.create(
      'lost',
      { type: 'run-started', version: 2, fn: 'nowhere', input: '1j[]', seed: 'ab', at: 1 },
      { worker: 'dead', pid: 0, host: 'nowhere', leaseUntil: 0 },
    );
    void store.release('dead');
    return withHandler(
      async ({ ask, runtime }) => {
        await runtime.recover();
        expect(await ask('GET', '/runs/lost')).toMatchObject({
          status: 200,
          body: { id: 'lost', status: 'blocked' },
        });
      },
      {},
      store,
    );
  });
});

describe('callbacks', () => {
  /** Starts a run that waits for a callback, and gives its token. */
  async function tokenOf(runtime: Runtime, id: string): Promise<string> {
    let resolve: (token: string) => void = () => {};
    const promise = new Promise<string>((settle) => {
      resolve = settle;
    });
    const asking = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)()) as Callback;
      await $.call('send', async (token: string) => resolve(token))(callback.token);
      return $.method('callback.result', callback, 'result')();
    });
    await runtime.start(asking, [], { id });
    return promise;
  }

  it('are completed without any authorization, once', () =>
    withHandler(
      async ({ ask, runtime }) => {
        const token = await tokenOf(runtime, 'c');
        expect(await ask('POST', `/callbacks/${token}`, { value: { ok: 1 } })).toMatchObject({
          status: 200,
          body: {},
        });
        await expect((await runtime.get('c'))?.result()).resolves.toEqual({ ok: 1 });
      },
      { authorize: () => false },
    ));

  it('are failed, with a message and a code and nothing else', () =>
    withHandler(async ({ ask, runtime }) => {
      const token = await tokenOf(runtime, 'c');
      const path = `/callbacks/${token}`;
      for (const error of ['no', null, { code: 'X' }, { message: 1 }, { message: 'a', stack: 'b' }])
        expect(await ask('POST', path, { error })).toMatchObject({
          status: 400,
          body: refusal('BAD_REQUEST'),
        });
      expect((await ask('POST', path, { error: { code: 'E_NO', message: 'no' } })).status).toBe(200);
      await expect((await runtime.get('c'))?.result()).rejects.toMatchObject({
        name: 'Error',
        message: 'no',
        code: 'E_NO',
      });
      const other = await tokenOf(runtime, 'd');
      await ask('POST', `/callbacks/${other}`, { error: { message: 'plain' } });
      await expect((await runtime.get('d'))?.result()).rejects.toThrow('plain');
    }));

  it('take a value or an error', () =>
    withHandler(async ({ ask, runtime }) => {
      const token = await tokenOf(runtime, 'c');
      for (const body of [undefined, {}, { value: 1, error: { message: 'x' } }])
        expect((await ask('POST', `/callbacks/${token}`, body)).status).toBe(400);
      expect((await ask('POST', `/callbacks/${token}`, { value: null })).status).toBe(200);
      await expect((await runtime.get('c'))?.result()).resolves.toBeNull();
    }));

  it('answer to every token that can not be used with the same words', () =>
    withHandler(async ({ ask, runtime }) => {
      const used = await tokenOf(runtime, 'used');
      await ask('POST', `/callbacks/${used}`, { value: 1 });
      const over = await tokenOf(runtime, 'over');
      await (await runtime.get('over'))?.cancel();
      await ended(runtime, 'over');
      const answers: unknown[] = [];
      for (const token of [used, over, `${used}x`, 'x', '%2e%2e%2f', 'A'.repeat(22), '__proto__', '%00']) {
        const { status, body } = await ask('POST', `/callbacks/${token}`, { value: 2 });
        answers.push({ status, body });
        expect((await ask('POST', `/callbacks/${token}`, {})).status, 'a body is judged first').toBe(400);
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toEqual({ status: 404, body: refusal('UNKNOWN_CALLBACK') });
    }));
});

describe('authorization', () => {
  const requests: readonly (readonly [string, string, HttpAction])[] = [
    ['POST', '/runs/waiting?id=w', { type: 'start', fn: 'waiting', id: 'w' }],
    ['POST', '/runs/nowhere', { type: 'start', fn: 'nowhere', id: undefined }],
    ['GET', '/runs/w', { type: 'get', id: 'w' }],
    ['POST', '/runs/w/signals/go', { type: 'signal', id: 'w', name: 'go' }],
    ['POST', '/runs/w/cancel', { type: 'cancel', id: 'w' }],
  ];

  it('denies all but callbacks where nothing is said', async () => {
    const runtime = createRuntime({ store: memoryStore() });
    const serve = createHandler(runtime, { functions });
    const told: string[] = [];
    runtime.on('action', ({ action, runId, ok }) => told.push(`${action} ${runId} ${ok}`));
    for (const [method, path] of requests) {
      const response = await serve(new Request(`http://host${path}`, { method, headers: JSON_TYPE }));
      expect(response.status, path).toBe(403);
      expect(await response.json()).toEqual(refusal('FORBIDDEN'));
    }
    const init = { method: 'POST', headers: JSON_TYPE, body: '{"value":1}' };
    expect((await serve(new Request('http://host/callbacks/x', init))).status).toBe(404);
    expect(await runtime.list()).toEqual([]);
    expect(told).toContain('signal w false');
    expect(told).toContain('cancel w false');
    await runtime.close();
  });

  it('is asked with the action and the request, before the body is read', async () => {
    const seen: HttpAction[] = [];
    await withHandler(
      async ({ ask }) => {
        for (const [method, path] of requests) {
          const body = method === 'GET' ? undefined : 'not JSON';
          expect((await ask(method, path, body, { authorization: 'wrong' })).status, path).toBe(403);
        }
      },
      {
        authorize: async (action, request) => {
          seen.push(action);
          expect(request.bodyUsed).toBe(false);
          return request.headers.get('authorization') === 'right';
        },
      },
    );
    expect(seen).toEqual(requests.map(([, , action]) => action));
  });

  it('lets nothing pass but true', async () => {
    for (const verdict of [1, 'yes', {}, undefined, null]) {
      await withHandler(async ({ ask }) => expect((await ask('GET', '/runs/w')).status).toBe(403), {
        authorize: () => verdict as boolean,
      });
    }
  });

  it('may answer itself', () =>
    withHandler(
      async ({ ask }) => {
        const { status, headers } = await ask('POST', '/runs/waiting?id=w');
        expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
        expect((await ask('HEAD', '/runs/w')).status).toBe(401);
      },
      { authorize: () => new Response('{}', { status: 401, headers: { 'www-authenticate': 'Bearer' } }) },
    ));

  it('may answer with one Response again and again', () => {
    const denied = new Response('{}', { status: 401 });
    return withHandler(
      async ({ ask, errors }) => {
        for (let i = 0; i < 3; i++)
          expect(await ask('GET', '/runs/w')).toMatchObject({ status: 401, body: {} });
        expect(errors).toEqual([]);
      },
      { authorize: () => denied },
    );
  });

  it('may read a copy of the body, and is told so when it reads the body itself', async () => {
    const start = (authorize: NonNullable<HandlerOptions['authorize']>, expected: number, words = '') =>
      withHandler(
        async ({ ask, errors }) => {
          expect((await ask('POST', '/runs/registerUser', { args: [{ name: 'Ada' }] })).status).toBe(
            expected,
          );
          expect(String(errors)).toContain(words);
        },
        { authorize },
      );
    await start(async (_action, request) => (await request.clone().text()).includes('Ada'), 200);
    await start(async (_action, request) => (await request.text()).includes('Ada'), 500, 'request.clone()');
  });

  it('that throws denies', () =>
    withHandler(
      async ({ ask, errors, runtime }) => {
        expect(await ask('POST', '/runs/waiting')).toMatchObject({ status: 500, body: refusal('INTERNAL') });
        expect(errors).toEqual([new Error('session store down')]);
        expect(await runtime.list()).toEqual([]);
      },
      { authorize: () => Promise.reject(new Error('session store down')) },
    ));
});

describe('requests that are refused', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/runs/'],
    ['GET', '/runs//'],
    ['GET', '/runs/w/'],
    ['POST', '/runs/w/signals'],
    ['POST', '/runs/w/signals/'],
    ['POST', '/runs/w/signals/a/b'],
    ['POST', '/callbacks'],
    ['GET', '/constructor/x'],
    ['GET', '/runs/../secret'],
    ['GET', '/runs/%2e%2e/secret'],
  ])('%s %s is nowhere', (method, path) =>
    withHandler(async ({ ask }) => {
      expect(await ask(method, path)).toMatchObject({ status: 404, body: refusal('NOT_FOUND') });
    }),
  );

  it.each([
    ['PUT', '/runs/w', 'GET, HEAD, POST'],
    ['DELETE', '/runs/w', 'GET, HEAD, POST'],
    ['OPTIONS', '/runs/w', 'GET, HEAD, POST'],
    ['GET', '/runs/w/cancel', 'POST'],
    ['HEAD', '/runs/w/cancel', 'POST'],
    ['GET', '/runs/w/signals/go', 'POST'],
    ['GET', '/callbacks/x', 'POST'],
    ['toString', '/callbacks/x', 'POST'],
    ['__proto__', '/callbacks/x', 'POST'],
  ])('%s %s is 405', (method, path, allow) =>
    withHandler(async ({ ask }) => {
      const answer = await ask(method, path);
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe(allow);
      if (method !== 'HEAD') expect(answer.body).toEqual(refusal('METHOD_NOT_ALLOWED'));
    }),
  );

  it.each([
    ['/runs/waiting?id=', 'an empty id'],
    ['/runs/waiting?id=..', 'an id that a path can not hold'],
    ['/runs/waiting?id=%00', 'a control character'],
    [`/runs/waiting?id=${'x'.repeat(256)}`, 'a long id'],
    ['/runs/waiting?id=%ff', 'an id that is not UTF-8'],
    ['/runs/waiting?id=%zz', 'an id with a broken encoding'],
    ['/runs/waiting?ID=a', 'a parameter that is unknown'],
    ['/runs/waiting?id=a&id=b', 'two ids'],
    ['/runs/%zz', 'a broken encoding'],
    ['/runs/%ff', 'an encoding that is not UTF-8'],
  ])('POST %s is 400: %s', (path) =>
    withHandler(async ({ ask, runtime }) => {
      expect(await ask('POST', path)).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
      expect(await runtime.list()).toEqual([]);
    }),
  );

  it.each([
    ['not JSON', '{"args": ['],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '1'],
    ['a field nobody knows', '{"arg":[]}'],
    ['arguments that are no array', '{"args":{"length":1}}'],
    ['two values', '{} {}'],
    ['deep nesting', `{"args":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['very deep nesting', `{"args":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('a body that is %s is 400', (_what, body) =>
    withHandler(async ({ ask, runtime, errors }) => {
      const answer = await ask('POST', '/runs/registerUser', body);
      expect(answer).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
      expect(JSON.stringify(answer.body).length, 'the body is not quoted').toBeLessThan(300);
      expect(await runtime.list()).toEqual([]);
      expect(errors).toEqual([]);
    }),
  );

  it('a body that is not UTF-8, or breaks off, is 400', () =>
    withHandler(async ({ serve }) => {
      const post = (body: Uint8Array<ArrayBuffer> | ReadableStream): Promise<Response> =>
        serve(
          new Request('http://host/runs/waiting', {
            method: 'POST',
            headers: JSON_TYPE,
            body,
            duplex: 'half',
          } as RequestInit),
        );
      expect((await post(Uint8Array.of(0x22, 0xff, 0x22))).status).toBe(400);
      expect((await post(Uint8Array.of(0x22, 0xe2, 0x82))).status).toBe(400);
      const broken = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"args"')),
        pull: (controller) => controller.error(new Error('connection reset')),
      });
      expect((await post(broken)).status).toBe(400);
    }));

  it('a signal or a cancellation with a wrong field is 400', () =>
    withHandler(async ({ ask }) => {
      await ask('POST', '/runs/waiting?id=w');
      expect((await ask('POST', '/runs/w/signals/go', { value: 1 })).status).toBe(400);
      expect((await ask('POST', '/runs/w/cancel', { reason: 7 })).status).toBe(400);
      expect((await ask('GET', '/runs/w')).body).toMatchObject({ status: 'running' });
    }));

  it.each([
    ['no type', {}],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', { 'content-type': 'text/plain' }],
    ['something that begins like it', { 'content-type': 'application/jsonp' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['an encoding', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('%s is 415, with a body and without', (_what, headers) =>
    withHandler(async ({ ask, runtime }) => {
      for (const body of ['{}', undefined]) {
        expect(await ask('POST', '/runs/waiting', body, headers)).toMatchObject({
          status: 415,
          body: refusal('UNSUPPORTED_MEDIA_TYPE'),
        });
      }
      expect(await runtime.list()).toEqual([]);
    }),
  );

  it('takes application/json with parameters', () =>
    withHandler(async ({ ask }) => {
      for (const type of [
        'Application/JSON',
        'application/json; charset=UTF-8',
        'application/json;charset="utf-8"',
      ])
        expect((await ask('POST', '/runs/waiting', '{}', { 'content-type': type })).status, type).toBe(200);
    }));

  it('a body over the limit is 413, and is not read to its end', () =>
    withHandler(
      async ({ ask, serve, runtime }) => {
        const path = '/runs/registerUser';
        expect((await ask('POST', path, `{"args":[${' '.repeat(100 - 11)}]}`)).status).toBe(200);
        expect((await ask('POST', path, `{"args":[${' '.repeat(100 - 10)}]}`)).status).toBe(413);
        const announced = { ...JSON_TYPE, 'content-length': '101' };
        expect((await ask('POST', path, '{}', announced)).status).toBe(413);
        let pulled = 0;
        const cancelled = vi.fn();
        const endless = new ReadableStream({
          pull: (controller) => {
            pulled++;
            controller.enqueue(new Uint8Array(40).fill(32));
          },
          cancel: cancelled,
        });
        const init = { method: 'POST', headers: JSON_TYPE, body: endless, duplex: 'half' } as RequestInit;
        const response = await serve(new Request(`http://host${path}`, init));
        expect(response.status).toBe(413);
        expect(await response.json()).toEqual(refusal('BODY_TOO_LARGE'));
        expect(cancelled).toHaveBeenCalledOnce();
        expect(pulled).toBeLessThan(10);
        expect(await runtime.list()).toHaveLength(1);
      },
      { maxBodyBytes: 100 },
    ));

  it('has a limit of 1 MiB', () =>
    withHandler(async ({ ask }) => {
      const args = (size: number): string => `{"args":[{"name":"${'x'.repeat(size - 22)}"}]}`;
      expect((await ask('POST', '/runs/registerUser', args(2 ** 20))).status).toBe(200);
      expect((await ask('POST', '/runs/registerUser', args(2 ** 20 + 1))).status).toBe(413);
    }));

  it('what does not exist is 404', () =>
    withHandler(async ({ ask }) => {
      for (const name of ['nowhere', 'constructor', '__proto__', 'toString', registerUser.name])
        expect((await ask('POST', `/runs/${name}`)).body, name).toEqual(refusal('UNKNOWN_FUNCTION'));
      const asked = [
        ['GET', '/runs/x'],
        ['GET', '/runs/__proto__'],
        ['POST', '/runs/x/cancel'],
        ['POST', '/runs/x/signals/go'],
      ] as const;
      for (const [method, path] of asked)
        expect(await ask(method, path), path).toMatchObject({ status: 404, body: refusal('UNKNOWN_RUN') });
    }));

  it('never starts by the id of a function', () => {
    durable(async () => 'secret', { id: 'internal-job' });
    return withHandler(async ({ ask }) => {
      expect((await ask('POST', '/runs/internal-job')).status).toBe(404);
    });
  });

  it('the id of a run of another function is 409', () =>
    withHandler(async ({ ask }) => {
      await ask('POST', '/runs/waiting?id=w');
      const answer = await ask('POST', '/runs/failing?id=w');
      expect(answer).toMatchObject({ status: 409, body: refusal('RUN_CONFLICT') });
      expect(JSON.stringify(answer.body), 'names no function').not.toContain('test-');
    }));

  it('a run that has ended takes no signals and no cancellation: 409', () =>
    withHandler(async ({ ask, runtime }) => {
      await ask('POST', '/runs/failing?id=f');
      await ended(runtime, 'f');
      for (const path of ['/runs/f/signals/go', '/runs/f/cancel'])
        expect(await ask('POST', path)).toMatchObject({ status: 409, body: refusal('RUN_ENDED') });
    }));

  it('a signal that comes while the run ends is 409', () => {
    const store = memoryStore();
    const send = store.send.bind(store);
    return withHandler(
      async ({ ask, runtime }) => {
        await ask('POST', '/runs/waiting?id=w');
        store.send = async (id, message) => {
          store.send = send;
          await (await runtime.get('w'))?.signal('go');
          await ended(runtime, 'w');
          return send(id, message);
        };
        expect((await ask('POST', '/runs/w/signals/go')).status).toBe(409);
      },
      {},
      store,
    );
  });

  it('a closed runtime is 503', () =>
    withHandler(async ({ ask, runtime, store }) => {
      await ask('POST', '/runs/waiting?id=w');
      await runtime.close();
      const posts = [
        ['/runs/waiting', {}],
        ['/runs/w/signals/go', {}],
        ['/runs/w/cancel', {}],
        ['/callbacks/x', { value: 1 }],
      ] as const;
      for (const [path, body] of posts)
        expect(await ask('POST', path, body), path).toMatchObject({
          status: 503,
          body: refusal('RUNTIME_CLOSED'),
        });
      expect((await ask('GET', '/runs/w')).status, 'the store is open').toBe(200);
      await store.close();
      expect((await ask('GET', '/runs/w')).status).toBe(503);
    }));

  it.each(['create', 'record', 'send', 'complete', 'ended'] as const)(
    'a store whose %s fails is 500, without a word on why',
    (method) => {
      const store = memoryStore();
      const broken = new StoreError('/var/secret/runs.db: disk I/O error');
      return withHandler(
        async ({ ask, errors, runtime }) => {
          await ask('POST', '/runs/waiting?id=w');
          await ask('POST', '/runs/failing?id=f');
          await ended(runtime, 'f');
          store[method] = () => {
            throw broken;
          };
          const statuses = [
            await ask('POST', '/runs/waiting'),
            await ask('GET', '/runs/f'),
            await ask('POST', '/runs/w/signals/go'),
            await ask('POST', '/callbacks/x', { value: 1 }),
          ].map((answer) => {
            expect(JSON.stringify(answer.body)).not.toContain('secret');
            return answer.status;
          });
          expect(statuses).toContain(500);
          const causes = errors.map((error) => (error === broken ? error : (error as Error).cause));
          expect(new Set(causes)).toEqual(new Set([broken]));
        },
        {},
        store,
      );
    },
  );

  it('tells console.error of its errors where nobody else wants to know', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const runtime = createRuntime({ store: memoryStore() });
      const failure = new Error('down');
      const failing = new Error('logger down');
      const request = new Request('http://host/runs/x');
      const authorize = (): Promise<boolean> => Promise.reject(failure);
      expect((await createHandler(runtime, { authorize })(request)).status).toBe(500);
      const onError = (): void => {
        throw failing;
      };
      expect((await createHandler(runtime, { authorize, onError })(request)).status).toBe(500);
      const rejecting = (): Promise<void> => Promise.reject(failing);
      expect((await createHandler(runtime, { authorize, onError: rejecting })(request)).status).toBe(500);
      await new Promise((resolve) => setImmediate(resolve));
      // Both are printed: what went wrong, and what went wrong with telling it.
      expect(print.mock.calls).toEqual([[failure], [failing], [failure], [failing], [failure]]);
      const odd = [
        () => {
          throw null;
        },
        () => {
          throw Object.create(null);
        },
        // Promises that aren't native: one fails when it is asked, one fails twice.
        () => ({
          // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
          get then(): never {
            throw failing;
          },
        }),
        () => ({
          // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
          then: (_: unknown, reject: (reason: unknown) => void) => {
            reject(failing);
            throw failing;
          },
        }),
        () => new Promise(() => {}),
      ];
      for (const told of odd)
        expect((await createHandler(runtime, { authorize, onError: told })(request)).status).toBe(500);
      await new Promise((resolve) => setImmediate(resolve));
      expect(() => createHandler(runtime, { onError: 'log' as never })).toThrow(MisuseError);
      await runtime.close();
    } finally {
      print.mockRestore();
    }
  });
});

describe('prototypes', () => {
  it.each([
    '{"args":[{"__proto__":{"admin":true}}]}',
    '{"args":[{"a":[{"__proto__":1}]}]}',
    '{"__proto__":{"args":[]}}',
    '{"args":[{"constructor":{"prototype":{"admin":true}}}]}',
    '{"args":[{"\\u005f_proto__":{"admin":true}}]}',
    '{"constructor":{"prototype":{"admin":true}},"args":[]}',
  ])('%s is refused', (body) =>
    withHandler(async ({ ask, runtime }) => {
      for (const path of ['/runs/registerUser', '/callbacks/x', '/runs/w/signals/go', '/runs/w/cancel'])
        expect(await ask('POST', path, body), path).toMatchObject({
          status: 400,
          body: refusal('BAD_REQUEST'),
        });
      expect(await runtime.list()).toEqual([]);
      expect(Reflect.get({}, 'admin')).toBeUndefined();
    }),
  );

  it('are safe from names that only look like it', () =>
    withHandler(async ({ ask, runtime }) => {
      const user = { name: 'Ada', constructor: 'Frank Lloyd Wright', prototype: 'a car', toString: 1 };
      await ask('POST', '/runs/registerUser?id=a', { args: [user, user] });
      await ended(runtime, 'a');
      expect((await ask('GET', '/runs/a')).body).toMatchObject({ result: ['hello Ada', user] });
    }));
});

describe('results', () => {
  it.each<[string, unknown, unknown]>([
    ['undefined', undefined, undefined],
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['an invalid date', [new Date(Number.NaN)], [null]],
    ['a bigint', 2n ** 64n, '18446744073709551616'],
    ['numbers', [Number.NaN, Number.POSITIVE_INFINITY, -0], [null, null, 0]],
    ['a map', new Map<unknown, unknown>([[1n, new Set(['x'])]]), [['1', ['x']]]],
    ['headers', new Headers({ a: 'b' }), [['a', 'b']]],
    ['bytes', [Uint8Array.of(1, 2), Uint8Array.of(1, 2).buffer], ['AQI=', 'AQI=']],
    ['a URL', new URL('http://host/x'), 'http://host/x'],
    ['a regular expression', /a"b/gi, '/a"b/gi'],
    ['errors', [new TypeError('no')], [{ code: 'TypeError', message: 'no' }]],
    ['undefined in an object and a list', { a: undefined, b: [undefined] }, { b: [null] }],
    ['an object that stands in two places', ((o) => [o, o])({ x: 1 }), [{ x: 1 }, { x: 1 }]],
  ])('%s', (_what, value, expected) =>
    withHandler(
      async ({ ask, runtime }) => {
        await ask('POST', '/runs/give?id=r');
        await ended(runtime, 'r');
        const { status, body } = await ask('GET', '/runs/r');
        expect(status).toBe(200);
        expect((body as { result?: unknown }).result).toEqual(expected);
      },
      { functions: { give: durable(async () => value) } },
    ),
  );

  it.each<[string, () => unknown, string]>([
    ['a cycle', () => ((o: { self?: unknown }) => Object.assign(o, { self: [o] }))({}), 'result.self[0]'],
    ['a response', () => ({ list: [new Response('x')] }), 'result.list[0] is a Response'],
    ['a durable function', () => ({ fn: registerUser }), 'result.fn is a function'],
  ])('%s is refused by its path', (_what, make, path) =>
    withHandler(
      async ({ ask, runtime, errors }) => {
        await ask('POST', '/runs/give?id=r');
        await ended(runtime, 'r');
        expect(await ask('GET', '/runs/r')).toMatchObject({
          status: 500,
          body: { id: 'r', status: 'completed', code: 'NOT_JSON', message: expect.stringContaining(path) },
        });
        expect(errors).toEqual([]);
      },
      { functions: { give: durable(async () => make()) } },
    ),
  );

  it.each<[unknown, string]>([
    ['a text', 'a text'],
    [{ a: 1 }, '{"a":1}'],
    [undefined, 'undefined'],
    [new Map(), '[]'],
  ])('a run that throws %o', (thrown, message) =>
    withHandler(
      async ({ ask, runtime }) => {
        await ask('POST', '/runs/toss?id=r');
        await ended(runtime, 'r');
        expect((await ask('GET', '/runs/r')).body).toMatchObject({ error: { code: 'THROWN', message } });
      },
      {
        functions: {
          toss: durable(async () => {
            throw thrown;
          }),
        },
      },
    ),
  );

  it('of a run that another one started is found by its id', () => {
    const child = durable(async () => 'grown');
    const parent = durable(async ($) => {
      await $.call('startChild', startChild)(child, []);
    });
    return withHandler(
      async ({ ask, runtime }) => {
        await ask('POST', '/runs/parent?id=p');
        await ended(runtime, 'p');
        await ended(runtime, 'p/startChild');
        expect((await ask('GET', '/runs/p%2FstartChild')).body).toMatchObject({ result: 'grown' });
        expect((await ask('GET', '/runs/p/startChild')).status).toBe(404);
      },
      { functions: { parent } },
    );
  });
});

describe('options', () => {
  class Order {
    async pay(): Promise<void> {}
  }

  it.each<[string, HandlerOptions, new (...args: never[]) => Error]>([
    ['a plain function', { functions: { f: async () => 1 } }, NotCompiledError],
    ['something that is no function', { functions: { f: 7 as never } }, NotCompiledError],
    ['authorize that is no function', { authorize: true as never }, MisuseError],
    ['a base path with a slash behind', { basePath: '/api/' }, MisuseError],
    ['a base path without one in front', { basePath: 'api' }, MisuseError],
    ['a limit of nothing', { maxBodyBytes: 0 }, MisuseError],
    ['a limit that is no number', { maxBodyBytes: '4096' as never }, MisuseError],
    ['a limit of NaN', { maxBodyBytes: Number.NaN }, MisuseError],
    ['functions that are no object', { functions: 'f' as never }, MisuseError],
    ['a method of instances', { functions: { pay: methodOf(Order) } }, MisuseError],
  ])('%s are refused', async (_what, options, error) => {
    const runtime = createRuntime({ store: memoryStore() });
    expect(() => createHandler(runtime, options)).toThrow(error);
    await runtime.close();
  });

  function methodOf(cls: typeof Order): () => Promise<void> {
    const fn = durable(async () => {});
    const definition = Reflect.get(fn, Symbol.for('use-durable.function')) as { instancesOf: unknown };
    definition.instancesOf = cls;
    return fn;
  }
});

describe('runs that are steered', () => {
  it('are resumed, run again and forked, with the action for authorize', async () => {
    const actions: HttpAction[] = [];
    await withHandler(
      async ({ ask, runtime }) => {
        await ask('POST', '/runs/registerUser?id=a', { args: [{ name: 'ada' }] });
        await (await runtime.get('a'))!.result();
        const forked = await ask('POST', '/runs/a/fork', { from: 'greet', id: 'b' });
        expect(forked).toMatchObject({ status: 202, body: { id: 'b' } });
        expect(forked.headers.get('location')).toBe('/runs/b');
        expect(await (await runtime.get('b'))!.result()).toEqual(['hello ada']);
        expect(await ask('POST', '/runs/a/rerun', { from: 'greet', id: 'c' })).toMatchObject({ status: 202 });
        expect(await ask('POST', '/runs/a/rerun', {})).toMatchObject({ status: 202 });
        expect(await ask('POST', '/runs/failing?id=f', { args: [] })).toMatchObject({ status: 200 });
        await (await runtime.get('f'))!.result().catch(() => {});
        expect(await ask('POST', '/runs/f/resume', {})).toMatchObject({ status: 202, body: { id: 'f' } });
        expect((await runtime.list()).map(({ id }) => id).slice(0, 3)).toEqual(['a', 'b', 'c']);
      },
      { authorize: (action) => actions.push(action) > 0 },
    );
    expect(actions).toContainEqual({ type: 'fork', id: 'a' });
    expect(actions).toContainEqual({ type: 'rerun', id: 'a' });
    expect(actions).toContainEqual({ type: 'resume', id: 'f' });
  });

  it.each([
    ['/runs/none/fork', { from: 'greet' }, 404, 'UNKNOWN_RUN'],
    ['/runs/a/fork', {}, 409, 'MISUSE'],
    ['/runs/a/fork', { from: 'gret' }, 409, 'MISUSE'],
    ['/runs/a/fork', { from: 1 }, 400, 'BAD_REQUEST'],
    ['/runs/a/fork', { from: 'greet', id: '..' }, 400, 'BAD_REQUEST'],
    ['/runs/a/fork', { from: 'greet', forget: 'yes' }, 400, 'BAD_REQUEST'],
    ['/runs/a/resume', { accept: 'x' }, 409, 'MISUSE'],
    ['/runs/a/resume', { from: 'greet' }, 400, 'BAD_REQUEST'],
    ['/runs/a/rerun', { id: 'a' }, 409, 'MISUSE'],
  ])('are left as they are: %s %j', async (path, body, status, code) => {
    await withHandler(async ({ ask, runtime, errors }) => {
      await ask('POST', '/runs/registerUser?id=a', { args: [{ name: 'ada' }] });
      await (await runtime.get('a'))!.result();
      expect(await ask('POST', path, body)).toMatchObject({ status, body: { code } });
      expect((await runtime.list()).map(({ id }) => id)).toEqual(['a']);
      expect(errors).toEqual([]);
    });
  });
});
