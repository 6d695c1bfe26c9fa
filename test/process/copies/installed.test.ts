import { describe, expect, it } from 'vitest';
import { PROTOCOL, VERSION } from '../../../runtime/base/process-state.ts';
import { FULL } from '../../support/tier.ts';
import { App, EFFECTS, RUNTIME } from './app.ts';

/** The effects of a process, after which it is killed. */
const DIE_AFTER = FULL ? '3' : '8';

/** An app and a library in its `node_modules`, each with a copy of this package. */
function appWithLibrary(
  name: string,
  library: string,
  main: string,
  change?: (state: string) => string,
): App {
  const app = new App(name);
  app.install();
  app.install('node_modules/pay', change);
  app.write(
    'node_modules/pay/package.json',
    JSON.stringify({ name: 'pay', type: 'module', exports: './index.js' }),
  );
  app.write('node_modules/pay/effects.js', EFFECTS);
  app.write('effects.js', EFFECTS);
  app.write('runtime.js', RUNTIME);
  app.compile('node_modules/pay/index.ts', library);
  app.compile('main.ts', main);
  return app;
}

describe('a library with a copy of its own', () => {
  const PAY = `import { effect } from './effects.js';
async function charge(amount: number): Promise<number> { effect('charge ' + amount); return amount + 1; }
export async function pay(amount: number): Promise<number> {
  'use durable';
  return await charge(await charge(amount));
}
`;
  const MAIN = `import { pay } from 'pay';
import { sleep } from 'use-durable';
import { effect } from './effects.js';
async function last(): Promise<string> {
  effect('last');
  if (process.env.DIE === 'in last') process.kill(process.pid, 'SIGKILL');
  return 'done';
}
export async function main(): Promise<unknown> {
  'use durable';
  const paid = await pay(10);
  await sleep(5);
  return [paid, await last()];
}
`;
  const START = `import { runtime } from './runtime.js';
import { main } from './main.js';
await runtime.recover();
const run = await runtime.start(main, [], { id: 'only' });
const result = await run.result();
const keys = (await run.events()).map(({ key }) => key).filter((key) => key !== undefined);
console.log(JSON.stringify({ result, keys, runs: (await runtime.list()).map(({ id }) => id) }));
await runtime.close({ store: true });
`;

  it('runs in the journal of the app, and nothing of it is called again after SIGKILL', () => {
    const app = appWithLibrary('library', PAY, MAIN);
    app.write('start.js', START);
    expect(app.run('start.js', { DIE: 'in last' }).signal).toBe('SIGKILL');
    const { output, errors } = app.run('start.js');
    expect(errors).toBe('');
    expect(JSON.parse(output)).toEqual({
      result: [12, 'done'],
      keys: expect.arrayContaining(['pay/charge', 'pay/charge#2', 'sleep', 'last']),
      runs: ['only'],
    });
    expect(app.lines('effects.txt')).toEqual(['charge 10', 'charge 11', 'last', 'last']);
  });

  it('runs on the default runtime that the app has set', () => {
    const app = appWithLibrary('default-runtime', PAY, MAIN);
    app.write(
      'start.js',
      `import { setDefaultRuntime } from 'use-durable';
import { pay } from 'pay';
import { runtime } from './runtime.js';
setDefaultRuntime(runtime);
const result = await pay(1);
console.log(JSON.stringify({ result, runs: (await runtime.list()).map(({ status }) => status) }));
await runtime.close({ store: true });
`,
    );
    const { output, errors } = app.run('start.js');
    expect(errors).toBe('');
    expect(JSON.parse(output)).toEqual({ result: 3, runs: ['completed'] });
  });
});

describe('what the code of two copies hands to each other', () => {
  const LIBRARY = `import { effect } from './effects.js';
import { currentRun, FatalError, registerClass, sleep, step, TimeoutError, waitFor, withPolicy } from 'use-durable';
export class Declined extends FatalError { card = 'visa'; }
export class Refund { constructor(public amount: number) {} twice(): number { return this.amount * 2; } }
registerClass(Refund);
const api = {
  async get(what: string): Promise<{ what: string }> { effect('get ' + what); return { what }; },
  async refund(n: number): Promise<Refund> { effect('refund'); return new Refund(n); },
};
async function decline(): Promise<never> { effect('decline'); throw new Declined('no'); }
let tries = 0;
const shaky = withPolicy(async () => { if (tries++ === 0) throw new Error('again'); effect('shaky'); return 'held'; }, { retry: { attempts: 3, delay: 1 } });
export async function each(items: number[], visit: (n: number) => Promise<number>): Promise<number[]> {
  'use durable';
  const seen: number[] = [];
  for (const item of items) seen.push(await visit(item));
  return seen;
}
export async function pages(show: (pages: AsyncIterable<string>) => Promise<string[]>): Promise<string[]> {
  'use durable';
  async function* all(): AsyncGenerator<string> {
    yield (await api.get('one')).what;
    yield (await api.get('two')).what;
  }
  return await show(all());
}
export async function use(fail: () => Promise<never>): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  seen.push(await api.get('chain').then(({ what }) => what.length));
  seen.push(await api?.get('optional'));
  seen.push(await Promise.all([api.get('all'), api.get('of them')]));
  seen.push(await shaky());
  try { await decline(); } catch (error) { seen.push(error instanceof Declined, error instanceof FatalError); }
  try { await fail(); } catch (error) { seen.push(error instanceof FatalError, (error as Error).name); }
  try { await waitFor('nothing', { timeout: 1 }); } catch (error) { seen.push(error instanceof TimeoutError); }
  let rang = false;
  const off = setTimeout(() => { rang = true; }, 1);
  clearTimeout(off);
  await sleep(2);
  const refund = await api.refund(4);
  seen.push(rang, refund instanceof Refund && refund.twice(), currentRun()?.id);
  console.log('printed');
  await step('named', () => effect('named'));
  return seen;
}
export const forgotten = async (): Promise<string> => {
  'use durable';
  void step('forget', async () => { throw new Error('forgotten'); });
  for (let n = 0; n < 3; n++) await step('after it ' + n, () => effect('after it ' + n));
  return 'kept on';
};
`;
  const MAIN = `import { Declined, each, forgotten, pages, Refund, use } from 'pay';
import { FatalError } from 'use-durable';
import { effect } from './effects.js';
async function double(n: number): Promise<number> { effect('double ' + n); return n * 2; }
async function fatal(): Promise<never> { effect('fatal'); throw new FatalError('of the app'); }
async function decline(): Promise<never> { effect('decline here'); throw new Declined('no'); }
async function refund(): Promise<Refund> { effect('refund here'); return new Refund(3); }
export async function main(): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  seen.push(await each([1, 2], async (n) => await double(n)));
  seen.push(await pages(async (all) => {
    const found: string[] = [];
    for await (const page of all) found.push(page);
    return found;
  }));
  seen.push(await use(async () => { throw new FatalError('closure'); }));
  try { await fatal(); } catch (error) { seen.push(error instanceof FatalError); }
  try { await decline(); } catch (error) {
    seen.push(error instanceof Declined, error instanceof FatalError, (error as Declined).card, (error as Error).name);
  }
  seen.push((await refund()) instanceof Refund, await forgotten());
  return seen;
}
`;
  const START = `import { runtime } from './runtime.js';
import { main } from './main.js';
await runtime.recover();
const run = await runtime.start(main, [], { id: 'only' });
console.log(JSON.stringify(await run.result()));
await runtime.close({ store: true });
`;

  it('is known on both sides, when it is killed again and again too', { timeout: 120_000 }, () => {
    const app = appWithLibrary('handed', LIBRARY, MAIN);
    app.write('start.js', START);
    const whole = app.run('start.js');
    expect(whole.errors.match(/Warning: .*/g)).toEqual([
      expect.stringContaining('Warning: The step "forgotten/"forget"" failed in run "only"'),
    ]);
    const result: unknown = JSON.parse(whole.output.replace('printed\n', ''));
    const all = [{ what: 'all' }, { what: 'of them' }];
    const used = [
      5,
      { what: 'optional' },
      all,
      'held',
      true,
      true,
      true,
      'FatalError',
      true,
      false,
      8,
      'only',
    ];
    const rest = [true, true, true, 'visa', 'Declined', true, 'kept on'];
    expect(result).toEqual([[2, 4], ['one', 'two'], used, ...rest]);
    const effects = app.lines('effects.txt');
    expect(effects).toHaveLength(new Set(effects).size);

    app.remove('effects.txt', 'runs.db', 'runs.db-wal', 'runs.db-shm');
    let lives = 0;
    let life = app.run('start.js', { DIE_AFTER });
    for (; life.signal === 'SIGKILL'; lives++) life = app.run('start.js', { DIE_AFTER });
    expect(life.status, life.errors).toBe(0);
    expect(lives).toBeGreaterThan(FULL ? 5 : 1);
    expect(JSON.parse(life.output.replace('printed\n', ''))).toEqual(result);
    expect([...new Set(app.lines('effects.txt'))].sort()).toEqual([...effects].sort());
  });
});

describe('a library with a copy of another version', () => {
  const LIBRARY = `export async function three(): Promise<number> { 'use durable'; return 3; }\n`;
  const MAIN = `import { three } from 'pay';
export async function main(): Promise<number> { 'use durable'; return await three(); }
`;
  const START = `import { runtime } from './runtime.js';
import { main } from './main.js';
console.log(await (await runtime.start(main, [])).result());
await runtime.close({ store: true });
`;
  const versioned = (protocol: number) => (state: string) =>
    state
      .replace(/(VERSION = )'[^']+'/, "$1'9.8.7'")
      .replace(/(PROTOCOL = )\d+/, (_, start: string) => start + protocol);

  it('works with that of the app where both have one protocol', () => {
    const app = appWithLibrary('same-protocol', LIBRARY, MAIN, versioned(PROTOCOL));
    app.write('start.js', START);
    expect(app.run('start.js')).toMatchObject({ output: '3\n', errors: '' });
  });

  it('can not be loaded where they have different ones: the error names both', () => {
    const app = appWithLibrary('other-protocol', LIBRARY, MAIN, versioned(PROTOCOL + 1));
    app.write('start.js', START);
    const { status, errors, output } = app.run('start.js');
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toContain('IncompatibleCopiesError');
    const inApp = app.path('node_modules/use-durable/dist/runtime/base/process-state.js');
    const inLibrary = app.path(
      'node_modules/pay/node_modules/use-durable/dist/runtime/base/process-state.js',
    );
    expect(errors).toContain(`use-durable ${VERSION} (${inApp}) and use-durable 9.8.7 (${inLibrary})`);
  });
});
