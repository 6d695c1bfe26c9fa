import { StoreError } from '../../base/errors.ts';
import { replayOver, replayStartsNoRuns } from '../../base/messages/testing.ts';
import type { AnyFunction, Definition } from '../../functions/definition.ts';
import { compiledDefinition, isOf } from '../../functions/definitions.ts';
import type { Manifest } from '../../functions/manifest.ts';
import type { JournalEvent, RunEnded } from '../../journal/events.ts';
import { readJournal } from '../../journal/journal-text.ts';
import { describeEvent } from '../../journal/mismatch.ts';
import { placeIn } from '../../journal/mismatch-text.ts';
import { Manifests } from '../../local/run/manifests.ts';
import type { CallRecord } from '../../port/backend.ts';
import type { Substitute } from '../../run/test-hooks.ts';
import { memoryStore } from '../../stores/memory.ts';
import type { Append } from '../../stores/store.ts';
import { decode, decodeError } from '../../values/codec.ts';
import { compareOutcomes } from './differences.ts';
import { VirtualRuntime } from './runtime.ts';
import { StepDirector } from './steps.ts';
import { altered, holdRun } from './store-log.ts';
import { VirtualTime, workOf } from './virtual-time.ts';

/** How long a module may take to load that the code imports, in ms. */
const FOREIGN_MS = 1000;

/** Whether a journal fits the code, and if it doesn't, what a person needs to know. */
export type Replay = { readonly fits: true } | { readonly fits: false; readonly reason: string };

/**
 * Replays a recorded journal against a function as it is now: `replay(registerUser, await handle.exportJournal())`. No step is
 * called, no other run is started, and no time passes. The journal of an unfinished run fits if the code requests all that is
 * recorded. The journal of a finished run fits if the code also ends in the same way.
 *
 * Rejects with NotCompiledError, and with MisuseError for a text that is not a journal.
 */
export async function replay(fn: AnyFunction, journal: string): Promise<Replay> {
  const definition = compiledDefinition(fn, `The function "${fn.name}"`);
  const copy = readJournal(journal);
  if (!isOf(copy.fn, definition)) {
    return refuse(
      `The journal is of the durable function "${copy.fn}", and this one is "${definition.id}". If it was renamed, keep ` +
        `its id with the directive 'use durable as ${copy.fn}'.`,
    );
  }
  const { events, manifests = [] } = copy;
  const last = events.at(-1);
  const ended = last?.type === 'run-ended' ? last : undefined;
  const recorded = ended === undefined ? events : events.slice(0, -1);
  return replayEvents(definition, copy.id, { recorded, ended, manifests });
}

export interface Recorded {
  readonly recorded: readonly JournalEvent[];
  /** How the run has ended. */
  readonly ended: RunEnded | undefined;
  readonly manifests: readonly Manifest[];
}

/** Like `replay`, of events. `ended` is how the run has ended, if it has. Nothing is written, and no step is called. */
export async function replayEvents(
  definition: Definition,
  id: string,
  { recorded: events, ended, manifests }: Recorded,
): Promise<Replay> {
  const store = memoryStore();
  await new Manifests(store).add(manifests);
  holdRun(store, id, events);
  const time = new VirtualTime(events.at(-1)?.at ?? 0, FOREIGN_MS);
  const sink = new Sink();
  const absent = new AbsentSteps(events, ended !== undefined, time);
  const watched = altered(store, (name, method) => {
    if (name === 'append') return (batch) => sink.append(batch as readonly Append[]);
    return name === 'create' ? () => sink.create() : method;
  });
  const hooks = { substitute: absent.substitute };
  const runtime = new VirtualRuntime(watched, time, new StepDirector(), { hooks, onBlocked: () => {} });
  try {
    await runtime.recover();
    await time.quiet();
    const { status, reason } = runtime.progress.load(id).record;
    if (status === 'blocked') return refuse(reason ?? 'The run is blocked.');
    if (ended === undefined) return { fits: true };
    return judgeEnd(definition, ended, sink.end, runtime.progress.unanswered(id));
  } finally {
    sink.close();
    absent.end();
    await runtime.close();
  }
}

function judgeEnd(
  definition: Definition,
  recorded: RunEnded,
  now: RunEnded | undefined,
  waiting: readonly string[],
): Replay {
  if (now === undefined) {
    return refuse(
      `The journal has ${describeEvent(recorded, placeIn(definition))} where the code goes on: it asks for ${waiting.join(', ')}.`,
    );
  }
  const difference = compareOutcomes(outcomeOf(recorded, definition), outcomeOf(now, definition));
  if (difference === undefined) return { fits: true };
  const { what, expected, actual } = difference;
  return refuse(`All that is recorded fits, but ${what}.\n  recorded: ${expected}\n  the code: ${actual}`);
}

function outcomeOf({ ok, value }: RunEnded, { classes }: Definition): PromiseSettledResult<unknown> {
  return ok
    ? { status: 'fulfilled', value: decode(value, classes) }
    : { status: 'rejected', reason: decodeError(value, classes) };
}

const refuse = (reason: string): Replay => ({ fits: false, reason });

/** Takes the events that the run would write, and lets it wait until the replay has been judged. */
class Sink {
  /** How the run ends. */
  end: RunEnded | undefined;
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  /** The code continues beyond the journal, and starts a run. */
  create(): Promise<never> {
    return new Promise((_, reject) => this.#waiting.push(() => reject(new StoreError(replayStartsNoRuns()))));
  }

  append(batch: readonly Append[]): readonly string[] | Promise<readonly string[]> {
    const refused = batch.map(({ claim }) => claim.runId);
    if (this.#closed) return refused;
    for (const { events } of batch) {
      for (const event of events) if (event.type === 'run-ended') this.end = event;
    }
    return new Promise((resolve) => this.#waiting.push(() => resolve(refused)));
  }

  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting) resolve();
  }
}

/** Steps that are under way for ever. What is recorded as no step is workflow code, and is called. */
class AbsentSteps {
  readonly #plain: ReadonlySet<string>;
  /** All that began is recorded. */
  readonly #isWhole: boolean;
  readonly #begun: ReadonlySet<string>;
  readonly #time: VirtualTime;
  readonly #open: ((error: Error) => void)[] = [];

  constructor(events: readonly JournalEvent[], isWhole: boolean, time: VirtualTime) {
    this.#plain = keysOf(events, 'plain', 'made');
    this.#begun = keysOf(events, 'begun');
    this.#isWhole = isWhole;
    this.#time = time;
  }

  readonly substitute: Substitute = ({ runId, key, quiet }, body) =>
    this.#plain.has(key) || quiet === 'no step' || (quiet && this.#isWhole && !this.#begun.has(key))
      ? body
      : () => {
          this.#time.rest(workOf(runId, key), true);
          return new Promise((_, reject) => this.#open.push(reject));
        };

  end(): void {
    for (const reject of this.#open) reject(new StoreError(replayOver()));
  }
}

const keysOf = (events: readonly JournalEvent[], ...types: readonly CallRecord[]): ReadonlySet<string> => {
  const kinds: ReadonlySet<string> = new Set(types);
  return new Set(events.flatMap((event) => (kinds.has(event.type) && 'key' in event ? [event.key] : [])));
};
