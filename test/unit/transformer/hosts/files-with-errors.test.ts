import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { createRuntime, memoryStore, NotCompiledError, stepsOf } from '../../../../runtime/index.ts';
import { transform } from '../../../../transformer/index.ts';
import { takeEffects } from '../../../support/effects.ts';
import { emitThroughAst, emitThroughText, type Fixture, load, tokensOf } from '../../../support/fixtures.ts';
import { Project, tsconfig } from '../../../support/project.ts';
import { itInFull } from '../../../support/tier.ts';

/**
 * A function of a file with an error never runs as if it were plain: each that should be durable throws the error when it
 * is called, and when it is started, through every host. What else is in the file does what it did.
 */

const program = (name: string, source: string): Fixture => ({ name, file: 'input.ts', folder: '', source });

const FORMS = program(
  'refused-forms',
  `import { writeFileSync } from 'node:fs';
import { effect } from '../../support/effects.ts';
const job = async (name: string) => { effect(name); return name };
export async function main(name: string) {
  'use durable';
  writeFileSync(await job(name), 'x');
}
export const arrow = async (name: string) => {
  'use durable'
  return job(name)
}
export const expression = async function (name: string) { 'use durable'; return job(name); };
export const flows = { async method(name: string) { 'use durable'; return job(name); } };
export class Shop { static async buy(name: string) { 'use durable'; return job(name); } }
export namespace Space { export async function inner(name: string) { 'use durable'; return job(name); } }
export default async (name: string) => { 'use durable'; return job(name); };
export async function plain(name: string) { return job(name); }
`,
);

const MISPLACED = program(
  'refused-misplaced',
  `import { effect } from '../../support/effects.ts';
export function notAsync() { 'use durable'; effect('ran'); }
export const arrow = () => { 'use durable'; effect('ran'); };
export async function misspelt() { 'use durabel'; effect('ran'); }
export async function late() { const a = 1; 'use durable'; effect('ran ' + a); }
export async function* generator() { 'use durable'; effect('ran'); yield 1; }
export function make() { return async function inner() { 'use durable'; effect('ran'); }; }
export async function badId() { 'use durable as a b'; effect('ran'); }
export async function usesThis(this: unknown) { 'use durable'; effect('ran ' + this); }
export class Order { async pay() { 'use durable'; effect('ran'); } get x() { 'use durable'; effect('ran'); return 1; } }
export let later = async () => { 'use durable'; effect('ran'); };
export async function joined() { 'use durable'
(effect('ran')) }
export async function good() { 'use durable'; effect('ran'); }
export async function plain() { effect('plain'); return 1; }
`,
);

const WHOLE = program(
  'refused-whole',
  `import { effect } from '../../support/effects.ts';
'use durable';
export const one = async () => effect('ran');
export async function two() { effect('ran'); }
export const three = () => 3;
`,
);

const hosts = [
  ['text', emitThroughText],
  ['ast', emitThroughAst],
] as const;

async function refusalOf(act: () => unknown): Promise<NotCompiledError> {
  const [outcome] = await Promise.allSettled([(async () => act())()]);
  expect(outcome?.status).toBe('rejected');
  const error: unknown = outcome?.status === 'rejected' ? outcome.reason : undefined;
  expect(error).toBeInstanceOf(NotCompiledError);
  return error as NotCompiledError;
}

describe.each(hosts)('through the emitter of %s', (kind, emit) => {
  it('each durable function throws the error of its file when it is called and when it is started', async () => {
    const loaded = await load(FORMS, kind, emit(FORMS));
    const {
      main,
      arrow,
      expression,
      flows,
      Shop,
      Space,
      default: byDefault,
    } = loaded as Record<string, never>;
    const { method } = flows as unknown as { method: AnyFunction };
    const { buy } = Shop as unknown as { buy: AnyFunction };
    const { inner } = Space as unknown as { inner: AnyFunction };
    const runtime = createRuntime({ store: memoryStore() });
    takeEffects();
    for (const fn of [main, arrow, expression, method, buy, inner, byDefault] as AnyFunction[]) {
      const called = await refusalOf(() => fn('x'));
      expect(called.diagnostic).toMatchObject({ code: 'UD3005', fileName: 'input.ts', line: 6, column: 3 });
      expect(called.message).toMatch(/input\.ts:6:3 - UD3005: `writeFileSync` .*`await step/);
      const started = await refusalOf(() => runtime.start(fn, ['x']));
      expect(started.message).toBe(called.message);
      expect(stepsOf(fn)).toEqual([]);
      expect(fn.length).toBe(1);
    }
    expect((loaded.arrow as AnyFunction).name).toBe('arrow');
    expect((loaded.default as AnyFunction).name).toBe('default');
    expect(takeEffects()).toEqual([]);
    expect(await (loaded.plain as AnyFunction)('plain')).toBe('plain');
    expect(takeEffects()).toEqual(['plain']);
    await runtime.close();
  });

  it('a function throws where its directive is misplaced or misspelt, each its own error', async () => {
    const loaded = (await load(MISPLACED, kind, emit(MISPLACED))) as Record<string, AnyFunction>;
    const { notAsync, arrow, misspelt, late, generator, make, badId, usesThis, later, joined, good, plain } =
      loaded;
    const { Order } = loaded as unknown as { Order: new () => { pay(): unknown; x: number } };
    takeEffects();
    const refused: readonly [act: () => unknown, code: string, line: number][] = [
      [() => notAsync!(), 'UD1003', 2],
      [() => arrow!(), 'UD1003', 3],
      [() => misspelt!(), 'UD1001', 4],
      [() => late!(), 'UD1002', 5],
      [() => (generator!() as AsyncGenerator).next(), 'UD1004', 6],
      [() => (make!() as AnyFunction)(), 'UD1002', 7],
      [() => badId!(), 'UD1009', 8],
      [() => usesThis!(), 'UD1010', 9],
      [() => new Order().pay(), 'UD1005', 10],
      [() => new Order().x, 'UD1002', 10],
      [() => later!(), 'UD1002', 11],
      [() => joined!(), 'UD1002', 12],
      [() => good!(), 'UD1003', 2],
    ];
    for (const [act, code, line] of refused)
      expect((await refusalOf(act)).diagnostic).toMatchObject({ code, line });
    // A function that isn't async throws as it is called.
    expect(() => notAsync!()).toThrow(NotCompiledError);
    expect(takeEffects()).toEqual([]);
    expect(await plain!()).toBe(1);
  });

  it('a misplaced directive of a file is meant for what the file exports', async () => {
    const { one, two, three } = (await load(WHOLE, kind, emit(WHOLE))) as Record<string, AnyFunction>;
    takeEffects();
    for (const fn of [one!, two!])
      expect((await refusalOf(() => fn())).diagnostic).toMatchObject({ code: 'UD1002' });
    expect(takeEffects()).toEqual([]);
    expect(three!()).toBe(3);
  });

  it('a run that the function has in the store is parked, and goes on once the error is gone', async () => {
    const source = `import { sleep } from 'use-durable';
export async function main() { 'use durable as refused-later-${kind}'; await sleep(20); /* here */ return 'done'; }
`;
    const good = program('refused-later', source);
    const bad = program('refused-later', source.replace('/* here */', 'alert(1);'));
    const evaluate = async (build: string, code: string): Promise<AnyFunction> => {
      const file = new URL(`../../../.tmp/refused-later/${kind}-${build}.mjs`, import.meta.url);
      mkdirSync(new URL('.', file), { recursive: true });
      writeFileSync(file, code);
      return ((await import(/* @vite-ignore */ file.href)) as { main: AnyFunction }).main;
    };
    const store = memoryStore();
    const first = createRuntime({ store });
    const { id } = await first.start(await evaluate('first', emit(good)), []);
    await first.close();
    await evaluate('second', emit(bad));
    const second = createRuntime({ store });
    await second.recover();
    const parked = await second.get(id);
    expect(await parked?.status()).toBe('blocked');
    await expect(parked?.result()).rejects.toThrow(/belongs to the durable function .*UD3005: `alert` /);
    await second.close();
    await evaluate('third', emit(good));
    const third = createRuntime({ store });
    const [run] = await third.recover();
    expect(await run?.result()).toBe('done');
    await third.close();
  });

  it('a durable function of another file that calls it is thrown the error', async () => {
    const bad = program('refused-child', "export async function child() { 'use durable'; alert(1); }\n");
    await load(bad, `${kind}-child`, emit(bad));
    const good = program(
      'refused-child',
      `import { child } from './${kind}-child.mjs';
export async function main() { 'use durable'; try { await child(); } catch (error) { return (error as Error).message; } }
`,
    );
    const { main } = await load(good, kind, emit(good));
    const runtime = createRuntime({ store: memoryStore() });
    const run = await runtime.start(main as AnyFunction, []);
    expect(await run.result()).toMatch(/UD3005: `alert`/);
    // It is no step, whose failure would be recorded.
    expect((await run.events()).map(({ type }) => type)).toEqual(['run-started', 'run-ended']);
    await runtime.close();
  });
});

it('both emitters refuse alike, and no line moves', () => {
  for (const fixture of [FORMS, MISPLACED, WHOLE]) {
    expect(tokensOf(emitThroughAst(fixture))).toEqual(tokensOf(emitThroughText(fixture)));
    const { code, map } = transform(fixture.source, { fileName: fixture.file });
    expect(code.split('\n').length).toBe(fixture.source.split('\n').length);
    expect(map).not.toBeNull();
  }
});

it('a script, which has no way to the runtime, says it by itself', () => {
  const { code } = transform("async function main() { 'use durable'; return 1; }\n", {
    fileName: 'script.ts',
  });
  expect(code).toMatch(
    /^async function main\(\) \{ 'use durable'; throw Object\.assign\(new Error\("\\"main\\" was not compiled/,
  );
});

describe('tspc', { timeout: 180_000 }, () => {
  const MAIN = `import { load } from './api.js';
export async function main(): Promise<string> {
  'use durable';
  return JSON.stringify(await load());
}
`;
  const START = `import { main } from './main.js';
import { createRuntime, memoryStore } from 'use-durable';
for (const act of [() => main(), () => createRuntime({ store: memoryStore() }).start(main, [])])
  await (act() as Promise<unknown>).then(() => console.log('ran'), (error: Error) => console.log(error.name, error.message));
process.exit();
`;
  const models = (member: string): string => `export interface Model { id: number; ${member} }\n`;
  const files = {
    'package.json': '{ "name": "shop", "type": "module" }',
    'src/models.ts': models('close: () => void'),
    'src/api.ts':
      "import type { Model } from './models.js';\nexport async function load(): Promise<Model> { return { id: 1 } as Model; }\n",
    'src/main.ts': MAIN,
    'src/start.ts': START,
  };
  const REFUSED =
    /^NotCompiledError "shop\/src\/main\.ts#main" \(src\/main\.ts:2\).* src\/main\.ts:4:31 - UD4001: .*\nNotCompiledError .*UD4001/;

  it('compiles no function of a file in which only types show an error', () => {
    const project = new Project('refused-typed', { ...files, 'tsconfig.json': tsconfig() });
    expect(project.tool('tspc', '-p', '.').output).toContain('UD4001');
    expect(project.node('out/start.js').output).toMatch(REFUSED);
  });

  itInFull('writes a file again when an error in it comes or goes by a change further away', () => {
    const project = new Project('refused-incremental', {
      ...files,
      'tsconfig.json': tsconfig({ incremental: true }),
    });
    const compiled = (): string => readFileSync(join(project.folder, 'out/main.js'), 'utf8');
    expect(project.tool('tspc', '-p', '.').output).toContain('UD4001');
    expect(compiled()).toContain('$durable.refuse(');
    project.write('src/models.ts', models('name: string'));
    expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    expect(compiled()).toContain('$durable.enter(');
    project.write('src/models.ts', models('close: () => void'));
    expect(project.tool('tspc', '-p', '.').output).toContain('UD4001');
    expect(compiled()).toContain('$durable.refuse(');
    expect(project.node('out/start.js').output).toMatch(REFUSED);
  });

  itInFull('writes nothing with noEmitOnError', () => {
    const project = new Project('refused-no-emit', {
      ...files,
      'tsconfig.json': tsconfig({ noEmitOnError: true }),
    });
    expect(project.tool('tspc', '-p', '.').output).toContain('UD4001');
    expect(existsSync(join(project.folder, 'out/main.js'))).toBe(false);
  });
});
