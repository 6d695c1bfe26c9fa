import { expect } from 'vitest';
import { runPlain } from '../../runtime/compiled.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { transform } from '../../transformer/index.ts';
import { watched } from './activations.ts';
import { FlowCheck } from './check-flow.ts';
import { type CrashOptions, crashEverywhere, type Execution } from './crash.ts';
import { takeEffects } from './effects.ts';
import { emitPlain, emitThroughAst, emitThroughText, type Fixture, load, tokensOf } from './fixtures.ts';
import { flowsOf } from './flows.ts';
import { VirtualClock } from './random-clock.ts';

/** One program, and what was seen of it. */
export interface Checked {
  readonly execution: Execution;
  readonly passedThrough: boolean;
}

const CONSOLE = ['log', 'info', 'warn', 'error', 'debug'] as const;
const clock = new VirtualClock();
let counter = 0;

/**
 * Runs a program plainly, compiled, compiled and killed after each event, and with the pass-through runtime. It is an
 * error if they differ, if the two emitters do, or if something happens outside of a step.
 *
 * @param stepwise the program with the turns of the event loop in it that steps take; compiled it means what this says
 */
export async function checkProgram(
  source: string,
  order: NonNullable<CrashOptions['order']>,
  stepwise = source,
): Promise<Checked> {
  const name = `random-${process.pid}-${++counter}`;
  const fixture: Fixture = { name, file: 'input.ts', folder: '', source };
  const { code, diagnostics } = transform(source, { fileName: fixture.file });
  expect(diagnostics, 'diagnostics').toEqual([]);
  expect(code.split('\n').length, 'lines of the output').toBe(source.split('\n').length);
  const text = emitThroughText(fixture);
  const tree = emitThroughAst(fixture);
  expect(tokensOf(tree), 'the grafted tree against the edited text').toEqual(tokensOf(text));

  const plain = await mainOf(fixture, 'plain', emitPlain(fixture));
  const reference =
    stepwise === source
      ? undefined
      : await mainOf(fixture, 'stepwise', emitPlain({ ...fixture, source: stepwise }));
  const compiled = await mainOf(fixture, 'compiled', counter % 2 === 0 ? text : tree);
  const rejections: unknown[] = [];
  const restore = watchRejections(rejections);
  try {
    return await clock.run(async () => {
      const first = await runWatched(() => plain());
      const expected = reference ? await runWatched(() => reference()) : first;
      expect(rejections, 'unhandled rejections of the plain program').toEqual([]);
      const kind = `${name}-compiled-`;
      const { result: execution, activations } = await watched(() =>
        crashEverywhere(compiled, [], { order }),
      );
      const flows = new Map(flowsOf(fixture).map(({ id, flow }) => [kind + id, flow]));
      const flowCheck = new FlowCheck(flows, `${kind}main`);
      for (const activation of activations) flowCheck.check(activation);
      expect(rejections, 'unhandled rejections of the compiled program').toEqual([]);
      expect(readable(execution.outcome), 'result').toEqual(expected.outcome);
      const { effects } = execution;
      const names = effects.map((effect) => effect.name);
      if (order === 'any') expect(names.sort(), 'effects').toEqual([...expected.effects].sort());
      else expect(names, 'effects').toEqual(expected.effects);
      expect(
        effects.filter(({ key }) => key === undefined),
        'effects outside of a step',
      ).toEqual([]);
      if (order === 'any') expect([...execution.lines].sort(), 'lines').toEqual([...expected.lines].sort());
      else expect(execution.lines, 'lines').toEqual(expected.lines);
      const passedThrough = !/sleep|step\(|setTimeout|withPolicy/.test(source);
      if (passedThrough) {
        const through = await runWatched(() => runPlain(() => compiled()));
        expect(through, 'pass-through').toEqual(first);
      }
      return { execution, passedThrough };
    });
  } finally {
    restore();
  }
}

async function mainOf(fixture: Fixture, kind: string, code: string): Promise<AnyFunction> {
  const { main } = await load(fixture, kind, code);
  expect(main).toBeTypeOf('function');
  return main as AnyFunction;
}

interface Seen {
  readonly outcome: unknown;
  readonly effects: readonly string[];
  readonly lines: readonly string[];
}

/** Runs a program outside of every run. */
async function runWatched(body: () => unknown): Promise<Seen> {
  const lines: string[] = [];
  const originals = CONSOLE.map((method) => console[method]);
  for (const method of CONSOLE) console[method] = (...args: unknown[]) => void lines.push(args.join(' '));
  takeEffects();
  try {
    const [outcome] = await Promise.allSettled([body()]);
    return { outcome: readable(outcome), effects: takeEffects(), lines };
  } finally {
    for (const [index, method] of CONSOLE.entries()) console[method] = originals[index]!;
    clock.forget();
  }
}

/** Errors by what a program can read of them, but for the classes: each copy of a module has its own. */
function readable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error)) return outcome;
  const { reason } = outcome;
  return { thrown: reason.name, message: reason.message, properties: { ...reason } };
}

/** Collects unhandled rejections instead of letting them end the test run. */
function watchRejections(rejections: unknown[]): () => void {
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => rejections.push(reason));
  return () => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
  };
}
