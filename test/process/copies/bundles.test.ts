import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sample } from '../../support/tier.ts';
import { App, bundle, EFFECTS, RUNTIME } from './app.ts';

describe('a framework that bundles the package for each of its entries', () => {
  const WORKFLOW = `import { FatalError, sleep } from 'use-durable';
import { effect } from './effects.js';
async function charge(): Promise<string> { effect('charge'); return 'paid'; }
async function ship(): Promise<never> {
  effect('ship');
  if (process.env.DIE === 'in ship') process.kill(process.pid, 'SIGKILL');
  throw new FatalError('gone');
}
export async function order(): Promise<unknown> {
  'use durable';
  const paid = await charge();
  await sleep(1);
  try { await ship(); } catch (error) { return [paid, error instanceof FatalError, (error as Error).name]; }
  return undefined;
}
`;
  /** Keeps the runtime where the routes find it, and goes on with what was under way. */
  const INSTRUMENTATION = `import './workflow.js';
import { runtime } from './runtime.js';
globalThis.runtime = runtime;
export const recovered = runtime.recover();
`;
  const ROUTE = `import { FatalError, NotCompiledError, setDefaultRuntime } from 'use-durable';
import { order } from './workflow.js';
export async function route() {
  const run = await globalThis.runtime.start(order, [], { id: 'only' });
  const result = await run.result();
  setDefaultRuntime(globalThis.runtime);
  const missing = await globalThis.runtime.start(() => {}, []).catch((error) => error);
  const keys = (await run.events()).map(({ key, type }) => key ?? type);
  const isOurs = [missing instanceof NotCompiledError, missing instanceof FatalError];
  return { result, keys, isOurs, runs: (await globalThis.runtime.list()).map(({ id }) => id) };
}
`;

  const kinds = [
    ['ES modules', 'mjs', { format: 'esm' }],
    ['CommonJS', 'cjs', { format: 'cjs' }],
    ['minified CommonJS', 'cjs', { format: 'cjs', minify: true, keepNames: false }],
  ] as const;

  it.each(sample(kinds, 3))(
    'has one run with its steps in one store: %s',
    { timeout: 60_000 },
    async (name, ext, options) => {
      const app = new App(`framework-${name.replaceAll(' ', '-')}`);
      app.install();
      app.write('effects.js', EFFECTS);
      app.write('runtime.js', RUNTIME);
      app.compile('workflow.ts', WORKFLOW);
      app.write('instrumentation.js', INSTRUMENTATION);
      app.write('route.js', ROUTE);
      await bundle(app, 'instrumentation.js', `out/instrumentation.${ext}`, options);
      // The two are of different kinds: what a bundler makes of one must find what it made of the other.
      await bundle(app, 'route.js', 'out/route.mjs', { minify: 'minify' in options });
      app.write(
        'server.js',
        `const loaded = await import('./out/instrumentation.${ext}');
await loaded.recovered;
const { route } = await import('./out/route.mjs');
console.log(JSON.stringify(await route()));
await globalThis.runtime.close({ store: true });
`,
      );
      expect(app.run('server.js', { DIE: 'in ship' }).signal).toBe('SIGKILL');
      const { output, errors } = app.run('server.js');
      expect(errors).toBe('');
      expect(JSON.parse(output)).toEqual({
        result: ['paid', true, 'FatalError'],
        keys: ['run-started', 'charge', 'sleep', 'sleep', 'ship', 'run-ended'],
        isOurs: [true, false],
        runs: ['only'],
      });
      expect(app.lines('effects.txt')).toEqual(['charge', 'ship', 'ship']);
    },
  );
});

describe('what a bundler keeps of a package without side effects', () => {
  it('has the check of versions in all entries, and nothing that is not needed', async () => {
    const app = new App('entries');
    app.install();
    const entries = ['compiled', '.', 'testing', 'aws-local', 'aws-lambda', 'restate'];
    for (const entry of entries) {
      const from = entry === '.' ? 'use-durable' : `use-durable/${entry}`;
      app.write('entry.js', `export * from '${from}';`);
      await bundle(app, 'entry.js', 'out.mjs', { external: ['@aws/*', '@restatedev/*'], minify: true });
      expect(readFileSync(app.path('out.mjs'), 'utf8'), entry).toContain('use-durable/process');
    }
    app.write('entry.js', `import * as all from 'use-durable'; console.log('nothing');`);
    await bundle(app, 'entry.js', 'out.mjs', { minify: true });
    expect(readFileSync(app.path('out.mjs'), 'utf8')).toBe('console.log("nothing");\n');
  });
});

describe('contexts of node:vm', () => {
  it('have a state of their own, and rejections outside of runs end the process as before', async () => {
    const app = new App('contexts');
    app.install();
    app.compile(
      'inside.ts',
      `import { createRuntime, memoryStore, step } from 'use-durable';
async function leave(): Promise<void> {
  'use durable';
  void step('fails', async () => { throw new Error('in a run'); });
  for (let n = 0; n < 3; n++) await step('on ' + n, () => n);
}
export async function go(): Promise<string> {
  const runtime = createRuntime({ store: memoryStore() });
  await (await runtime.start(leave, [])).result();
  return 'went';
}
`,
    );
    await bundle(app, 'inside.js', 'inside.cjs', { format: 'cjs' });
    app.write(
      'outside.js',
      `import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
const code = readFileSync('inside.cjs', 'utf8');
const load = () => {
  const module = { exports: {} };
  const globals = Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, globalThis[name]]));
  for (const name of ['globalThis', 'Object', 'Array', 'Error', 'TypeError', 'Promise', 'Function', 'Symbol']) delete globals[name];
  const context = vm.createContext({ ...globals, module, exports: module.exports, require: createRequire(import.meta.url) });
  vm.runInContext(code, context);
  return module.exports;
};
const [one, two] = [load(), load()];
console.log(await one.go(), await two.go());
if (process.env.REJECT) Promise.reject(new Error('outside'));
`,
    );
    const quiet = app.run('outside.js');
    expect({ output: quiet.output, status: quiet.status }, quiet.errors).toEqual({
      output: 'went went\n',
      status: 0,
    });
    const ended = app.run('outside.js', { REJECT: 'yes' });
    expect({ output: ended.output, status: ended.status }).toEqual({ output: 'went went\n', status: 1 });
    expect(ended.errors).toContain('Error: outside');
  });
});
