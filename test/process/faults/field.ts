/** One store, runs in it that nobody drives in this process, workers that do and are killed, and what must hold then. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { definitionOf } from '../../../runtime/functions/definitions.ts';
import { encodeInput } from '../../../runtime/functions/input.ts';
import { fileStore, type RunStatus, type Store } from '../../../runtime/index.ts';
import type { JournalEvent, RunStarted } from '../../../runtime/journal/events.ts';
import { decode } from '../../../runtime/values/codec.ts';
import { childFile, importProgram, OUTPUT, programFile, writePrograms } from './compile.ts';
import { EFFECTS, type Effect, PACE, RELEASED } from './effects.ts';
import type { WorkerOptions } from './worker.ts';

/** Starts a worker with these flags and those of this process: Node 22.15 needs one to run TypeScript. */
export const withNodeOptions = (flags: string): readonly string[] => [
  'env',
  `NODE_OPTIONS=${process.env.NODE_OPTIONS ?? ''} ${flags}`,
];

/** What was recorded at some moment, and how many effects there had been then. */
interface Snapshot {
  readonly effects: number;
  readonly recorded: ReadonlySet<string>;
}

export class Field {
  readonly folder: string;
  readonly path: string;
  readonly store: Store;
  readonly #program: string;
  readonly #pace: number;
  readonly #effects: string;
  readonly #children = new Set<ChildProcess>();
  readonly #snapshots: Snapshot[] = [];
  /** Workers that ended by themselves, and not as they should. */
  readonly #broken: string[] = [];
  readonly #expected = new Map<string, unknown>();
  /** How many workers are kept alive. */
  #supervised = 0;

  /** @param pace how long a step takes, in ms */
  constructor(program: string, pace = 0) {
    writePrograms();
    this.folder = mkdtempSync(join(OUTPUT, 'field-'));
    this.path = join(this.folder, 'runs.db');
    this.#effects = join(this.folder, 'effects');
    this.#program = program;
    this.#pace = pace;
    this.store = fileStore(this.path);
  }

  /** Puts a run into the store, and finds out what its plain function gives. */
  async add(id: string, fn: string, args: readonly unknown[]): Promise<void> {
    const compiled: unknown = (await importProgram('compiled', this.#program))[fn];
    const definition = definitionOf(compiled as () => unknown);
    if (definition === undefined) throw new Error(`${fn} is not durable`);
    const input = await encodeInput('start', definition, args as unknown[], {});
    const started: RunStarted = {
      type: 'run-started',
      version: 1,
      fn: definition.id,
      input,
      seed: id,
      at: Date.now(),
    };
    await this.store.create(id, started, { worker: 'field', pid: 0, host: 'nowhere', leaseUntil: 0 });
    await this.store.release('field');
    const plain: (...args: readonly unknown[]) => unknown = (await importProgram('plain', this.#program))[
      fn
    ]!;
    this.#expected.set(id, await plain(...args));
  }

  /**
   * A worker, once it has begun; or undefined, if it has died by itself before.
   *
   * @param inside a command that starts it
   */
  async worker(
    options: WorkerOptions = {},
    inside: readonly string[] = [],
  ): Promise<ChildProcess | undefined> {
    const program = programFile('children', this.#program);
    const node = [process.execPath, childFile('worker'), this.path, JSON.stringify(options), program];
    const [command, ...args] = [...inside, ...node] as [string, ...string[]];
    const child = spawn(command, args, {
      env: {
        ...process.env,
        [EFFECTS]: this.#effects,
        [PACE]: String(this.#pace),
      },
      // What dies under supervision says so at length.
      stdio: ['ignore', 'inherit', this.#supervised > 0 ? 'ignore' : 'inherit', 'ipc'],
    });
    this.#children.add(child);
    const exited = once(child, 'exit').then(([code, signal]) => {
      this.#children.delete(child);
      if (this.#supervised === 0 && signal !== 'SIGKILL' && code !== 0)
        this.#broken.push(`${child.pid}: ${code ?? signal}`);
      return undefined;
    });
    return Promise.race([exited, once(child, 'message').then(() => child)]);
  }

  /** Keeps so many workers alive, until the field is closed. */
  supervise(count: number, options: WorkerOptions, inside?: readonly string[]): void {
    this.#supervised = count;
    const keep = async (): Promise<void> => {
      while (this.#supervised > 0) {
        const child = await this.worker(options, inside);
        if (child !== undefined && child.exitCode === null && child.signalCode === null)
          await once(child, 'exit');
      }
    };
    for (let n = 0; n < count; n++) void keep();
  }

  /** Ends the workers that are kept alive. */
  async unsupervise(): Promise<void> {
    this.#supervised = 0;
    await this.#killAll();
  }

  async #killAll(): Promise<void> {
    const children = [...this.#children];
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => once(child, 'exit')));
  }

  /** Kills a worker, and keeps what is recorded by then: that must not be done again. */
  async kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await this.observe();
  }

  /** Tells a worker something, and waits until it says that it has done so. */
  async tell(child: ChildProcess, order: 'close' | 'live'): Promise<void> {
    child.send(order);
    await once(child, 'message');
  }

  /** Lets a process go on that a step keeps busy. */
  release(): void {
    writeFileSync(this.#effects + RELEASED, '');
  }

  /** Stops a worker between two transactions, and waits until it stands still. */
  async stop(child: ChildProcess): Promise<void> {
    child.send('stop');
    while (!/^\d+ \(.*\) T/.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await delay(5);
  }

  /** Stops a worker wherever it is, and gives what lets it go on. */
  freeze({ pid }: ChildProcess): () => void {
    const pids = [pid!, ...childrenOf(pid!)];
    const tell = (signal: NodeJS.Signals): void => {
      for (const each of pids) {
        try {
          process.kill(each, signal);
        } catch {
          // It has died.
        }
      }
    };
    tell('SIGSTOP');
    return () => tell('SIGCONT');
  }

  /** What is recorded from now on must not be done again. */
  async observe(): Promise<void> {
    const recorded = new Set<string>();
    for (const id of this.#expected.keys())
      for (const key of stepsOf(await this.events(id))) recorded.add(`${id} ${key}`);
    // Counted after the journals were read: what comes behind was begun when they said so.
    this.#snapshots.push({ effects: this.effects().length, recorded });
  }

  async events(id: string): Promise<readonly JournalEvent[]> {
    return (await this.store.load(id))?.events ?? [];
  }

  effects(): readonly Effect[] {
    if (!existsSync(this.#effects)) return [];
    const lines = readFileSync(this.#effects, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Effect);
  }

  async count(status: RunStatus): Promise<number> {
    return (await this.store.list({ status, limit: 10_000 })).length;
  }

  /** Resolves when all runs are over. */
  async ended(): Promise<void> {
    while ((await this.count('running')) + (await this.count('blocked')) > 0) await delay(20);
  }

  /** How many calls of steps there were in a worker. */
  effectsOf({ pid }: ChildProcess): number {
    return this.effects().filter((effect) => effect.pid === pid).length;
  }

  /** The runs of which a worker has called a step. */
  runsIn({ pid }: ChildProcess): ReadonlySet<string> {
    return new Set(this.effects().flatMap((effect) => (effect.pid === pid ? [effect.run] : [])));
  }

  /** Who has recorded a step. */
  async workers(): Promise<ReadonlySet<string>> {
    const events = await Promise.all([...this.#expected.keys()].map((id) => this.events(id)));
    return new Set(events.flat().flatMap((event) => (event.type === 'step' ? [event.worker] : [])));
  }

  /** All journals. */
  async journals(): Promise<unknown> {
    return Promise.all([...this.#expected.keys()].map((id) => this.events(id)));
  }

  /** So many runs are over. */
  async completed(count: number): Promise<void> {
    while ((await this.count('completed')) < count) await delay(20);
  }

  /** Every run is there and ended once, as its plain function does, and no recorded step was called again. */
  async check(): Promise<void> {
    expect(this.#broken, 'workers that broke down').toEqual([]);
    for (const [id, expected] of this.#expected) {
      const events = await this.events(id);
      const ends = events.filter(({ type }) => type === 'run-ended');
      expect(ends, `the ends of ${id}`).toHaveLength(1);
      const [end] = ends;
      expect(events.at(-1), `the last event of ${id}`).toBe(end);
      if (end?.type !== 'run-ended' || !end.ok) throw new Error(`${id} failed`);
      expect(decode(end.value), `the result of ${id}`).toEqual(expected);
      const keys = stepsOf(events);
      expect(new Set(keys).size, `the steps of ${id} are recorded once`).toBe(keys.length);
    }
    const effects = this.effects();
    for (const { effects: from, recorded } of this.#snapshots) {
      const repeated = effects.slice(from).filter(({ run, key }) => recorded.has(`${run} ${key}`));
      expect(repeated, 'recorded steps that were called again').toEqual([]);
    }
  }

  async close(): Promise<void> {
    await this.unsupervise();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Where a worker is started by another process. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

const stepsOf = (events: readonly JournalEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.key] : []));
