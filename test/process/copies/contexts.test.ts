/** The package evaluated several times in one process, as test runners that have a registry of modules of their own do. */
import { describe, expect, it } from 'vitest';
import { App, EFFECTS } from './app.ts';

const DURABLE = `import { FatalError, sleep } from 'use-durable';
import { effect } from './effects.js';
async function charge(): Promise<string> { effect('charge'); return 'paid'; }
async function refuse(): Promise<never> { effect('refuse'); throw new FatalError('no'); }
export async function order(): Promise<unknown> {
  'use durable';
  const paid = await charge();
  await sleep(1);
  try { await refuse(); } catch (error) { return [paid, error instanceof FatalError]; }
  return undefined;
}
`;
const OUTER = `import { order } from './order.js';
export async function outer(): Promise<unknown> {
  'use durable';
  return await order();
}
`;

/** A registry of ES modules: what is in a folder of it is evaluated once in each; modules of Node are shared. */
const REGISTRY = `import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
export function registry(context) {
  const modules = new Map();
  const find = (specifier, from) =>
    specifier.startsWith('node:') || specifier === 'croner' ? specifier
    : specifier.startsWith('.') || specifier.startsWith('file:') ? new URL(specifier, from).href
    : pathToFileURL(createRequire(from).resolve(specifier)).href;
  const link = async (specifier, referrer) => load(find(specifier, referrer.identifier));
  const load = (url) => {
    if (!modules.has(url)) modules.set(url, make(url));
    return modules.get(url);
  };
  async function make(url) {
    if (!url.startsWith('file:')) {
      const real = await import(url);
      const names = Object.keys(real);
      return new vm.SyntheticModule(names, function () {
        for (const name of names) this.setExport(name, real[name]);
      }, { context, identifier: url });
    }
    const module = new vm.SourceTextModule(readFileSync(fileURLToPath(url), 'utf8'), {
      context,
      identifier: url,
      initializeImportMeta: (meta) => { meta.url = url; meta.filename = fileURLToPath(url); },
      importModuleDynamically: async (specifier, from) => evaluated(find(specifier, from.identifier)),
    });
    return module;
  }
  const evaluated = async (url) => {
    const module = await load(url);
    if (module.status === 'unlinked') await module.link(link);
    await module.evaluate();
    return module;
  };
  return async (file) => (await evaluated(pathToFileURL(file).href)).namespace;
}
`;

function appIn(name: string, main: string): App {
  const app = new App(name);
  app.install();
  app.write('effects.js', EFFECTS);
  app.write('registry.js', REGISTRY);
  app.write('all.js', `export * from 'use-durable';\n`);
  app.compile('order.ts', DURABLE);
  app.compile('outer.ts', OUTER);
  app.write('main.js', main);
  return app;
}

/** The object of the last line that the program printed. */
function printed(app: App, env: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const flags = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`;
  const { output, errors, status } = app.run('main.js', { ...env, NODE_OPTIONS: flags });
  expect(status, errors).toBe(0);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

describe('registries of modules in one context', { timeout: 60_000 }, () => {
  it('have one state: functions, runtimes and errors of one are those of all', () => {
    const app = appIn(
      'registries',
      `import { registry } from './registry.js';
const folder = import.meta.dirname;
const [first, second] = [registry(), registry()];
const one = await first(folder + '/all.js');
const two = await second(folder + '/all.js');
const { order } = await first(folder + '/order.js');
const { outer } = await second(folder + '/outer.js');
const runtime = one.createRuntime({ store: two.memoryStore() });
const run = await runtime.start(outer, [], { id: 'only' });
const result = await run.result();
const keys = (await run.events()).map(({ key }) => key).filter((key) => key !== undefined);
two.setDefaultRuntime(runtime);
const direct = await order();
const error = await runtime.start(() => {}, []).catch((error) => error);
console.log(JSON.stringify({
  apart: one.FatalError !== two.FatalError,
  result, keys, direct,
  isOurs: [error instanceof one.NotCompiledError, error instanceof two.NotCompiledError, error instanceof two.FatalError],
  runs: (await runtime.list()).length,
}));
await runtime.close();
`,
    );
    expect(printed(app)).toEqual({
      apart: true,
      result: ['paid', true],
      keys: expect.arrayContaining(['order/charge', 'order/refuse']) as string[],
      direct: ['paid', true],
      isOurs: [true, true, false],
      runs: 2,
    });
  });
});

describe('contexts of their own', { timeout: 60_000 }, () => {
  it('have a state each, so that neither sees the functions and the runtime of the other', () => {
    const app = appIn(
      'contexts',
      `import vm from 'node:vm';
import { registry } from './registry.js';
const folder = import.meta.dirname;
const names = ['console', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask', 'process',
  'Response', 'Request', 'Headers', 'Blob', 'File', 'FormData', 'URL', 'URLSearchParams', 'AbortController', 'AbortSignal',
  'TextEncoder', 'TextDecoder', 'ReadableStream', 'Event', 'EventTarget', 'DOMException', 'Buffer', 'performance', 'structuredClone', 'crypto', 'fetch'];
const context = () => {
  const made = vm.createContext(Object.fromEntries(names.map((name) => [name, globalThis[name]])));
  vm.runInContext('globalThis.global = globalThis', made);
  return made;
};
const results = [];
for (let count = 0; count < 2; count++) {
  const load = registry(context());
  const { createRuntime, memoryStore, FatalError } = await load(folder + '/all.js');
  const { outer } = await load(folder + '/outer.js');
  const runtime = createRuntime({ store: memoryStore() });
  const run = await runtime.start(outer, [], { id: 'only' });
  results.push([...(await run.result()), (await runtime.list()).length, new Error('x') instanceof FatalError]);
  await runtime.close();
}
console.log(JSON.stringify({ results }));
`,
    );
    expect(printed(app)).toEqual({
      results: [
        ['paid', true, 1, false],
        ['paid', true, 1, false],
      ],
    });
  });
});
