/** tsx behind the hooks of this package, and the orders in which that can't work. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMONJS, PROGRAM, THROWN } from './support/program.ts';
import { Project, well } from './support/project.ts';

const INSTALL = fileURLToPath(new URL('./node_modules/', import.meta.url));
const CLI = join(INSTALL, 'tsx/dist/cli.mjs');
const OURS = ['--import', 'use-durable/tsx'];
const HOOKS = ['--import', 'use-durable/register'];
const TSX = ['--import', 'tsx'];
/** What tsx is needed for: Node alone doesn't take such code. */
const WITH_ENUM = `${PROGRAM}enum Kind { First = 1 }\nconsole.log(Kind[1]);\n`;

function projectOf(
  name: string,
  type: 'module' | 'commonjs',
  files: Readonly<Record<string, string>>,
): Project {
  const project = new Project(`tsx/${name}`);
  project.write('package.json', JSON.stringify({ name: 'app', private: true, type }));
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  return project;
}

describe('use-durable/tsx', () => {
  it.each([
    ['a program', ['src/app.ts']],
    ['a worker thread', ['main.ts']],
  ])('compiles before tsx does: %s', (name, main) => {
    const project = projectOf(name.replaceAll(' ', '-'), 'module', {
      'src/app.ts': WITH_ENUM,
      'main.ts': `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./src/app.ts', import.meta.url));`,
    });
    const { output, errors } = well(project.node([...OURS, ...main]));
    expect(output).toContain('First\n');
    expect(output).toContain(` (${project.path('src/app.ts')}:${THROWN})\n`);
    expect(errors).toBe('');
  });

  it('compiles by the command of tsx, where NODE_OPTIONS names it', () => {
    const project = projectOf('command', 'module', { 'app.ts': WITH_ENUM });
    const { output } = well(project.node([CLI, 'app.ts'], { NODE_OPTIONS: OURS.join(' ') }));
    expect(output).toContain(`/app.ts:${THROWN})`);
  });

  it.each<[string, string, readonly string[], Readonly<Record<string, string>>]>([
    ['tsx watch', 'tsx', [CLI, 'watch', '--clear-screen=false'], { NODE_OPTIONS: OURS.join(' ') }],
    ['node --watch', 'tsx', ['--watch', '--watch-preserve-output', ...OURS], {}],
    ['node --watch', 'Node alone', ['--watch', '--watch-preserve-output', ...HOOKS], {}],
  ])('compiles again what changes under %s, with %s', async (_, name, args, env) => {
    const project = projectOf(`watch-${name.replace(' ', '-')}-${args.length}`, 'module', {
      'src/app.ts': PROGRAM,
    });
    const { VITEST: __, ...outer } = process.env;
    const child = spawn(process.execPath, [...args, 'src/app.ts'], {
      cwd: project.folder,
      env: { ...outer, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      let text = '';
      const seen = (wanted: string): Promise<void> =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (text.includes(wanted)) resolve();
          };
          child.stdout.on('data', (data) => {
            text += String(data);
            look();
          });
          child.once('exit', () => reject(new Error(`ended: ${text}`)));
        });
      child.stderr.on('data', (data) => (text += String(data)));
      await seen(`/src/app.ts:${THROWN})`);
      const changed = seen('Error: far too much');
      project.write('src/app.ts', PROGRAM.replace('too much', 'far too much'));
      await changed;
      expect(text).not.toContain('NotCompiledError');
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });

  it('says what to install where there is no tsx', () => {
    const folder = mkdtempSync(join(tmpdir(), 'use-durable-'));
    try {
      const project = new Project(folder);
      for (const name of ['use-durable', 'croner', 'devalue', 'magic-string', '@jridgewell', 'typescript'])
        cpSync(join(INSTALL, name), project.path(`node_modules/${name}`), { recursive: true });
      project.write('app.mjs', '');
      const { status, errors } = project.node([...OURS, 'app.mjs']);
      expect(status).toBe(1);
      expect(errors).toMatch(
        /use-durable\/tsx needs the package tsx, which .* doesn't have\. .*npm install --save-dev tsx/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('orders that do not work', () => {
  it('behind tsx, lines are those of its output: a warning says so', () => {
    const project = projectOf('behind', 'module', { 'app.ts': PROGRAM });
    const { output, errors } = well(project.node([...TSX, ...HOOKS, 'app.ts']));
    expect(output).toMatch(/^Error: too much/);
    expect(errors).toMatch(
      /\[USE_DURABLE_ORDER\] Warning: Another loader has processed app\.ts before .*--import use-durable\/tsx app\.ts/,
    );
  });

  it('behind tsx, functions whose steps have other names are refused', () => {
    const project = projectOf('renamed', 'module', {
      'app.ts': PROGRAM.replace(
        'const one = await charge({ value: 1 })',
        'const first = async () => await charge({ value: 1 });\n  const one = await first()',
      ),
    });
    const { status, errors } = project.node([...TSX, ...HOOKS, 'app.ts']);
    expect([status, errors]).toEqual([
      1,
      expect.stringMatching(
        /Another loader has processed app\.ts before use-durable, and its functions and steps have other names now\. .*use-durable\/tsx/,
      ),
    ]);
  });

  const OLD = { 'app.ts': COMMONJS, 'main.ts': `require('./app.ts');` };
  const NEW = { 'app.cts': COMMONJS, 'main.ts': `import './app.cts';` };
  it.each([
    ['an ES module style file', 'commonjs', { 'app.ts': WITH_ENUM }, 'app.ts'],
    ['a file', 'commonjs', OLD, 'app.ts'],
    ['a required file', 'commonjs', OLD, 'main.ts'],
    ['.cts', 'module', NEW, 'app.cts'],
    ['.cts that is imported', 'module', NEW, 'main.ts'],
  ] as const)('CommonJS, %s: no order works, and each says so', (name, type, files, main) => {
    const project = projectOf(name.replaceAll(/\W+/g, '-'), type, files);
    for (const order of [OURS, [...HOOKS, ...TSX], [...TSX, ...HOOKS]]) {
      const { status, output, errors } = project.node([...order, main]);
      expect([order, status, output]).toEqual([order, 1, '']);
      expect(errors).toMatch(
        /app\.c?ts is a CommonJS module that another loader reads .*Add "type": "module" .*use-durable\/esbuild\. See use-durable\/docs\/routes\.md#tsx/,
      );
    }
  });

  it('CommonJS that is compiled already runs, whatever its directives say', () => {
    const project = projectOf('compiled', 'commonjs', {
      'app.js': COMMONJS.replaceAll(/: (?:Amount|Promise<number>|Error)/g, '').replace(/^interface.*\n/m, ''),
    });
    project.write(
      'build.mjs',
      `import { readFileSync, writeFileSync } from 'node:fs';
import { compileFile } from 'use-durable/transformer';
writeFileSync('app.js', compileFile(readFileSync('app.js', 'utf8'), 'app.js').code);`,
    );
    well(project.node(['build.mjs']));
    expect(well(project.node([...OURS, 'app.js'])).output).toMatch(/^Error: too much/);
  });

  it('tsx alone: the runtime names the option that is missing', () => {
    const project = projectOf('alone', 'module', { 'app.ts': PROGRAM });
    for (const args of [
      [...TSX, 'app.ts'],
      [CLI, 'app.ts'],
    ]) {
      const { status, errors } = project.node(args);
      expect(status).toBe(1);
      expect(errors).toMatch(
        /NotCompiledError: The function "pay" .*node --import use-durable\/tsx app\.ts\. .*routes\.md#tsx/,
      );
    }
  });
});
