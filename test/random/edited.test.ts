import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { findDefinition } from '../../runtime/functions/definitions.ts';
import { type Freedom, judge } from '../../runtime/functions/edits.ts';
import { createRuntime, NonDeterminismError, type Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { codeOf } from '../../runtime/journal/summary.ts';
import { Manifests } from '../../runtime/local/run/manifests.ts';
import { transform } from '../../transformer/index.ts';
import {
  comparable,
  type Execution,
  eventsOf,
  execute,
  observe,
  settled,
  storeWith,
} from '../support/crash.ts';
import { emitThroughText } from '../support/fixtures.ts';
import { knownCodeOf } from '../support/known-code.ts';
import { VirtualClock } from '../support/random-clock.ts';
import { FULL } from '../support/tier.ts';
import { shapes } from './arbitrary.ts';
import { EDITS } from './edits.ts';
import { render } from './render.ts';

/**
 * Random edits of random programs: what `check` calls free never parks a run, wherever the run is, and means what the new code
 * means where nothing that is recorded would be another.
 *
 * EDITED_PROGRAMS=2000 for a long search (`npm run test:nightly`). RANDOM_SEED=7 for others; a failure prints its seed and its path:
 * RANDOM_SEED=7 RANDOM_PATH=3:0:1 runs only that.
 */
const DEFAULT_SEED = '20260801';
const { EDITED_PROGRAMS = FULL ? '400' : '25', RANDOM_SEED = DEFAULT_SEED, RANDOM_PATH } = process.env;
const RUNS = Number(EDITED_PROGRAMS);
const SEED = RANDOM_SEED === 'fresh' ? Date.now() % 2 ** 31 : Number(RANDOM_SEED);
const LIMIT_MS = 60_000 + RUNS * 300;

/** So many moments of a run are tried, evenly spread. */
const MOMENTS = FULL ? 12 : 4;
const FILE = 'input.ts';
const FOLDER = new URL('../.tmp/edited/', import.meta.url);
const clock = new VirtualClock();
let files = 0;

const seen = { edits: 0, free: 0, other: 0, resumed: 0, equal: 0, parked: 0 };
const freeKinds = new Set<string>();

/** A version of the program takes the place of the one before. */
async function deploy(source: string): Promise<AnyFunction> {
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(`${process.pid}-${++files}.mjs`, FOLDER);
  const code = emitThroughText({ name: 'edited', file: FILE, folder: '', source });
  writeFileSync(file, code.replace(/(define\(\{\s*"id":\s*")/g, '$1edited-'));
  const { main } = (await import(/* @vite-ignore */ pathToFileURL(file.pathname).href)) as {
    main: AnyFunction;
  };
  return main;
}

/** All kinds; those that are free at times come more often, since the runs of free edits are what is looked at. */
const KINDS = [...Object.keys(EDITS), 'argument', 'change', 'rename', 'since'];

const ORDER: readonly Freedom[] = ['free', 'passed', 'breaking'];

/** The worst verdict of all functions, as `durable check --against` has it. */
function verdictOf(before: string, after: string): Freedom {
  const old = knownCodeOf(before, FILE);
  const now = knownCodeOf(after, FILE, new Set(['edited']));
  const verdicts = [...old].map(([id, known]) => judge(known, now.get(id)).verdict);
  return ORDER[Math.max(...verdicts.map((one) => ORDER.indexOf(one)))]!;
}

/** What the new code makes of a run of the old one. */
async function resume(store: Store, id: string): Promise<Execution> {
  const runtime = createRuntime({ store, onBlocked: () => {} });
  const watch = observe(id);
  try {
    const [handle] = await runtime.recover();
    const outcome = await settled(handle!.result());
    return { outcome, events: eventsOf(store, id), ...watch.seen() };
  } finally {
    watch.stop();
    await runtime.close();
  }
}

const isParked = ({ outcome }: Execution): boolean =>
  outcome.status === 'rejected' && outcome.reason instanceof NonDeterminismError;

/** What the steps of a run gave, by their keys. */
const recordedBy = (events: readonly JournalEvent[]): ReadonlyMap<string, string> =>
  new Map(
    events.flatMap((event) => (event.type === 'step' ? [[event.key, `${event.ok} ${event.value}`]] : [])),
  );

async function check(source: string, edited: string, kind: string, order: string): Promise<void> {
  const verdict = verdictOf(source, edited);
  seen.edits++;
  if (verdict !== 'free') {
    seen.other++;
    return;
  }
  seen.free++;
  freeKinds.add(kind);
  await clock.run(async () => {
    const old = await execute(await deploy(source));
    const definitions = [...codeOf(old.events).keys()].map((fn) => findDefinition(fn)!);
    const prefixes = old.events.slice(0, -1).map((_, index) => old.events.slice(0, index + 1));
    const stride = Math.ceil(prefixes.length / MOMENTS);
    const main = await deploy(edited);
    const whole = await execute(main);
    const known = recordedBy(whole.events);
    for (const [index, prefix] of prefixes.entries()) {
      if (index % stride !== 0) continue;
      const id = `run-of-edited-${++files}`;
      const store = storeWith(id, prefix);
      for (const definition of definitions) await new Manifests(store).keep(definition);
      const resumed = await resume(store, id);
      const when = `${kind}, behind event ${prefix.length - 1} (${JSON.stringify(prefix.at(-1)).slice(0, 100)})`;
      expect(
        isParked(resumed) ? (resumed.outcome as PromiseRejectedResult).reason.message : 'goes on',
        when,
      ).toBe('goes on');
      seen.resumed++;
      const recorded = recordedBy(prefix);
      const called = resumed.effects.map(({ key }) => key);
      expect(
        called.filter((key) => key !== undefined && recorded.has(key)),
        `recorded steps that are called again ${when}`,
      ).toEqual([]);
      if (order === 'free' || [...recorded].some(([key, value]) => known.get(key) !== value)) continue;
      // Nothing that is recorded would be another: it is a run of the new code.
      seen.equal++;
      expect(comparable(resumed.outcome), `the result ${when}`).toEqual(comparable(whole.outcome));
      // A run that has passed a new branch by version goes on without it.
      const names = (events: readonly JournalEvent[]): readonly string[] =>
        [...recordedBy(events).keys()].filter((key) => !key.endsWith('#edited')).sort();
      expect(names(resumed.events), `the steps ${when}`).toEqual(names(whole.events));
    }
  });
}

function accepted(source: string): boolean {
  const { diagnostics } = transform(source, { fileName: FILE });
  return diagnostics.every(({ severity }) => severity !== 'error');
}

describe('random edits of random programs', () => {
  afterAll(() => {
    if (existsSync(FOLDER)) rmSync(FOLDER, { recursive: true });
    if (process.env.RANDOM_SHOW) console.log(JSON.stringify({ ...seen, freeKinds: [...freeKinds].sort() }));
  });

  it('that are called free never park a run, and mean what the new code means', {
    timeout: LIMIT_MS,
  }, async () => {
    const edit = fc.record({ shape: shapes, kind: fc.constantFrom(...KINDS), choice: fc.nat() });
    await fc.assert(
      fc.asyncProperty(edit, async ({ shape, kind, choice }) => {
        const { source, order } = render(shape);
        const file = ts.createSourceFile(FILE, source, ts.ScriptTarget.ESNext, true);
        const edited = EDITS[kind]!(source, file, (count) => (count === 0 ? 0 : choice % count));
        if (edited === undefined) return;
        const [before, after] = bothWithPrelude(source, edited);
        if (!accepted(before) || !accepted(after)) return;
        await check(before, after, kind, order).catch((error: unknown) => {
          throw new Error(`${kind} of\n${before}\n\nto\n${after}`, { cause: error });
        });
      }),
      {
        numRuns: RUNS,
        seed: SEED,
        ...(RANDOM_PATH !== undefined && { path: RANDOM_PATH }),
        interruptAfterTimeLimit: LIMIT_MS - 5_000,
      },
    );
    if (RANDOM_PATH !== undefined || RANDOM_SEED !== DEFAULT_SEED) return;
    expect(seen.free, 'free edits').toBeGreaterThan(seen.edits / 10);
    expect(seen.equal, 'runs that are compared with the new code').toBeGreaterThan(seen.resumed / 4);
  });
});

/** Both with what either calls, so that what they import is the same. */
function bothWithPrelude(source: string, edited: string): readonly [string, string] {
  const missing = [
    ...(/\bget\(/.test(edited) && !/function get\(/.test(edited) ? [GET] : []),
    ...(/\bsince\(/.test(edited) ? ["import { since } from 'use-durable';\n"] : []),
  ].join('');
  return [missing + source, missing + edited];
}

/** What the inserted calls call, in programs that don't call it. */
const GET = `async function get(n: number, ms = 1): Promise<number> {
  const { effect, later } = await import('../../support/effects.ts');
  effect(\`get \${n}\`);
  return later(ms, (n % 7) + 1);
}
`;
