/**
 * What a host of durable functions implements to be held to the one contract (`contract.ts`): our own stores, AWS Lambda
 * Durable Functions, Restate, and the plain functions themselves, from which every expected result is taken.
 *
 * The functions are in `programs/*.ts`; `compile.ts` writes them compiled and plain to files that any process can import.
 * They act on the world through `effect()` of `world.ts` only, which writes to a folder named by the environment, so an
 * engine may run them in this process or in children that inherit its environment.
 */

/** What an engine may be unable to do. Every program needs one of them; the table in docs/engines.md has a row each. */
export type Feature = keyof typeof FEATURES;

export const FEATURES = {
  steps: 'Steps, loops, waits, `try`/`catch`/`finally`',
  concurrency: 'Closures in parallel, `all`, `race`, `any`, `allSettled`, started calls',
  nesting: 'Durable functions called by durable functions',
  errors: 'Errors by class, with own properties and causes; thrown values that are no errors',
  values: 'Every kind of value',
  surroundings: 'Clock, randomness, lines of the body printed once',
  retries: 'Retries with backoff, `FatalError`, timeouts of steps',
  atMostOnce: 'Steps that are called at most once',
  signals: '`waitFor` and `signals`, kept and in order',
  signalTimeouts: '`waitFor` with a timeout',
  callbacks: 'Callbacks, completed and failed from outside',
  callbackTimeouts: 'Callbacks with a timeout',
  children: 'Runs started by runs',
  cancellation: 'Cancelling, with steps that clean up',
  branches: 'Branches by version: `since`',
} as const;

/** Why an engine can't do something. */
export interface Cannot {
  /** In words for the table in docs/engines.md. */
  readonly why: string;
  /** Name of the error that a run ends with that tries; without it nothing can be tried. */
  readonly error?: string;
}

export type Capabilities = Readonly<Record<Feature, true | Cannot>>;

/**
 * How often runs are interrupted:
 * - `never`: as little as the engine lets us;
 * - `replay`: as often as the engine can do it the body is called again from its first line, in a living process: for us
 *   after each event, for an engine that suspends at each suspension;
 * - `kill`: the process of the functions dies by SIGKILL. It does that by itself in `effect()`, at points that don't
 *   depend on time, when its environment has what `killing()` of `world.ts` gives; the engine starts it again.
 */
export type Crashes = 'never' | 'replay' | 'kill';

/** What is known of an engine without its packages: `traits.ts` has it for all of them, for the table in the docs. */
export interface Traits {
  readonly name: string;
  readonly can: Capabilities;
  /** What else there is to know of a feature that it has. */
  readonly notes?: Partial<Readonly<Record<Feature, string>>>;
  /** The modes that it has; every program runs in each of them. */
  readonly crashes: readonly Crashes[];
  /** Waits are over at once, so that a program can't be sent anything before its time is up. */
  readonly skipsTime?: true;
}

export interface Engine extends Traits {
  /** Rejects with the reason where it can't run here: a missing package, a server that doesn't start. */
  open(crash: Crashes): Promise<EngineSession>;
}

/** Everything that is started belongs to it and ends with `close`. One session serves many runs, also at once. */
export interface EngineSession {
  /** Starts a run of a program with its `args`. May reject, as `result` may, where the engine refuses the program. */
  start(program: Program): Promise<EngineRun>;
  close(): Promise<void>;
}

/** What an engine can't do, by its capabilities, is never called and may throw. */
export interface EngineRun {
  /** What `currentRun().id` is inside of it. */
  readonly id: string;
  /** The decoded result; rejects with the decoded error, of the class in `loadPrograms('compiled')` if it is one of those. */
  result(): Promise<unknown>;
  signal(name: string, payload: unknown): Promise<void>;
  complete(token: string, value: unknown): Promise<void>;
  fail(token: string, error: unknown): Promise<void>;
  cancel(reason?: string): Promise<void>;
}

/** One durable function of the contract. */
export interface Program {
  /** Name of the file in `programs/`, without extension. */
  readonly module: string;
  /** Name of the export, and the id of the function: no two programs have the same. */
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly feature: Feature;
  /**
   * How far the timing of steps may show in the order of effects: `exact` not at all (default); `any`: steps that were
   * under way start together after a crash, so only what happens is compared, not in which order.
   */
  readonly order?: 'exact' | 'any';
  /** The effect of its step that is called at most once: where the process dies in it, it may not happen at all. */
  readonly once?: string;
  /** What is sent to it has to come before a wait is over. */
  readonly racesTime?: true;
  /** What happens outside while it runs, once, however often the run crashes. */
  readonly drive?: (run: EngineRun, seen: Seen) => Promise<void>;
}

/** Waits for an effect of the run of that name, and gives its data. */
export type Seen = (name: string) => Promise<unknown>;
