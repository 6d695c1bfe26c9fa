/** Classes of errors, where a process loads an app twice, each time with a copy of this package of its own. */
import { describe, expect, it } from 'vitest';
import { App, bundle, EFFECTS, RUNTIME } from './app.ts';

const FOLDERS = ['one', 'two'] as const;

const ERRORS = `import { FatalError } from 'use-durable';
export class PaymentError extends Error { card = 'visa'; }
export class Declined extends FatalError {}
export class Expired extends PaymentError {}
`;

/** It names no class: those that its steps throw are named by its caller. */
const INNER = `import { FatalError, waitFor } from 'use-durable';
import { effect } from './effects.js';
import { Declined, Expired, PaymentError } from './errors.js';
const throwing = { PaymentError, Declined, Expired, FatalError };
async function fail(name: keyof typeof throwing): Promise<never> { effect(name); throw new throwing[name](name); }
export async function inner(name: keyof typeof throwing): Promise<never> {
  'use durable';
  return await fail(name);
}
export async function silence(): Promise<unknown> {
  'use durable';
  return await waitFor('nothing', { timeout: 1 });
}
`;

const MAIN = `import { FatalError, TimeoutError, sleep } from 'use-durable';
import { effect } from './effects.js';
import { Declined, Expired, PaymentError } from './errors.js';
import { inner, silence } from './inner.js';
export { runtime } from './runtime.js';
export { PaymentError } from './errors.js';
async function charge(): Promise<never> { effect('charge'); throw new PaymentError('no'); }
async function last(): Promise<string> {
  effect('last');
  if (process.env.DIE === 'in last') process.kill(process.pid, 'SIGKILL');
  return 'done';
}
export async function main(): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  try { await charge(); } catch (error) { seen.push(error instanceof PaymentError && error.card); }
  try { await inner('PaymentError'); } catch (error) { seen.push(error instanceof PaymentError && error.card); }
  try { await inner('Expired'); } catch (error) { seen.push(error instanceof Expired, error instanceof PaymentError); }
  try { await inner('Declined'); } catch (error) { seen.push(error instanceof Declined, error instanceof FatalError); }
  try { await inner('FatalError'); } catch (error) { seen.push(error instanceof FatalError, error instanceof Declined); }
  try { await silence(); } catch (error) { seen.push(error instanceof TimeoutError); }
  await sleep(1);
  seen.push(await last());
  return seen;
}
export async function fails(): Promise<never> {
  'use durable';
  return await inner('Expired');
}
`;

const RIGHT = ['visa', 'visa', true, true, true, true, true, false, true, 'done'];

/** Each function on each runtime, and what becomes of its rejection. */
const START = (files: readonly string[]): string => `const loaded = [];
for (const file of ${JSON.stringify(files)}) loaded.push(await import(file));
const found = {};
for (const { runtime } of loaded.slice(0, process.env.DIE === undefined ? 2 : 1)) await runtime.recover();
for (const [n, { main, fails, PaymentError }] of loaded.entries())
  for (const [m, { runtime }] of loaded.entries()) {
    const name = n + ' on ' + m;
    const run = await runtime.start(main, [], { id: name });
    found[name] = [await run.result()];
    const failing = await runtime.start(fails, [], { id: name + ', failing' });
    const error = await failing.result().catch((error) => error);
    found[name].push(error instanceof PaymentError);
  }
console.log(JSON.stringify(found));
for (const { runtime } of loaded) await runtime.close({ store: true });
`;

const ALL_RIGHT = Object.fromEntries(
  ['0 on 0', '0 on 1', '1 on 0', '1 on 1'].map((name) => [name, [RIGHT, true]]),
);

/** The app in two folders, each with a copy of this package. */
function appTwice(name: string): App {
  const app = new App(name);
  for (const folder of FOLDERS) {
    app.install(folder);
    app.write(`${folder}/package.json`, JSON.stringify({ name: 'app', type: 'module' }));
    app.write(`${folder}/effects.js`, EFFECTS);
    app.write(`${folder}/runtime.js`, RUNTIME);
    for (const [file, source] of Object.entries({ errors: ERRORS, inner: INNER, main: MAIN }))
      app.compile(`${folder}/${file}.ts`, source, { package: 'app', path: `${file}.ts` });
  }
  return app;
}

const warningsIn = (errors: string): string[] =>
  [...errors.matchAll(/\[(USE_DURABLE_\w+)\]/g)].map(([, code]) => code!);

function expectRight(app: App, warnings: readonly string[]): void {
  const live = app.run('start.js');
  expect(JSON.parse(live.output || live.errors)).toEqual(ALL_RIGHT);
  expect(warningsIn(live.errors)).toEqual(warnings);

  app.remove('runs.db', 'runs.db-wal', 'runs.db-shm', 'effects.txt');
  expect(app.run('start.js', { DIE: 'in last' }).signal).toBe('SIGKILL');
  const resumed = app.run('start.js');
  expect(JSON.parse(resumed.output || resumed.errors)).toEqual(ALL_RIGHT);
  expect(warningsIn(resumed.errors)).toEqual(warnings);
  expect(app.lines('effects.txt').filter((line) => line === 'charge')).toHaveLength(4);
}

describe('classes of errors that are loaded twice', () => {
  it('are those of the function that catches them: an app that is installed twice', {
    timeout: 300_000,
  }, () => {
    const app = appTwice('errors-installed');
    app.write('start.js', START(['./one/main.js', './two/main.js']));
    expectRight(app, ['USE_DURABLE_INSTALLED_TWICE']);
  });

  it.each([
    ['ES modules', 'mjs', { format: 'esm' }],
    ['minified CommonJS', 'cjs', { format: 'cjs', minify: true, keepNames: true }],
  ] as const)(
    'are those of the function that catches them: two bundles, %s',
    {
      timeout: 300_000,
    },
    async (name, ext, options) => {
      const app = appTwice(`errors-${name.replaceAll(' ', '-')}`);
      for (const folder of FOLDERS) await bundle(app, `${folder}/main.js`, `out/${folder}.${ext}`, options);
      app.write('start.js', START(FOLDERS.map((folder) => `./out/${folder}.${ext}`)));
      expectRight(app, []);
    },
  );
});

describe('tools of another copy than that of the runtime', () => {
  it('know it: the page, and the testing kit', { timeout: 300_000 }, () => {
    const app = appTwice('tools');
    app.write(
      'two/tools.js',
      `export { createDashboard } from 'use-durable/dashboard';
export { crashSweep, createTestRuntime } from 'use-durable/testing';
`,
    );
    app.write(
      'start.js',
      `const { main, fails, PaymentError, runtime } = await import('./one/main.js');
const { createDashboard, crashSweep, createTestRuntime } = await import('./two/tools.js');
const page = createDashboard(runtime, { authorize: () => ({ read: true }) });
const { status } = await page(new Request('http://localhost/'));
const { lives } = await crashSweep(main, []);
const tested = createTestRuntime();
const error = await (await tested.start(fails, [])).result().catch((error) => error);
console.log(JSON.stringify([status, typeof lives, error instanceof PaymentError]));
await tested.close();
await runtime.close({ store: true });
`,
    );
    const { output, errors } = app.run('start.js');
    expect(JSON.parse(output || errors)).toEqual([200, 'number', true]);
    expect(warningsIn(errors)).toEqual([]);
  });
});
