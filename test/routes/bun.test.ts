/** Programs that Bun runs and builds, on the real Bun. */
import { describe, expect, it } from 'vitest';
import { COMMONJS, PROGRAM } from './support/program.ts';
import { BUN, type Ended, Project, well } from './support/project.ts';

function projectOf(name: string, files: Readonly<Record<string, string>>): Project {
  const project = new Project(`bun/${name}`);
  project.write('package.json', '{ "name": "app", "private": true, "type": "module" }');
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  return project;
}

const run = (project: Project, ...args: readonly string[]): Ended => project.run(BUN, ['run', ...args]);
const PRELOAD = ['--preload', 'use-durable/bun'];
/** Bun puts the place of an error behind `new`. */
const THROWN = '4:35';

describe('bun run', () => {
  it('compiles what it loads, with stacks at the lines of the source', () => {
    const project = projectOf('run', { 'src/app.ts': PROGRAM });
    const { output, errors } = well(run(project, ...PRELOAD, 'src/app.ts'));
    expect(output).toMatch(/^Error: too much\n/);
    expect(output).toContain(` (${project.path('src/app.ts')}:${THROWN})\n`);
    expect(errors).toBe('');
  });

  it('takes the plugin from bunfig.toml, also for bun test', () => {
    const project = projectOf('config', {
      'bunfig.toml': 'preload = ["use-durable/bun"]\n[test]\npreload = ["use-durable/bun"]\n',
      'src/app.ts': PROGRAM,
      'pay.ts': `const half = async (n: number) => n / 2;\nexport async function pay(n: number) {\n  'use durable';\n  return (await half(n)) + 1;\n}`,
      'pay.test.ts': `import { expect, test } from 'bun:test';
import { createTestRuntime } from 'use-durable/testing';
import { pay } from './pay.ts';
test('pay', async () => {
  const runtime = createTestRuntime();
  const run = await runtime.start(pay, [6]);
  expect(await run.result()).toBe(4);
  await runtime.close();
});`,
    });
    expect(well(run(project, 'src/app.ts')).output).toContain(THROWN);
    expect(well(project.run(BUN, ['test', './pay.test.ts'])).errors).toContain('1 pass');
  });

  it('leaves CommonJS of installed packages alone', () => {
    const project = projectOf('installed', {
      'node_modules/old/package.json': '{ "name": "old", "main": "index.js" }',
      'node_modules/old/index.js': `exports.one = typeof module;`,
      'app.ts': `import old, { one } from 'old';\nconsole.log(old.one, one);`,
    });
    expect(well(run(project, ...PRELOAD, 'app.ts')).output).toBe('object object\n');
  });

  it('leaves CommonJS of a package that is not of modules alone', () => {
    const project = projectOf('commonjs', {
      'package.json': '{ "name": "app", "private": true }',
      'old.js': `exports.one = 1;`,
      'app.ts': `import { one } from './old.js';\nconsole.log(one);\n${PROGRAM}`,
    });
    expect(well(run(project, ...PRELOAD, 'app.ts')).output).toMatch(/^1\nError: too much/);
  });

  it('stops at an error, with its place and line; warnings are printed', () => {
    const wrong = projectOf('error', { 'app.ts': PROGRAM.replace('use durable', 'use durabel') });
    const { status, output, errors } = run(wrong, ...PRELOAD, 'app.ts');
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain(`app.ts:8:3 - error UD1001: `);
    expect(errors).toContain(`8 |   'use durabel';\n  |   ~~~`);
    const warned = projectOf('warning', {
      'app.ts': PROGRAM.replace('const one', 'console.log(process.env.REGION);\n  const one'),
    });
    expect(well(run(warned, ...PRELOAD, 'app.ts')).errors).toMatch(/app\.ts:9:15 - warning UD3009: /);
  });

  const WORKER = (options: string): string =>
    `import { Worker } from 'node:worker_threads';
new Worker(new URL('./src/app.ts', import.meta.url)${options}).on('error', ({ message }) => console.log(message));`;

  it('compiles in a worker that preloads the plugin itself; without it the text says so', () => {
    const project = projectOf('worker', {
      'src/app.ts': PROGRAM,
      'with.ts': WORKER(`, { preload: ['use-durable/bun'] } as object`),
      'without.ts': WORKER(''),
    });
    expect(run(project, ...PRELOAD, 'with.ts').output).toMatch(/^Error: too much/);
    expect(run(project, ...PRELOAD, 'without.ts').output).toMatch(
      /The function "pay" was not compiled .* A worker needs the option preload: \["use-durable\/bun"\] itself\./,
    );
  });

  it.each([
    ['nothing that compiles', [], 'app.ts', /bun --preload use-durable\/bun app\.ts.*routes\.md#bun/],
    ['CommonJS', PRELOAD, 'app.cts', /Files that may be CommonJS \(\.cts\) are not compiled\./],
    [
      "Node's entry",
      ['--preload', 'use-durable/register'],
      'app.ts',
      /use-durable\/register is for Node\. .*bun --preload use-durable\/bun/,
    ],
  ] as const)('%s: the text names the line', (name, options, main, text) => {
    const project = projectOf(name.replaceAll(/\W+/g, '-'), {
      'app.ts': PROGRAM,
      'app.cts': COMMONJS.replaceAll(/: (?:Amount|Promise<number>|Error)/g, '').replace(
        /^interface.*\n/m,
        '',
      ),
    });
    const { status, output, errors } = run(project, ...options, main);
    expect([status, output]).toEqual([1, '']);
    expect(errors).toMatch(text);
  });
});

describe('Bun.build', () => {
  const BUILD = `import useDurable from 'use-durable/bun';
await Bun.build({ entrypoints: ['app.ts'], outdir: 'out', target: 'bun', packages: 'external', plugins: [useDurable()] });`;

  it('compiles files of all kinds', () => {
    const project = projectOf('build', {
      'app.ts': `import { half } from './half.js';\nconsole.log(typeof half);\n${PROGRAM}`,
      'half.js': `export async function half(n) {\n  'use durable';\n  return n / 2;\n}`,
      'build.ts': BUILD,
    });
    well(run(project, 'build.ts'));
    expect(project.read('out/app.js')).toContain('app/half.js#half');
    expect(well(run(project, 'out/app.js')).output).toMatch(/^function\nError: too much/);
  });

  it('fails at an error, with its place', () => {
    const project = projectOf('build-error', {
      'app.ts': PROGRAM.replace('use durable', 'use durabel'),
      'build.ts': BUILD,
    });
    const { status, errors } = run(project, 'build.ts');
    expect(status).toBe(1);
    expect(errors).toContain('app.ts:8:3 - error UD1001: ');
    expect(project.read('out/app.js')).toBe('');
  });
});

it('Node is told which entry is for it', () => {
  const project = projectOf('node', { 'app.ts': PROGRAM });
  const { status, errors } = project.node(['--import', 'use-durable/bun', 'app.ts']);
  expect(status).toBe(1);
  expect(errors).toMatch(/use-durable\/bun is for Bun, .*node --import use-durable\/register app\.ts/);
});
