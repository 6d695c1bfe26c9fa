import { createDashboard, type DashboardOptions } from '../../../../runtime/dashboard/index.ts';
import {
  createCallback,
  createRuntime,
  memoryStore,
  type Runtime,
  type RuntimeOptions,
  type Store,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

/** Markup that would run if it were rendered as HTML. */
export const MARKUP = `"><img src=x onerror="alert(1)"><script>alert(1)</script>`;

export const greeting = durable(async ($, name: string) => {
  const text = await $.call('greet', async (whom: string) => `hello ${whom}`)(name);
  return { text };
});
export const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
export const failing = durable(async ($, message: string) =>
  $.call('fail', async () => {
    throw new Error(message);
  })(),
);
export const approval = durable(async ($) => {
  const token = await $.call('createCallback', createCallback)();
  return $.method('token.result', token, 'result')();
});

export interface Setup {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly errors: unknown[];
  serve(request: Request): Promise<Response>;
  /** A request as the page sends it. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it has asked for
  readonly body: any;
}

/** For what comes soon, on a machine that is busy with other things too. */
export const PATIENT = { timeout: 30_000 };

export const OF_PAGE = { 'x-durable-page': '1', 'sec-fetch-site': 'same-origin' };

export async function withDashboard(
  use: (setup: Setup) => Promise<void>,
  options: Partial<DashboardOptions> = {},
  runtimeOptions: Partial<RuntimeOptions> = {},
): Promise<void> {
  const store = memoryStore();
  const runtime = createRuntime({ store, onBlocked: () => {}, ...runtimeOptions });
  const errors: unknown[] = [];
  const serve = createDashboard(runtime, {
    authorize: () => ({ read: true, act: true, by: 'ada' }),
    onError: (error) => errors.push(error),
    ...options,
  });
  const ask: Setup['ask'] = async (method, path, body, headers = {}) => {
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const type: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const request = new Request(`http://host${path}`, {
      method,
      headers: { ...OF_PAGE, ...type, ...headers },
      body: text,
    });
    return answerOf(await serve(request));
  };
  try {
    await use({ runtime, store, errors, serve, ask });
  } finally {
    await runtime.close();
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** Starts a run and waits for its end, whatever it is. */
export async function ended(
  runtime: Runtime,
  fn: (...args: never[]) => unknown,
  args: unknown[],
  id: string,
): Promise<void> {
  const handle = await runtime.start(fn as (...args: unknown[]) => unknown, args, { id });
  await handle.result().catch(() => {});
}
