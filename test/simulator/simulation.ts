/** One simulation: several workers over one store in virtual time, and a seed that says what goes wrong. */

import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { createRuntime, type Runtime, type Store } from '../../runtime/index.ts';
import type { RuntimeHooks } from '../../runtime/local/time/runtime-hooks.ts';
import { currentContext } from '../../runtime/run/context.ts';
import type { Substitute } from '../../runtime/run/test-hooks.ts';
import { takeEffects } from '../support/effects.ts';
import { Faults } from './faults.ts';
import { type Passage, storeFor, type Weather } from './faulty-store.ts';
import { surrounded } from './globals.ts';
import { type Loop, Loops } from './loop.ts';
import { Process } from './process.ts';
import { choose, type Profile } from './profile.ts';
import { mailPrograms } from './programs.ts';
import { Random } from './random.ts';
import { CRON, SCHEDULE } from './schedule-truth.ts';
import { type Kind, type Stores, storesOf } from './stores.ts';
import { Trace } from './trace.ts';
import { Truth, type Violation } from './truth.ts';
import { World } from './world.ts';

const START = 1_750_000_000_000;
/** How long runs may take to their ends once nothing goes wrong any more, in ms of virtual time. */
const PATIENCE_MS = 400_000;
/** The longest waits that random programs have where their length doesn't matter, in ms. */
const SHORT_MS = 50;
/** More than any simulation needs. */
const MOST_ACTIONS = 400_000;

export interface Result {
  readonly violations: readonly Violation[];
  readonly trace: Trace;
  readonly profile: Profile;
  readonly actions: number;
  readonly runs: number;
  readonly faults: number;
  /** Virtual ms. */
  readonly time: number;
  /** See `Truth.excused`. */
  readonly excused: number;
}

export interface Wish {
  /** Default: in memory. */
  readonly kind?: Kind;
  /** What is put in the place of the store, to see that it is found. */
  readonly planted?: (store: Store) => Store;
}

export async function simulate(seed: number, { kind = 'memory', planted }: Wish = {}): Promise<Result> {
  const processes = new Map<number, Process>();
  const stores = storesOf(kind, processes);
  try {
    const simulation = new Simulation(seed, processes, planted ? instead(stores, planted) : stores);
    return await simulation.run();
  } finally {
    stores.remove();
  }
}

/** Each store is replaced once. */
function instead(stores: Stores, planted: (store: Store) => Store): Stores {
  const replaced = new Map<Store, Store>();
  return {
    of: (process) => {
      const store = stores.of(process);
      if (!replaced.has(store)) replaced.set(store, planted(store));
      return replaced.get(store)!;
    },
    remove: () => stores.remove(),
  };
}

/** Keeps the schedule in this process, as soon as the store answers. */
function keepSchedule({ loop }: Process, runtime: Runtime, tick: AnyFunction): void {
  const keep = (): void =>
    void runtime.schedule(SCHEDULE, { cron: CRON }, tick, []).catch((error: { code?: string }) => {
      if (error.code === 'STORE') loop.after(500, keep);
    });
  keep();
}

/** A process with a worker in it. */
export interface Worker {
  readonly process: Process;
  readonly runtime: Runtime;
}

export class Simulation {
  readonly seed: number;
  readonly random: Random;
  readonly loops: Loops;
  /** What happens by itself: faults, and the outside. */
  readonly nature: Loop;
  readonly trace: Trace;
  readonly truth: Truth;
  readonly profile: Profile;
  readonly weather: Weather = {
    failed: 0,
    unanswered: 0,
    down: false,
    sick: new Set(),
    deaf: new Set(),
    doomed: new Map(),
  };
  readonly processes: Map<number, Process>;
  readonly workers: Worker[] = [];
  /** Clocks differ, or have. */
  uncertain = false;
  tick: AnyFunction = () => {};
  #spawned = 0;
  readonly #network: Loop;
  readonly #storeRandom: Random;
  readonly #stepRandom: Random;

  constructor(seed: number, processes: Map<number, Process>, stores: Stores) {
    this.seed = seed;
    this.processes = processes;
    this.random = new Random(seed);
    this.profile = choose(this.random.fork());
    this.loops = new Loops(START, this.random.fork());
    this.nature = this.loops.add('nature');
    this.#network = this.loops.add('network');
    this.#storeRandom = this.random.fork();
    this.#stepRandom = this.random.fork();
    this.trace = new Trace(() => this.loops.now - START);
    this.truth = new Truth(stores, processes);
    this.uncertain = this.profile.skew > 0 || this.profile.rates.jump > 0;
  }

  async run(): Promise<Result> {
    const world = new World(this);
    await world.load();
    this.tick = (await mailPrograms()).tick!;
    // Loaded by the first schedule, and in virtual time nothing may wait for a file.
    await import('croner');
    const faults = new Faults(this, world);
    const { trace, truth, loops, profile } = this;
    trace.add('fault', 'seed', JSON.stringify(profile));
    const around = {
      loops,
      random: this.#stepRandom,
      now: () => this.#acting()?.now() ?? loops.now,
      pace: (ms: number) => this.#pace(ms),
      warned: () => {},
      rejected: (reason: unknown) => truth.violate('rejection', `nobody handles ${String(reason)}`),
    };
    const end = START + profile.length + PATIENCE_MS;
    await surrounded(around, async () => {
      for (let count = 0; count < profile.workers; count++) this.spawn();
      world.begin();
      faults.begin();
      const isOver = (): boolean =>
        truth.violations.length > 0 ||
        loops.actions > MOST_ACTIONS ||
        loops.now > end ||
        (faults.over && world.over);
      try {
        await loops.run(isOver);
      } catch (error) {
        truth.violate('thrown', String((error as Error).stack));
      }
      for (const { process } of [...this.workers]) process.loop.die();
    });
    takeEffects();
    world.check();
    return {
      violations: truth.violations,
      trace,
      profile,
      actions: loops.actions,
      runs: truth.runs.size,
      faults: faults.count,
      time: loops.now - START,
      excused: truth.excused,
    };
  }

  /** Short waits take longer, each another time; long ones take less. What is much longer still takes longer. */
  #pace(ms: number): number {
    const { slowest } = this.profile;
    if (ms <= SHORT_MS) return ms * this.#stepRandom.spread(1, slowest);
    return SHORT_MS * slowest + ms / 20;
  }

  #acting(): Process | undefined {
    const { acting } = this.loops;
    for (const process of this.processes.values()) if (process.loop === acting) return process;
    return undefined;
  }

  /** A new process with a worker, which takes up what is free. */
  spawn(): void {
    const { profile, random } = this;
    const number = ++this.#spawned;
    const process = new Process(
      this.loops,
      {
        name: `w${number}`,
        host: `host-${profile.hosts === 1 ? 1 : 1 + (number % profile.hosts)}`,
        pid: 2_000_000_000 + number,
        ahead: random.between(-profile.skew, profile.skew),
      },
      random.fork(),
    );
    this.processes.set(process.pid, process);
    this.trace.add('fault', process.name, `begins on ${process.host}, ${process.ahead} ms ahead`);
    process.loop.turn(() => {
      const runtime = this.#createRuntime(process);
      this.workers.push({ process, runtime });
      if (profile.scheduled) keepSchedule(process, runtime, this.tick);
      const recover = (): void =>
        void runtime.recover().then(
          (handles) => {
            for (const handle of handles) handle.result().catch(() => {});
          },
          () => process.loop.after(500, recover),
        );
      recover();
    });
  }

  #createRuntime(process: Process): Runtime {
    const { profile } = this;
    const passage: Passage = {
      network: this.#network,
      truth: this.truth,
      weather: this.weather,
      random: this.#storeRandom,
      trace: this.trace,
      latency: profile.latency,
      kill: (dying) => this.kill(dying),
    };
    const hooks: RuntimeHooks = {
      turn: (callback) => process.loop.turn(callback),
      system: process,
      alone: false,
      random: () => this.#stepRandom.float(),
      substitute: this.#substitute(process),
    };
    return createRuntime({
      store: storeFor(process, passage),
      clock: process,
      hooks: hooks,
      leaseMs: profile.leaseMs,
      parkAfterMs: profile.parkAfterMs,
      maxRuns: profile.maxRuns,
      ...(profile.maxSteps === undefined ? {} : { maxSteps: profile.maxSteps }),
      onBlocked: ({ id, error }) => this.trace.add('work', process.name, `blocks ${id}: ${error.message}`),
    });
  }

  /** Each call of a step is held against what is recorded. */
  #substitute(process: Process): Substitute {
    return ({ runId, key, quiet }, body) => {
      if (quiet === 'no step') return body;
      return () => {
        // Its code goes on to the end of the turn in which it died.
        if (process.isDead) return new Promise(() => {});
        const context = currentContext();
        const attempt = context?.place === 'step' ? context.attempt : 1;
        this.trace.add(
          'work',
          process.name,
          `calls ${key} of ${runId}${attempt === 1 ? '' : `, attempt ${attempt}`}`,
        );
        this.truth.called(process, runId, key, attempt, this.uncertain);
        if (key.endsWith('"once"')) this.truth.calledOnce(process, runId, key, attempt);
        return body();
      };
    };
  }

  kill(process: Process): void {
    this.trace.add('fault', process.name, 'dies');
    process.loop.die();
    const index = this.workers.findIndex((worker) => worker.process === process);
    if (index !== -1) this.workers.splice(index, 1);
  }
}
