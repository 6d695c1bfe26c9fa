import { describe, expect, it } from 'vitest';
import { App, bundle, EFFECTS, RUNTIME } from './app.ts';

const CLASSES = `import { registerClass } from 'use-durable';
export class Charge { constructor(readonly amount: number) {} text(): string { return 'charged ' + this.amount; } }
export class Refund { constructor(readonly amount: number) {} text(): string { return 'refunded ' + this.amount; } }
export class Declined extends Error { readonly card = 'visa'; }
registerClass(Refund);
registerClass(Charge);
`;

const MAIN = `import { FatalError, NotCompiledError, sleep, step, stepsOf, StoreError } from 'use-durable';
import { Charge, Declined, Refund } from './classes.js';
import { effect } from './effects.js';
async function charge(amount: number): Promise<Charge> { effect('charge'); return new Charge(amount); }
async function refund(amount: number): Promise<Refund> { effect('refund'); return new Refund(amount); }
async function decline(): Promise<never> { effect('decline'); throw new Declined('no'); }
async function fail(error: Error): Promise<never> { effect('fail'); throw error; }
const shown = (error: unknown): unknown[] => [
  error instanceof FatalError, error instanceof NotCompiledError, error instanceof StoreError, error instanceof Declined,
  (error as Error).name,
];
export async function main(): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  const charged = await charge(1);
  const refunded = await refund(2);
  try { await decline(); } catch (error) { seen.push((error as Declined).card, ...shown(error)); }
  for (const error of [new FatalError('fatal'), new NotCompiledError('This'), new StoreError('full')])
    try { await fail(error); } catch (caught) { seen.push(...shown(caught)); }
  await sleep(1);
  await step('by name', () => {
    effect('by name');
    if (process.env.DIE === 'here') process.kill(process.pid, 'SIGKILL');
  });
  return [...seen, charged.text(), refunded.text(), charged instanceof Charge, refunded instanceof Refund];
}
export const table = JSON.stringify(stepsOf(main));
`;

const START = `import { main, table } from './main.js';
import { runtime } from './runtime.js';
await runtime.recover();
const run = await runtime.start(main, [], { id: 'only' });
const result = await run.result();
const { code } = (await run.events())[0];
console.log(JSON.stringify({ result, table, code }));
await runtime.close({ store: true });
`;

describe('a minified bundle', { timeout: 60_000 }, () => {
  const minified = { minify: true, keepNames: false };
  it.each([
    ['goes on with a run of the plain one', {}, minified],
    ['leaves runs that the plain one goes on with', minified, {}],
  ] as const)('%s', async (name, before, after) => {
    const app = new App(`minified-${name.replaceAll(' ', '-')}`);
    app.install();
    app.write('effects.js', EFFECTS);
    app.write('runtime.js', RUNTIME);
    app.compile('classes.ts', CLASSES);
    app.compile('main.ts', MAIN);
    app.write('start.js', START);
    await bundle(app, 'start.js', 'before.mjs', before);
    await bundle(app, 'start.js', 'after.mjs', after);
    expect(app.run('before.mjs', { DIE: 'here' }).signal).toBe('SIGKILL');
    const { output, errors } = app.run('after.mjs');
    expect(errors).toBe('');
    const declined = ['visa', false, false, false, true, 'Error'];
    const fatal = [true, false, false, false, 'FatalError'];
    const missing = [false, true, false, false, 'NotCompiledError'];
    const full = [false, false, true, false, 'StoreError'];
    const values = ['charged 1', 'refunded 2', true, true];
    const { result, table, code } = JSON.parse(output) as Record<string, unknown>;
    expect(result).toEqual([...declined, ...fatal, ...missing, ...full, ...values]);
    const once = ['charge', 'refund', 'decline', 'fail', 'fail', 'fail'];
    expect(app.lines('effects.txt')).toEqual([...once, 'by name', 'by name']);
    // The other build has the same table, and so the same code.
    app.remove('runs.db', 'runs.db-wal', 'runs.db-shm');
    expect(JSON.parse(app.run('before.mjs').output)).toEqual({ result, table, code });
  });

  it('without the compiler for the file of a class says that its name is lost', async () => {
    const app = new App('minified-uncompiled');
    app.install();
    app.write(
      'start.js',
      `import { registerClass } from 'use-durable'; class Refund {} registerClass(Refund); console.log('on');`,
    );
    await bundle(app, 'start.js', 'out.mjs', { minify: true });
    expect(app.run('start.js').output).toBe('on\n');
    const { status, errors } = app.run('out.mjs');
    expect(status).toBe(1);
    expect(errors).toContain('which a minifier may have named it');
  });
});
