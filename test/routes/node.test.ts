/** `node --import use-durable/register`: what Node loads and strips itself. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pausedAt } from './support/debugger.ts';
import { COMMONJS, FIRST_STEP, PROGRAM, THROWN } from './support/program.ts';
import { type Ended, Project, well } from './support/project.ts';

const REGISTER = ['--import', 'use-durable/register'];
const INSTALL = fileURLToPath(new URL('./node_modules/', import.meta.url));

function projectOf(name: string, files: Readonly<Record<string, string>>): Project {
  const project = new Project(`node/${name}`);
  project.write('package.json', '{ "name": "app", "private": true, "type": "module" }');
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  return project;
}

const COMMONJS_PACKAGE = '{ "name": "old", "private": true, "type": "commonjs" }';

describe('what it compiles', () => {
  it.each([
    ['a module', 'src/app.ts', { 'src/app.ts': PROGRAM }, []],
    ['.mts', 'src/app.mts', { 'src/app.mts': PROGRAM }, []],
    ['.cts', 'src/app.cts', { 'src/app.cts': COMMONJS }, []],
    [
      '.cts that a module imports',
      'src/app.cts',
      { 'src/app.cts': COMMONJS, 'main.ts': `import './src/app.cts';` },
      ['main.ts'],
    ],
    [
      'a CommonJS package',
      'old/app.ts',
      { 'old/app.ts': COMMONJS, 'old/package.json': COMMONJS_PACKAGE },
      [],
    ],
    [
      'a file that CommonJS requires',
      'old/app.ts',
      { 'old/app.ts': COMMONJS, 'old/package.json': COMMONJS_PACKAGE, 'old/main.ts': `require('./app.ts');` },
      ['old/main.ts'],
    ],
    [
      'a file that a worker thread runs',
      'src/app.ts',
      {
        'src/app.ts': PROGRAM,
        'main.ts': `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./src/app.ts', import.meta.url));`,
      },
      ['main.ts'],
    ],
  ] as const)('%s, with stacks at the lines of the source', (name, file, files, [main]) => {
    const project = projectOf(name.replaceAll(/\W+/g, '-'), files as Record<string, string>);
    const { output, errors } = well(project.node([...REGISTER, main ?? file]));
    expect(output).toMatch(/^Error: too much\n/);
    expect(output).toContain(` (${project.path(file)}:${THROWN})\n`);
    expect(errors).toBe('');
  });

  it('enums, with the flag of Node for them', () => {
    const project = projectOf('enums', {
      'src/app.ts': `${PROGRAM}enum Kind { First = 1 }\nconsole.log(Kind[1]);\n`,
    });
    const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
    const { output } = well(project.node([...REGISTER, ...flags, 'src/app.ts']));
    expect(output).toContain('First');
    expect(output).toContain(`/src/app.ts:${THROWN})`);
  });

  it('files of tests that node --test runs', () => {
    const project = projectOf('tests', {
      'pay.ts': `const half = async (n: number) => n / 2;\nexport async function pay(n: number) {\n  'use durable';\n  return (await half(n)) + 1;\n}`,
      'pay.test.ts': `import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRuntime } from 'use-durable/testing';
import { pay } from './pay.ts';
test('pay', async () => {
  const runtime = createTestRuntime();
  const run = await runtime.start(pay, [6]);
  equal(await run.result(), 4);
  await runtime.close();
});`,
    });
    const { output } = well(project.node([...REGISTER, '--test', '--test-reporter=tap', 'pay.test.ts']));
    expect(output).toContain('# pass 1');
  });

  it('once, where two copies of the package register themselves', () => {
    const project = projectOf('twice', { 'app.ts': PROGRAM });
    cpSync(join(INSTALL, 'use-durable'), project.path('node_modules/use-durable'), { recursive: true });
    const other = join(INSTALL, 'use-durable/dist/transformer/hosts/register.js');
    const { output, errors } = well(project.node([...REGISTER, '--import', other, ...REGISTER, 'app.ts']));
    expect(output).toContain(`/app.ts:${THROWN})`);
    expect(errors).toBe('');
  });
});

it('a breakpoint at a line of the source holds there', async () => {
  const project = projectOf('breakpoint', { 'src/app.ts': PROGRAM });
  const { line, locals } = await pausedAt(project, [...REGISTER, 'src/app.ts'], 'src/app.ts', FIRST_STEP);
  expect(line).toBe(FIRST_STEP);
  expect(locals).toMatchObject({ amount: 'Object' });
});

describe('diagnostics', () => {
  it('an error stops the program at load, with its place and line', () => {
    const project = projectOf('error', {
      'src/app.ts': `console.log('runs');\n${PROGRAM.replace('use durable', 'use durabel')}`,
    });
    const { status, output, errors } = project.node([...REGISTER, 'src/app.ts']);
    expect(status).toBe(1);
    expect(output).toBe('');
    expect(errors).toContain('src/app.ts:9:3 - error UD1001: ');
    expect(errors).toContain(`9 |   'use durabel';\n  |   ~~~`);
    expect(errors).toContain('See use-durable/docs/diagnostics.md#ud1001');
  });

  it('a warning is printed, and the program runs', () => {
    const project = projectOf('warning', {
      'app.ts': PROGRAM.replace('const one', 'console.log(process.env.REGION);\n  const one'),
    });
    const { output, errors } = well(project.node([...REGISTER, 'app.ts']));
    expect(errors).toMatch(/^app\.ts:9:15 - warning UD3009: /);
    expect(output).toContain('too much');
  });

  it('without a hook the runtime says which option is missing', () => {
    const project = projectOf('forgotten', { 'app.ts': PROGRAM });
    const { status, errors } = project.node(['app.ts']);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /NotCompiledError: The function "pay" .*node --import use-durable\/register app\.ts\..*routes\.md#node/,
    );
  });
});

describe('TypeScript', () => {
  /** A project with an install of its own, which is not below the one of this folder. */
  function apart(typescript: Readonly<Record<string, string>>, run: (project: Project) => Ended): Ended {
    const folder = mkdtempSync(join(tmpdir(), 'use-durable-'));
    try {
      const project = new Project(folder);
      for (const name of ['use-durable', 'croner', 'devalue', 'magic-string', '@jridgewell'])
        cpSync(join(INSTALL, name), join(folder, 'node_modules', name), { recursive: true });
      for (const [file, text] of Object.entries(typescript))
        project.write(`node_modules/typescript/${file}`, text);
      project.write('package.json', '{ "type": "module" }');
      project.write('app.ts', PROGRAM);
      project.write('plain.ts', `import { sleep } from 'use-durable';\nconsole.log(typeof sleep);`);
      return run(project);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([
    ['none', {}, /None is installed\. .*npm install --save-dev typescript@6\./],
    [
      'version 7 alone',
      {
        'package.json':
          '{ "name": "typescript", "version": "7.0.2", "exports": { "./package.json": "./package.json" } }',
      },
      /Version 7\.0\.2 is installed\. .*npm install --save-dev @typescript\/typescript6\./,
    ],
  ] as const)('%s is installed: the sentence says what to add', (_, files, text) => {
    const { status, errors } = apart(files as Record<string, string>, (project) =>
      project.node([...REGISTER, 'app.ts']),
    );
    expect(status).toBe(1);
    expect(errors).toMatch(/TypeScriptMissingError: use-durable compiles with TypeScript 6\. /);
    expect(errors).toMatch(text);
  });

  it('is not needed by a program without durable functions', () => {
    const { output } = well(apart({}, (project) => project.node([...REGISTER, 'plain.ts'])));
    expect(output).toBe('function\n');
  });

  it('is loaded for durable functions only', () => {
    const modules = Array.from({ length: 200 }, (_, at) => [
      `src/m${at}.ts`,
      `export const n${at}: number = ${at};`,
    ]);
    const imports = modules.map((_, at) => `import './m${at}.ts';`).join('\n');
    const project = projectOf('plain', {
      ...(Object.fromEntries(modules) as Record<string, string>),
      'src/plain.ts': `import 'use-durable';\nimport 'use-durable/testing';\nimport './list.cjs';\n${imports}`,
      'src/app.ts': `import './list.cjs';\n${PROGRAM}`,
      'src/list.cjs': `process.on('exit', () => {
  const heavy = Object.keys(require('node:module')._cache).filter((file) => /node_modules.(@?typescript|magic-string)/.test(file));
  console.log(heavy.length === 0 ? 'light' : 'heavy');
});`,
    });
    expect(well(project.node([...REGISTER, 'src/plain.ts'])).output).toBe('light\n');
    expect(well(project.node([...REGISTER, 'src/app.ts'])).output).toMatch(/heavy\n$/);
    expect(readdirSync(project.path('src')).length).toBe(203);
  });
});
