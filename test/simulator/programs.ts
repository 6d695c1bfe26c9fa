/** What the runs of a simulation do: random programs whose result doesn't depend on time, compiled, and what they mean plainly. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { vi } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { shapes } from '../random/arbitrary.ts';
import { type Program, render } from '../random/render.ts';
import { takeEffects } from '../support/effects.ts';
import { emitPlain, emitThroughText, type Fixture } from '../support/fixtures.ts';
import { VirtualClock } from '../support/random-clock.ts';

// As deep as the fixtures, so relative imports fit.
const OUTPUT = fileURLToPath(new URL(`../.tmp/simulator-${process.pid}/`, import.meta.url));

/** A program and what it gives. */
export interface Subject {
  readonly name: string;
  readonly fn: AnyFunction;
  /** Of the plain program. */
  readonly outcome: PromiseSettledResult<unknown>;
}

const random = new Map<number, Promise<Subject>>();
const clock = new VirtualClock();

/** The random program with this number. */
export function randomProgram(number: number): Promise<Subject> {
  const known = random.get(number) ?? compileRandom(number);
  random.set(number, known);
  return known;
}

async function compileRandom(number: number): Promise<Subject> {
  const name = `random-${number}`;
  const { source } = timeless(number);
  const plain = (await load(name, 'plain', source)).main as AnyFunction;
  const [outcome] = await clock.run(() => quietly(() => Promise.allSettled([plain()])));
  takeEffects();
  const { main } = await load(name, 'compiled', source);
  return { name, fn: main as AnyFunction, outcome: outcome! };
}

/** Of those where time may show in the result, another one stands in the place. */
function timeless(number: number): Program {
  for (let attempt = 0; ; attempt++) {
    const [shape] = fc.sample(shapes, { seed: number * 100 + attempt, numRuns: 1 });
    const program = render(shape!);
    if (program.order !== 'free') return program;
  }
}

async function quietly<T>(body: () => Promise<T>): Promise<T> {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  try {
    return await body();
  } finally {
    log.mockRestore();
  }
}

const files = new Map<string, Promise<Record<string, AnyFunction>>>();

/** The programs of a file of this folder, compiled. */
function programsOf(name: string): Promise<Record<string, AnyFunction>> {
  const source = readFileSync(new URL(`${name}-programs.ts`, import.meta.url), 'utf8')
    .replace('../support/', '../../support/')
    .replace('./outside.ts', '../../simulator/outside.ts');
  const known = files.get(name) ?? (load(name, 'compiled', source) as Promise<Record<string, AnyFunction>>);
  files.set(name, known);
  return known;
}

/** The programs of `mail-programs.ts`, compiled. */
export const mailPrograms = (): Promise<Record<string, AnyFunction>> => programsOf('mail');

/** The programs of `long-programs.ts`, compiled. */
export const longPrograms = (): Promise<Record<string, AnyFunction>> => programsOf('long');

async function load(
  name: string,
  kind: 'plain' | 'compiled',
  source: string,
): Promise<Record<string, unknown>> {
  const fixture: Fixture = { name, file: `${name}.ts`, folder: '', source };
  const code = kind === 'plain' ? emitPlain(fixture) : emitThroughText(fixture);
  mkdirSync(OUTPUT, { recursive: true });
  const file = `${OUTPUT}${name}-${kind}.mjs`;
  // A process can't have two functions with one id.
  writeFileSync(file, code.replace(/(define\(\{\s*"id":\s*")/g, `$1${name}-`));
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
}

export const removePrograms = (): void => rmSync(OUTPUT, { recursive: true, force: true });
