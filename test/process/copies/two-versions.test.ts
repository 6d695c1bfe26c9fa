import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { App } from './app.ts';

const source = (answer: number): string => `export async function pay(): Promise<number> {
  'use durable';
  return await charge();
}
async function charge(): Promise<number> { return ${answer}; }
`;

const PAY = { package: 'pay', path: 'index.ts' };

interface Installed {
  readonly version: string;
  readonly answer: number;
}

/** An app and a library in its `node_modules`, both of which need `pay`, which is installed for each. */
function appWith(name: string, first: Installed, second: Installed): App {
  const app = new App(name);
  app.install();
  for (const [folder, { version, answer }] of [
    ['node_modules/pay', first],
    ['node_modules/lib/node_modules/pay', second],
  ] as const) {
    const manifest = { name: 'pay', version, type: 'module', exports: './index.js' };
    app.write(`${folder}/package.json`, JSON.stringify(manifest));
    app.compile(`${folder}/index.ts`, source(answer), PAY);
  }
  app.write(
    'node_modules/lib/package.json',
    JSON.stringify({ name: 'lib', type: 'module', exports: './index.js' }),
  );
  app.write('node_modules/lib/index.js', `export { pay } from 'pay';`);
  app.write(
    'start.js',
    `import { pay } from 'pay';
import { createRuntime, memoryStore } from 'use-durable';
try {
  const { pay: other } = await import('lib');
  const runtime = createRuntime({ store: memoryStore() });
  const results = [];
  for (const fn of [pay, other]) results.push(await (await runtime.start(fn, [])).result());
  console.log(JSON.stringify(results));
} catch (error) {
  console.log(error.name + ': ' + error.message);
}`,
  );
  return app;
}

describe('a package that is installed twice', () => {
  it.each([
    ['in two versions', { version: '1.0.0', answer: 1 }, { version: '2.0.0', answer: 2 }],
    [
      'in two versions with equal functions',
      { version: '1.0.0', answer: 1 },
      { version: '2.0.0', answer: 1 },
    ],
    ['in one version, and edited', { version: '1.0.0', answer: 1 }, { version: '1.0.0', answer: 2 }],
  ])('%s, is an error that names both places', (what, first, second) => {
    const app = appWith(`installed ${what}`, first, second);
    const { output, errors } = app.run('start.js');
    expect(errors).toBe('');
    expect(output).toContain(
      'DuplicateFunctionError: Two durable functions have the id "pay/index.ts#pay": ',
    );
    expect(output).toContain(
      `${app.path('node_modules/pay')} (version ${first.version}) and ${app.path('node_modules/lib/node_modules/pay')} (version ${second.version}). Their code differs`,
    );
  });

  it('with equal code is told once, and works', () => {
    const same = { version: '1.0.0', answer: 1 };
    const app = appWith('installed-equal', same, same);
    const { output, errors } = app.run('start.js');
    expect(JSON.parse(output)).toEqual([1, 1]);
    expect(errors.match(/USE_DURABLE_INSTALLED_TWICE/g)).toHaveLength(1);
    expect(errors).toContain(app.path('node_modules/lib/node_modules/pay'));
  });
});

describe('packages and files whose names have a part in common', () => {
  it('have functions of their own', () => {
    const app = new App('parts-of-names');
    app.install();
    const files = [
      { package: '@one/pay', path: 'index.ts' },
      { package: '@two/pay', path: 'index.ts' },
      { package: 'pay', path: 'index.ts' },
      { package: 'pay', path: 'pay/index.ts' },
      { package: 'pay', path: 'index.mts' },
    ];
    for (const [n, fileId] of files.entries()) app.compile(`file${n}.ts`, source(n), fileId);
    app.write(
      'start.js',
      `import { createRuntime, memoryStore } from 'use-durable';
const runtime = createRuntime({ store: memoryStore() });
const results = [];
const loaded = [];
for (let n = 0; n < ${files.length}; n++) loaded.push((await import('./file' + n + '.js')).pay);
for (const pay of loaded) results.push(await (await runtime.start(pay, [])).result());
console.log(JSON.stringify(results), new Set((await runtime.list()).map(({ fn }) => fn)).size);`,
    );
    expect(app.run('start.js')).toMatchObject({ output: '[0,1,2,3,4] 5\n', errors: '' });
  });
});

describe('a file that is loaded again', () => {
  it('is a reload, edited or not, and by another path to it as well', () => {
    const app = appWith('loaded-again', { version: '1.0.0', answer: 1 }, { version: '1.0.0', answer: 1 });
    symlinkSync(app.path('node_modules/pay'), app.path('linked'));
    app.compile('node_modules/pay/edited.ts', source(3), PAY);
    app.write(
      'again.js',
      `import { copyFileSync } from 'node:fs';
import { createRuntime, memoryStore } from 'use-durable';
const runtime = createRuntime({ store: memoryStore() });
const results = [];
const load = async (url) => {
  const { pay } = await import(url);
  results.push(await (await runtime.start(pay, [])).result());
};
await load('./node_modules/pay/index.js');
await load('./node_modules/pay/index.js?again');
await load('./linked/index.js?linked');
copyFileSync('node_modules/pay/edited.js', 'node_modules/pay/index.js');
await load('./node_modules/pay/index.js?edited');
console.log(JSON.stringify(results));`,
    );
    const { output, errors } = app.run('again.js', { NODE_OPTIONS: '--preserve-symlinks' });
    expect(errors).toBe('');
    expect(JSON.parse(output)).toEqual([1, 1, 1, 3]);
  });

  it('is one in another bundle of the same app, edited since', () => {
    const app = new App('loaded-from-another-bundle');
    app.install();
    // What a bundler writes has the id of the source, wherever the bundle lies.
    const fileId = { package: 'app', path: 'src/pay.ts' };
    app.compile('one/pay.ts', source(1), fileId);
    app.compile('two/pay.ts', source(2), fileId);
    app.write('two/package.json', JSON.stringify({ type: 'module' }));
    app.write(
      'start.js',
      `await import('./one/pay.js'); await import('./two/pay.js'); console.log('loaded');`,
    );
    expect(app.run('start.js')).toMatchObject({ output: 'loaded\n', errors: '' });
  });
});
