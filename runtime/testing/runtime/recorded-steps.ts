import { StoreError } from '../../base/errors.ts';
import { processDied } from '../../base/messages/testing.ts';
import type { Outcome } from '../../port/backend.ts';
import { currentContext, type StepContext } from '../../run/context.ts';
import { deliver } from '../../run/outcome.ts';
import type { Call, Substitute } from '../../run/test-hooks.ts';
import { usedUpIn } from '../../values/codec.ts';
import { type OutcomeDifference, showData } from './differences.ts';
import { EventOrder } from './event-order.ts';
import { real } from './real-timers.ts';
import type { Change } from './store-log.ts';
import { type VirtualTime, workOf } from './virtual-time.ts';

/** A call of a step in the first execution. */
interface Known {
  /** As they were at the time of the call: what an array held then may be gone later. */
  readonly args: string;
  /** Knows which policy was found in the step, and which part of a chain failed. */
  readonly context: StepContext | undefined;
}

interface Recorded extends Outcome {
  /** Its place among all events. */
  readonly rank: number;
  /** When it came, ms since the epoch. */
  readonly due: number;
}

const idOf = (runId: string, key: string, attempt: number): string => `${runId}\n${attempt}\n${key}`;

function stepNow(): StepContext | undefined {
  const context = currentContext();
  return context?.place === 'step' ? context : undefined;
}

const attemptNow = (): number => stepNow()?.attempt ?? 1;

/** The arguments and outcomes of the steps of an execution. */
export class Recording {
  readonly #calls = new Map<string, Known>();
  readonly #outcomes = new Map<string, Recorded>();
  /** Calls that returned no promise, and so are no steps. */
  readonly #plain = new Set<string>();
  /** Calls of which only a promise is recorded, and that returned one. */
  readonly #quiet = new Set<string>();
  readonly #begun = new Set<string>();
  #order = new EventOrder([]);
  readonly #startedAt = real.now();
  #realMs = 0;

  get course(): EventOrder {
    return this.#order;
  }

  /** How long the execution took, in ms of real time. */
  get realMs(): number {
    return this.#realMs;
  }

  /** Notes the calls of an execution that is made by `inner`. */
  listen(inner: Substitute): Substitute {
    return (call, body) => {
      if (call.quiet !== undefined) this.#quiet.add(idOf(call.runId, call.key, 1));
      const run = inner(call, body);
      return () => {
        const known = { args: showData(call.args), context: stepNow() };
        this.#calls.set(idOf(call.runId, call.key, attemptNow()), known);
        return run();
      };
    };
  }

  /** Takes in what the execution has led to. */
  take(log: readonly Change[]): void {
    this.#realMs = real.now() - this.#startedAt;
    this.#order = new EventOrder(log);
    for (const [rank, change] of log.entries()) {
      if (change.type !== 'event') continue;
      const { runId, event } = change;
      if (event.type === 'plain' || event.type === 'made') this.#plain.add(idOf(runId, event.key, 1));
      else if (event.type === 'begun') this.#begun.add(idOf(runId, event.key, 1));
      else if (event.type === 'step') {
        const { ok, value, at: due } = event;
        this.#outcomes.set(idOf(runId, event.key, event.attempt), { ok, value, rank, due });
      } else if (event.type === 'attempt-failed') {
        const { value, at: due } = event;
        this.#outcomes.set(idOf(runId, event.key, event.attempt), { ok: false, value, rank, due });
      }
    }
  }

  call(runId: string, key: string, attempt: number): Known | undefined {
    return this.#calls.get(idOf(runId, key, attempt));
  }

  outcome(runId: string, key: string, attempt: number): Recorded | undefined {
    return this.#outcomes.get(idOf(runId, key, attempt));
  }

  isPlain(runId: string, key: string): boolean {
    const id = idOf(runId, key, 1);
    return this.#plain.has(id) || (this.#quiet.has(id) && !this.#begun.has(id));
  }
}

/** The run under examination, and its steps with recorded outcomes. */
interface Looked {
  readonly id: string;
  readonly steps: ReadonlySet<string>;
}

/** The calls of a later execution, compared with those of the first one. */
class Calls {
  readonly #recording: Recording;
  readonly #run: Looked;
  /** The first call that is another one. */
  difference: OutcomeDifference | undefined;
  /** The keys of the steps that were called. */
  readonly called = new Set<string>();

  constructor(recording: Recording, run: Looked) {
    this.#recording = recording;
    this.#run = run;
  }

  check({ runId, key, args }: Call, attempt: number): void {
    // Another run may continue when this one has ended, and its progress depends on timing.
    if (runId !== this.#run.id) return;
    this.called.add(key);
    if (this.difference !== undefined) return;
    const known = this.#recording.call(runId, key, attempt);
    const now = showData(args);
    const step = `step "${key}"`;
    if (this.#run.steps.has(key)) {
      this.difference = {
        what: `${step} runs twice`,
        expected: 'it is recorded, and its outcome is taken from the journal',
        actual: `it is called again with ${now}`,
      };
    } else if (known === undefined) {
      const again = attempt === 1 ? '' : ` in attempt ${attempt}`;
      this.difference = {
        what: `${step} is called${again}`,
        expected: 'it is not',
        actual: `it is called with ${now}`,
      };
    } else if (known.args !== now) {
      this.difference = { what: `${step} is called with other arguments`, expected: known.args, actual: now };
    }
  }
}

/** Really calls the steps of a later execution. */
export class CalledSteps {
  readonly #recording: Recording;
  readonly #inner: Substitute;
  readonly calls: Calls;

  /** @param inner calls them */
  constructor(recording: Recording, inner: Substitute, run: Looked) {
    this.#recording = recording;
    this.#inner = inner;
    this.calls = new Calls(recording, run);
  }

  readonly substitute: Substitute = (call, body) => {
    const perform = this.#inner(call, body);
    if (this.#recording.isPlain(call.runId, call.key)) return perform;
    return () => {
      this.calls.check(call, attemptNow());
      return perform();
    };
  };

  /** What is under way comes to its own end. */
  end(): void {}
}

/**
 * Replaces the steps of a later execution: they return what they returned in the first one, and end in that order. Notes the
 * first call that differs.
 */
export class RecordedSteps {
  readonly #recording: Recording;
  readonly #time: VirtualTime;
  readonly #inner: Substitute;
  readonly #open = new Set<(error: Error) => void>();
  readonly calls: Calls;

  /** @param inner for calls that are no steps */
  constructor(recording: Recording, time: VirtualTime, inner: Substitute, run: Looked) {
    this.#recording = recording;
    this.#time = time;
    this.#inner = inner;
    this.calls = new Calls(recording, run);
  }

  readonly substitute: Substitute = (call, body) =>
    this.#recording.isPlain(call.runId, call.key) ? this.#inner(call, body) : () => this.#perform(call);

  /** Ends all that is under way, as the process does. */
  end(): void {
    for (const reject of this.#open) reject(new StoreError(processDied()));
    this.#open.clear();
  }

  #perform(call: Call): Promise<unknown> {
    const { runId, key, definition } = call;
    const attempt = attemptNow();
    this.calls.check(call, attempt);
    this.#decideAsBefore(this.#recording.call(runId, key, attempt)?.context);
    const outcome = this.#recording.outcome(runId, key, attempt);
    const holding = stepNow()?.holding;
    return new Promise((resolve, reject) => {
      this.#open.add(reject);
      const work = workOf(runId, key);
      this.#time.rest(work, true);
      if (outcome === undefined) return;
      const end = (): void => {
        this.#open.delete(reject);
        this.#time.rest(work, false);
        holding?.useUp(usedUpIn(outcome.value));
        deliver(outcome, definition.classes, resolve, reject);
      };
      this.#time.hold({ ...outcome, end });
    });
  }

  /** The part of a chain that decides whether there is another attempt is not executed. */
  #decideAsBefore(before: StepContext | undefined): void {
    const context = stepNow();
    if (context === undefined || before === undefined) return;
    context.policy = before.policy;
    context.chain = before.chain;
  }
}
