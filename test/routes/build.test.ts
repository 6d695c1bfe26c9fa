/** `durable build`: what tspc writes, by TypeScript 6, by its companion beside version 7, and by 7.1.0-beta. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Project, well } from './support/project.ts';
import { commandOf, durable } from './support/routes.ts';
import { Server } from './support/server.ts';
import { BESIDE_7, SEVEN_1 } from './support/typescript7.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A project below the installs; with 7.1 it has the package of its own, so that nothing finds version 6. */
function projectOf(kind: Kind, path: string, files: Readonly<Record<string, string>>): Project {
  const project = new Project(`build/${path}-${kind}`, kind === 'companion' ? BESIDE_7 : here);
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  return kind === '7.1' ? project.installCopy(SEVEN_1) : project;
}

type Kind = '6' | 'companion' | '7.1';

const options = (more: object = {}): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      rootDir: 'src',
      outDir: 'out',
      types: ['node'],
      declaration: true,
      declarationMap: true,
      sourceMap: true,
      ...more,
    },
    include: ['src'],
  });

const ORDER = `import { charge } from './charge.js';

/** Comment. */
export async function order(amount: number): Promise<string> {
  'use durable';
  if (amount > 8) throw new Error('far too much');
  const paid = await charge(amount);
  return paid.note;
}
`;
const CHARGE = `export interface Paid {
  readonly note: string;
}
export const charge = async (amount: number): Promise<Paid> => {
  if (amount > 1) throw new Error('too much');
  return { note: \`paid \${amount}\` };
};
`;
const LOSSY = CHARGE.replace(
  'readonly note: string;',
  'readonly note: string;\n  readonly undo: () => void;',
).replace('{ note', '{ undo() {}, note');
const MAIN = `import { createRuntime, memoryStore } from 'use-durable';
import { order } from './order.js';
const runtime = createRuntime({ store: memoryStore() });
const run = await runtime.start(order, [Number(process.argv[2])]);
console.log(await run.result().catch((error: Error) => error.stack));
await runtime.close();
`;

const shop = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'package.json': '{"name":"shop","type":"module"}',
  'tsconfig.json': options(),
  'src/order.ts': ORDER,
  'src/charge.ts': CHARGE,
  'src/main.ts': MAIN,
  ...more,
});

afterEach(() => Server.stopAll());

describe.each<Kind>(['6', 'companion', '7.1'])('with TypeScript %s', (kind) => {
  it('writes code, declarations and maps that tspc writes, and its stacks are at the lines of the source', () => {
    const project = projectOf(kind, 'whole', shop());
    expect(well(durable(project, 'build')).output).toBe('');
    const reference = projectOf('6', `reference-${kind}`, {
      ...shop(),
      'tsconfig.json': options({ plugins: [{ transform: 'use-durable/tspc', transformProgram: true }] }),
    });
    well(reference.bin('ts-patch/bin/tspc.js', ['-p', '.']));
    const outputs = readdirSync(reference.path('out')).sort();
    expect(outputs.length).toBe(12);
    expect(readdirSync(project.path('out')).sort()).toEqual(outputs);
    // The maps of the two versions differ in columns.
    for (const file of outputs.filter((name) => !name.endsWith('.map')))
      expect(project.read(`out/${file}`), file).toBe(reference.read(`out/${file}`));
    const { output } = well(project.node(['--enable-source-maps', 'out/main.js', '5']));
    expect(output).toContain(`${join(project.folder, 'src/charge.ts')}:5:25`);
    const { output: second } = well(project.node(['--enable-source-maps', 'out/main.js', '9']));
    expect(second).toContain(`${join(project.folder, 'src/order.ts')}:6:25`);
    expect(well(project.node(['out/main.js', '1'])).output).toBe('paid 1\n');
  });

  it('ends with 1 where there are errors, and writes functions that say so, or nothing with noEmitOnError', () => {
    const project = projectOf(kind, 'errors', shop({ 'src/charge.ts': LOSSY }));
    const { status, output } = durable(project, 'build');
    expect(status).toBe(1);
    expect(output).toContain('src/order.ts');
    expect(output).toContain("UD4001: The result of step `charge` can't be written to the journal");
    expect(project.node(['out/main.js', '1']).errors).toContain('NotCompiledError');
    const strict = projectOf(
      kind,
      'refused',
      shop({ 'src/charge.ts': LOSSY, 'tsconfig.json': options({ noEmitOnError: true }) }),
    );
    expect(durable(strict, 'build').status).toBe(1);
    expect(existsSync(strict.path('out/order.js'))).toBe(false);
  });

  it('reports the errors of TypeScript', () => {
    const project = projectOf(kind, 'types', shop({ 'src/wrong.ts': 'export const wrong: number = "";\n' }));
    const { status, output } = durable(project, 'build');
    expect(status).toBe(1);
    expect(output).toContain("TS2322: Type 'string' is not assignable to type 'number'.");
  });

  it('writes maps into the code, with the text of the source', () => {
    const project = projectOf(
      kind,
      'inline',
      shop({ 'tsconfig.json': options({ sourceMap: false, inlineSourceMap: true, inlineSources: true }) }),
    );
    well(durable(project, 'build'));
    const code = project.read('out/order.js');
    const [, encoded = ''] = /base64,(\S+)/.exec(code) ?? [];
    const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, unknown>;
    expect(map).toMatchObject({ sources: ['../src/order.ts'], sourcesContent: [ORDER] });
    const { output } = well(project.node(['--enable-source-maps', 'out/main.js', '9']));
    expect(output).toContain(`${join(project.folder, 'src/order.ts')}:6:25`);
  });

  it('builds the projects that one refers to, first, and in CommonJS as well', () => {
    const composite = (more: object): string =>
      JSON.stringify({ ...JSON.parse(options({ composite: true })), ...more });
    const project = projectOf(kind, 'references', {
      'package.json': '{"name":"all","private":true}',
      'tsconfig.json': '{"files":[],"references":[{"path":"app"}]}',
      'core/package.json': '{"name":"core","main":"out/order.js","types":"out/order.d.ts"}',
      'core/tsconfig.json': composite({}),
      'core/src/order.ts': ORDER,
      'core/src/charge.ts': CHARGE,
      'app/package.json': '{"name":"app","type":"module"}',
      'app/tsconfig.json': composite({ references: [{ path: '../core' }] }),
      'app/src/main.ts': MAIN.replace(`{ order } from './order.js'`, `core from 'core'`).replace(
        '(order,',
        '(core.order,',
      ),
    });
    mkdirSync(project.path('app/node_modules'), { recursive: true });
    symlinkSync(project.path('core'), project.path('app/node_modules/core'), 'junction');
    well(durable(project, 'build'));
    expect(readFileSync(project.path('core/out/order.js'), 'utf8')).toContain(
      'require("use-durable/compiled")',
    );
    expect(project.read('app/out/main.js')).not.toBe('');
    expect(existsSync(project.path('app/out/order.js'))).toBe(false);
    expect(well(project.node(['app/out/main.js', '1'])).output).toBe('paid 1\n');
  });

  it('writes the lock where an entry of tsconfig.json says so, and holds the code to it where none does', () => {
    const plugins = [{ name: 'use-durable/ls', lock: 'write' }];
    const project = projectOf(kind, 'lock', shop({ 'tsconfig.json': options({ plugins }) }));
    well(durable(project, 'build'));
    const lock = project.read('durable.lock.json');
    expect(lock).toContain('src/order.ts#order');
    expect(well(durable(project, 'lock', '--check')).status).toBe(0);
    project.write('tsconfig.json', options());
    project.write('src/order.ts', ORDER.replace('return paid', 'await charge(1);\n  return paid'));
    const { status, output } = durable(project, 'build');
    expect(output).toContain('UD1018');
    expect(status).toBe(1);
    expect(project.read('durable.lock.json')).toBe(lock);
  });

  it('--watch builds again after each change, and shows errors', async () => {
    const project = projectOf(kind, 'watch', shop());
    const watch = Server.run(project, [commandOf(project), 'build', '--watch']);
    await watch.until('the first build', () => /Built\.|Found 0 errors/.test(watch.output));
    expect(well(project.node(['out/main.js', '1'])).output).toBe('paid 1\n');
    project.write('src/order.ts', ORDER.replace('use durable', 'use durible'));
    await watch.until('the error', () => watch.output.includes('UD1001'));
    project.write('src/order.ts', ORDER.replace('paid.note', "paid.note + '!'"));
    await watch.until('the next build', () => project.read('out/order.js').includes("paid.note + '!'"));
    expect(well(project.node(['out/main.js', '1'])).output).toBe('paid 1!\n');
  });

  it('answers with 2 where there is no configuration, and takes one by its name', () => {
    const project = projectOf(kind, 'named', shop());
    project.write('tsconfig.build.json', options({ outDir: 'built' }));
    well(durable(project, 'build', '-p', 'tsconfig.build.json'));
    expect(project.read('built/order.js')).toContain('use-durable/compiled');
    expect(durable(project, 'build', '-p', 'none.json')).toMatchObject({
      status: 2,
      errors: expect.stringContaining('none.json'),
    });
  });
});

it.each(['6', '7.1'] as const)(
  '%s writes only what has changed, with an incremental configuration',
  (kind) => {
    const project = projectOf(kind, 'incremental', shop({ 'tsconfig.json': options({ incremental: true }) }));
    const { output } = well(durable(project, 'build'));
    expect(existsSync(project.path('tsconfig.tsbuildinfo'))).toBe(kind === '6');
    if (kind === '6') expect(output).toBe('');
    else
      expect(output).toMatch(
        /^tsconfig\.json:1:\d+ - warning incremental: TypeScript 7\.1\.0-beta writes \.tsbuildinfo only/,
      );
    const { mtimeMs } = statSync(project.path('out/order.js'));
    const text = project.read('out/main.js');
    project.write('src/main.ts', `${MAIN}// changed\n`);
    well(durable(project, 'build'));
    expect(project.read('out/main.js')).not.toBe(text);
    expect(statSync(project.path('out/order.js')).mtimeMs).toBe(mtimeMs);
  },
);
