/**
 * Runs in long steps whose workers die, by one of them or by others: how long they take to their ends once that is over, in virtual
 * time. They have recorded nothing, so they are suspects all together.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { createRuntime, type Runtime, type Store } from '../../runtime/index.ts';
import { surrounded } from './globals.ts';
import { Loops } from './loop.ts';
import { outside } from './outside.ts';
import { Process } from './process.ts';
import { longPrograms, removePrograms } from './programs.ts';
import { Random } from './random.ts';
import { storesOf } from './stores.ts';

const START = 1_750_000_000_000;
/** How long the step of an innocent run takes, in ms. */
const STEP_MS = 20_000;
/** A supervisor starts the next worker after so long. */
const RESTART_MS = 500;
const LATEST_MS = 3_600_000;

let programs: Record<string, AnyFunction>;
beforeAll(async () => {
  programs = await longPrograms();
});
afterAll(removePrograms);

/** One worker after the other over one store. */
class Succession {
  readonly loops: Loops;
  readonly #processes = new Map<number, Process>();
  readonly #stores = storesOf('memory', this.#processes);
  readonly #random: Random;
  #started = 0;
  current!: { readonly process: Process; readonly runtime: Runtime };
  /** How many workers have died. */
  deaths = 0;
  readonly blocked: string[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.loops = new Loops(START, this.#random.fork());
  }

  get store(): Store {
    return this.#stores.of(this.current.process);
  }

  /** @param begun called once in the loop of the new process */
  start(begun?: (runtime: Runtime) => void): void {
    const pid = 2_000_000_000 + ++this.#started;
    const process = new Process(
      this.loops,
      { name: `w${this.#started}`, host: 'host', pid, ahead: 0 },
      this.#random.fork(),
    );
    this.#processes.set(pid, process);
    process.loop.turn(() => {
      const runtime = createRuntime({
        store: this.#stores.of(process),
        clock: process,
        leaseMs: 8_000,
        maxRuns: Number.POSITIVE_INFINITY,
        hooks: {
          turn: (callback) => process.loop.turn(callback),
          system: process,
          alone: false,
          random: () => this.#random.float(),
        },
        onBlocked: ({ id }) => this.blocked.push(id),
      });
      this.current = { process, runtime };
      begun?.(runtime);
      void runtime.recover().then((handles) => {
        for (const handle of handles) handle.result().catch(() => {});
      });
    });
  }

  /** The worker dies, and its supervisor starts the next one. */
  die(nature: ReturnType<Loops['add']>): void {
    this.deaths++;
    this.current.process.loop.die();
    nature.after(RESTART_MS, () => this.start());
  }
}

interface Ending {
  /** Virtual ms from the last kill from outside, or from the beginning, to the end of the last innocent run. */
  readonly ms: number;
  readonly deaths: number;
  readonly blocked: readonly string[];
}

/** @param kills when the worker is killed from outside, in ms after it began; one after the other */
async function play(innocents: number, killer: boolean, kills: readonly number[]): Promise<Ending> {
  const workers = new Succession(innocents);
  const { loops } = workers;
  const nature = loops.add('nature');
  const around = {
    loops,
    random: new Random(1),
    now: () => loops.now,
    pace: (ms: number) => ms,
    warned: () => {},
    rejected: (reason: unknown) => {
      throw reason;
    },
  };
  let last = START;
  outside().onEnd = () => workers.die(nature);
  const start = (runtime: Runtime): void => {
    const started = (fn: AnyFunction, args: readonly unknown[], id: string): void =>
      void runtime.start(fn, args as never, { id }).then((handle) => handle.result().catch(() => {}));
    for (let n = 0; n < innocents; n++) started(programs.long!, [STEP_MS], `innocent ${n}`);
    if (killer) started(programs.deadly!, [], 'killer');
  };
  let at = 0;
  for (const ms of kills) {
    at += ms + RESTART_MS;
    nature.after(at, () => {
      last = loops.now;
      workers.die(nature);
    });
  }
  let open = Number.POSITIVE_INFINITY;
  const count = async (): Promise<void> => {
    const records = await workers.store.list({ limit: 10_000 });
    const innocent = records.filter(({ id }) => id !== 'killer');
    if (innocent.length === innocents) open = innocent.filter(({ status }) => status !== 'completed').length;
  };
  nature.after(0, () => void (workers.current && count()), 100);
  let over = START + LATEST_MS;
  await surrounded(around, async () => {
    workers.start(start);
    await loops.run(() => {
      if (open === 0) over = Math.min(over, loops.now);
      return loops.now > START + LATEST_MS || (open === 0 && (!killer || workers.blocked.length > 0));
    });
    workers.current.process.loop.die();
  });
  outside().onEnd = undefined;
  return { ms: over - last, deaths: workers.deaths, blocked: workers.blocked };
}

describe('innocent runs in long steps', () => {
  it('get to their ends within a few of these steps, when their workers were killed from outside', async () => {
    const { ms, deaths, blocked } = await play(60, false, [3_000, 3_000, 3_000, 3_000]);
    expect(deaths).toBe(4);
    expect(blocked).toEqual([]);
    expect(ms).toBeLessThan(6 * STEP_MS);
  });

  it('get to theirs beside a run that kills its workers, which alone is blocked', async () => {
    const { ms, deaths, blocked } = await play(60, true, []);
    expect(blocked).toEqual(['killer']);
    expect(deaths).toBeLessThanOrEqual(9);
    expect(ms).toBeLessThan(4 * STEP_MS);
  });
});
