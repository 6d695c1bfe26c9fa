/** The outside: starts runs, sends them what they wait for, cancels some, and knows what must come of each. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import type { Handle } from '../../runtime/index.ts';
import type { RunEnded } from '../../runtime/journal/events.ts';
import { decode, decodeError } from '../../runtime/values/codec.ts';
import { outside } from './outside.ts';
import { mailPrograms, randomProgram, type Subject } from './programs.ts';
import type { Random } from './random.ts';
import { dueOf } from './schedule-truth.ts';
import type { Simulation, Worker } from './simulation.ts';
import type { RunTruth } from './truth.ts';

/** So many seeds that follow each other share so many random programs, since to compile one takes longer than a simulation. */
const SEEDS = 100;
const PROGRAMS = 10;
/** So many workers in a row that are found gone block what they drove. */
const CRASH_LOOP = 5;

/** What a run is for. */
interface Task {
  readonly id: string;
  readonly fn: AnyFunction;
  readonly args: readonly unknown[];
  /** Undefined where the plain program says what comes of it. */
  readonly subject: Subject | undefined;
  readonly name: string;
  /** A worker has said that it was started. */
  started: boolean;
  asked: boolean;
  cancelled: boolean;
  /** What handles have said of its result. */
  readonly told: PromiseSettledResult<unknown>[];
}

const ITEMS: Readonly<Record<string, readonly string[]>> = {
  collect: ['item'],
  beside: ['left', 'right'],
  impatient: ['item'],
};

export class World {
  readonly #simulation: Simulation;
  readonly #random: Random;
  readonly #tasks: Task[] = [];
  readonly #numbers: readonly number[];
  #payload = 0;
  /** Tokens that runs gave out, and whether somebody was told that they were completed. */
  readonly #tokens = new Map<string, { readonly runId: string; done: boolean }>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#random = simulation.random.fork();
    const { runs } = simulation.profile;
    const first = Math.floor(simulation.seed / SEEDS) * PROGRAMS;
    this.#numbers = Array.from(
      { length: Math.ceil(runs / 2) },
      () => first + this.#random.between(1, PROGRAMS),
    );
  }

  /** Compiles what the runs are of. */
  async load(): Promise<void> {
    const mail = await mailPrograms();
    const random: Subject[] = [];
    for (const number of this.#numbers) random.push(await randomProgram(number));
    const names = Object.keys(mail).filter((name) => name !== 'child' && name !== 'tick');
    for (let index = 0; index < this.#simulation.profile.runs; index++) {
      const subject = random[index];
      const name = subject?.name ?? this.#random.pick(names);
      this.#tasks.push({
        id: `run-${index + 1}`,
        fn: subject?.fn ?? mail[name]!,
        args: subject
          ? []
          : [name === 'impatient' ? this.#random.spread(50, 5_000) : this.#random.between(1, 5)],
        subject,
        name,
        started: false,
        asked: false,
        cancelled: false,
        told: [],
      });
    }
  }

  begin(): void {
    const { nature, profile } = this.#simulation;
    outside().onToken = (runId, token) => this.#tokens.set(token, { runId, done: false });
    const random = this.#random;
    const burst = random.between(0, profile.length);
    for (const task of this.#tasks) {
      const at = random.chance(0.5) ? burst : random.between(0, profile.length);
      nature.after(at, () => this.#start(task));
      for (const item of ITEMS[task.name] ?? []) {
        const count = random.between(0, Number(task.args[0]) + 2);
        for (let number = 0; number < Math.min(count, 7); number++)
          nature.after(random.between(0, profile.length), () => this.#signal(task, item));
      }
      if (task.name === 'endless' || random.chance(0.15))
        nature.after(random.between(0, profile.length), () => this.#cancel(task));
    }
    for (let count = 0; count < profile.resumes; count++)
      nature.after(random.between(0, profile.length), () => this.#resume());
    for (let count = 0; count < profile.reruns; count++)
      nature.after(random.between(0, profile.length), () => this.#rerun(random.pick(this.#tasks)));
    for (let count = 0; count < profile.prunes; count++)
      nature.after(random.between(0, profile.length), () => this.#prune());
    nature.after(20, () => this.#completeSome(0.02), 20);
  }

  /** From now on what is missing is sent, so that all can end. */
  finish(): void {
    this.#simulation.nature.after(0, () => this.#complete(), 700);
  }

  /** All that was started has ended. */
  get over(): boolean {
    const { runs, pruned } = this.#simulation.truth;
    if (!this.#tasks.every(({ id, started }) => started || pruned.has(id))) return false;
    for (const { ended, blocked } of runs.values())
      if (ended === undefined && blocked === undefined) return false;
    return true;
  }

  /** What doesn't hold at the end. */
  check(): void {
    const { truth } = this.#simulation;
    if (truth.violations.length > 0) return;
    for (const task of this.#tasks) {
      const run = truth.runs.get(task.id) ?? truth.pruned.get(task.id);
      if (run === undefined) {
        truth.violate(task.started ? 'lost run' : 'stuck', `${task.id} isn't there`, task.id);
        continue;
      }
      if (run.blocked !== undefined) {
        if (!this.#isExplained(run.blocked))
          truth.violate('blocked', `${task.id} (${task.name}): ${run.blocked}`, task.id);
      } else if (run.ended === undefined)
        truth.violate('stuck', `${task.id} (${task.name}) doesn't end`, task.id);
      else this.#checkEnd(task, run);
    }
    for (const run of [...truth.runs.values(), ...truth.pruned.values()]) {
      if (run.blocked === undefined && run.ended === undefined)
        truth.violate('stuck', `${run.id} doesn't end`, run.id);
      if (dueOf(run.id) !== undefined && run.ended !== undefined && !isTick(run.ended))
        truth.violate('result', `${run.id} gave ${run.ended.value}`, run.id);
    }
  }

  /**
   * A run that is with worker after worker that dies looks like one that kills them. Those that only stood still, couldn't
   * renew their lease, or have other clocks report again, and then it doesn't.
   */
  #isExplained(reason: string): boolean {
    const { rates } = this.#simulation.profile;
    const deaths = rates.kill + rates.doom + rates.close;
    return / is in a crash loop: /.test(reason) && deaths >= CRASH_LOOP;
  }

  #checkEnd(task: Task, run: RunTruth): void {
    const { truth } = this.#simulation;
    const classes = definitionOf(task.fn)?.classes;
    const outcomeOf = ({ ok, value }: RunEnded): PromiseSettledResult<unknown> =>
      ok
        ? { status: 'fulfilled', value: decode(value, classes) }
        : { status: 'rejected', reason: decodeError(value, classes) };
    const { cancelled } = run.ended!;
    const outcome = outcomeOf(run.ended!);
    const ends = run.ends.map((end) => readable(outcomeOf(end)));
    for (const told of task.told) {
      if (told.status === 'rejected' && isAboutWorker(told.reason)) continue;
      if (!ends.some((end) => isDeepStrictEqual(readable(told), end)))
        truth.violate('told otherwise', `${task.id}: ${show(told)} instead of ${show(outcome)}`, task.id);
    }
    const wasCancelled = run.events.some(({ type }) => type === 'cancel-requested');
    if (wasCancelled !== (cancelled === true) && !wasCancelled)
      truth.violate('result', `${task.id} says that it was cancelled`, task.id);
    if (wasCancelled) {
      if (!task.cancelled) truth.violate('result', `${task.id} was cancelled by nobody`, task.id);
      return;
    }
    if (!this.#isRight(task, run, outcome))
      truth.violate('result', `${task.id} (${task.name}) gave ${show(outcome)}`, task.id);
  }

  #isRight(task: Task, run: RunTruth, outcome: PromiseSettledResult<unknown>): boolean {
    const { subject, name, args } = task;
    if (subject !== undefined) return isDeepStrictEqual(readable(outcome), readable(subject.outcome));
    if (outcome.status === 'rejected') return false;
    const count = Number(args[0]);
    const numbers = Array.from({ length: count }, (_, index) => index);
    const sent = (item: string): unknown[] =>
      run.sent
        .filter((message) => message.kind === 'signal' && message.name === item)
        .map(({ value }) => decode(value));
    const { value } = outcome;
    switch (name) {
      case 'collect':
        return isDeepStrictEqual(value, sent('item').slice(0, count));
      case 'beside':
        return isDeepStrictEqual(value, {
          left: sent('left').slice(0, count),
          right: sent('right').slice(0, count),
        });
      case 'impatient': {
        const { taken, ended } = value as { taken: unknown[]; ended: string };
        return ended === 'TimeoutError' && isDeepStrictEqual(taken, sent('item').slice(0, taken.length));
      }
      case 'confirm': {
        const { answer, noted } = value as { answer: unknown; noted: unknown };
        const created = run.events.find(({ type }) => type === 'callback-created') as { token?: string };
        const message = run.sent.find(({ name: token }) => token === created?.token);
        return message !== undefined && answer === decode(message.value) && noted === `noted ${answer}`;
      }
      case 'family': {
        const results = numbers.map((index) => (index % 3 === 2 ? `child ${index}` : `noted child ${index}`));
        // Those of a run that was cancelled first and resumed then may have been cancelled with it.
        return (value as unknown[]).every(
          (result, index) =>
            result === results[index] || (task.cancelled && / was cancelled/.test(String(result))),
        );
      }
      case 'once':
        return (value as string[]).every(
          (text, index) => text === `noted ${index}` || text === 'StepInterruptedError',
        );
      case 'stubborn':
        return isDeepStrictEqual(
          value,
          numbers.map((index) => (index % 4) + 1),
        );
      default:
        return false;
    }
  }

  /** Somebody asks a worker, if one is there that answers. */
  #ask(what: string, ask: (worker: Worker) => Promise<unknown>): void {
    const able = this.#simulation.workers.filter(({ process }) => process.loop.state === 'running');
    if (able.length === 0) return;
    const worker = this.#random.pick(able);
    this.#simulation.trace.add('world', worker.process.name, what);
    worker.process.loop.turn(() => {
      ask(worker).catch((error: unknown) =>
        this.#simulation.trace.add(
          'world',
          worker.process.name,
          `${what} fails: ${(error as Error).message}`,
        ),
      );
    });
  }

  #start(task: Task): void {
    this.#ask(`is to start ${task.id} (${task.name})`, async ({ runtime }) => {
      const handle = await runtime.start(task.fn, [...task.args], { id: task.id });
      task.started = true;
      this.#follow(task, handle);
    });
  }

  #follow(task: Task, handle: Handle): void {
    handle.result().then(
      (value) => task.told.push({ status: 'fulfilled', value }),
      (reason) => task.told.push({ status: 'rejected', reason }),
    );
  }

  /** Mostly of those that didn't go well: others are refused. */
  #resume(): void {
    const { runs } = this.#simulation.truth;
    const failed = this.#tasks.filter(({ id }) => runs.get(id)?.ended?.ok === false);
    if (failed.length === 0 && this.#random.chance(0.8)) return;
    const task = this.#random.pick(failed.length > 0 ? failed : this.#tasks);
    const forget = this.#random.chance(0.7);
    this.#ask(`is to resume ${task.id}`, async ({ runtime }) =>
      this.#follow(task, await runtime.resume(task.id, { forget })),
    );
  }

  #rerun(task: Task): void {
    const id = `${task.id}-again-${this.#tasks.length}`;
    // It may fail to start, and is started with the same arguments at the end then.
    const again: Task = { ...task, id, started: false, asked: false, cancelled: false, told: [] };
    this.#tasks.push(again);
    this.#ask(`is to run ${task.id} again as ${id}`, async ({ runtime }) => {
      const handle = await runtime.rerun(task.id, { id });
      again.started = true;
      this.#follow(again, handle);
    });
  }

  #prune(): void {
    const age = this.#random.spread(1, 5_000);
    this.#ask(`is to remove what ended ${age} ms ago`, ({ runtime }) => runtime.prune(age));
  }

  #signal(task: Task, item: string): void {
    const payload = `${item} ${++this.#payload}`;
    this.#ask(`is to send "${payload}" to ${task.id}`, async ({ runtime }) => {
      const handle = await runtime.get(task.id);
      await handle?.signal(item, payload);
    });
  }

  #cancel(task: Task): void {
    task.cancelled = true;
    this.#ask(`is to cancel ${task.id}`, async ({ runtime }) => {
      const handle = await runtime.get(task.id);
      await handle?.cancel();
    });
  }

  #completeSome(probability: number): void {
    for (const [token, { runId, done }] of this.#tokens) {
      if (done || !this.#random.chance(probability)) continue;
      const answer = `answer ${++this.#payload}`;
      this.#ask(`is to complete the callback of ${runId}`, async ({ runtime }) => {
        try {
          await runtime.complete(token, answer);
          this.#tokens.set(token, { runId, done: true });
        } catch (error) {
          // Somebody may have done so without having heard of it.
          if ((error as { code?: string }).code === 'CALLBACK')
            this.#tokens.set(token, { runId, done: true });
          throw error;
        }
      });
    }
  }

  #complete(): void {
    const { truth } = this.#simulation;
    for (const task of this.#tasks) {
      const run = truth.runs.get(task.id);
      // What was removed since would be done again.
      if (!task.started && !truth.pruned.has(task.id)) this.#start(task);
      if (run === undefined || run.ended !== undefined) continue;
      if (task.name === 'endless') this.#cancel(task);
      if (task.name === 'impatient') continue;
      for (const item of ITEMS[task.name] ?? []) {
        const sent = run.sent.filter(({ name }) => name === item).length;
        for (let count = sent; count < Number(task.args[0]); count++) this.#signal(task, item);
      }
    }
    this.#completeSome(1);
  }
}

const isTick = ({ ok, value, cancelled }: RunEnded): boolean =>
  ok && cancelled !== true && decode(value) === 'noted tick';

/** A rejection that says nothing of the run, but of the worker that was asked. */
const isAboutWorker = (reason: unknown): boolean =>
  ['STORE', 'LEASE_LOST', 'RUNTIME_CLOSED', 'MISUSE'].includes((reason as { code?: string }).code ?? '');

/** Errors by what a program can read of them, but for the classes: each copy of a module has its own. */
function readable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error)) return outcome;
  const { reason } = outcome;
  return { thrown: reason.name, message: reason.message, properties: { ...reason } };
}

const show = (outcome: PromiseSettledResult<unknown>): string => JSON.stringify(readable(outcome));
