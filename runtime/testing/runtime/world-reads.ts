/**
 * Finds reads of the world by code that isn't compiled, while a durable function calls it outside of a step: the clock, chance,
 * the environment. During a sweep, the functions of the platform report each read.
 */
import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { state } from '../../base/process-state.ts';
import { currentContext } from '../../run/context.ts';
import type { TestHooks } from '../../run/test-hooks.ts';

/** One place that reads, reported once. */
export interface WorldRead {
  /** `Date.now()`, `process.env.HOME`. */
  readonly what: string;
  /** The line of the project that reads, or that calls the package which reads: `/src/ids.ts:3:10`. */
  readonly place: string;
}

type Method = (...args: unknown[]) => unknown;

/** The place of a frame in the text of a stack. */
const PLACE = /\(?((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*?:\d+:\d+)\)?$/;

const placesIn = (stack: string): string[] =>
  stack.split('\n').flatMap((line) => PLACE.exec(line.trim())?.[1]?.replace(/^file:\/\//, '') ?? []);

/** The folders of the copies of this package that aren't in bundles, as stacks show them. */
const foldersOfCopies = (): string[] =>
  state.copies.flatMap(({ path }) => /^(.*?[\\/])(?:base[\\/])?process-state\.[jt]s$/.exec(path)?.[1] ?? []);

/** The place of the caller of `fn`; undefined if the caller is neither code of a user nor of a package. */
function placeOfCaller(fn: Method): string | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 40;
  Error.captureStackTrace(holder, fn);
  Error.stackTraceLimit = stackTraceLimit;
  const places = placesIn(String(holder.stack));
  const [caller] = places;
  if (caller === undefined || isOwn(caller) || caller.startsWith('node:')) return undefined;
  const isUsers = (place: string): boolean =>
    !place.includes('node_modules') && !place.startsWith('node:') && !isOwn(place);
  return places.find(isUsers) ?? caller;
}

const isOwn = (place: string): boolean => foldersOfCopies().some((folder) => place.startsWith(folder));

/** So that days, hours, minutes and parts of seconds are others in each execution. */
const AHEAD_MS = 90_061_001;

/** Whether a call returned no promise, and so is no step; known when the first execution is over. */
type IsPlain = (runId: string, key: string) => boolean;

/** The reads of one sweep. */
export class WorldReads {
  readonly #found = new Map<string, WorldRead>();
  /** Those in calls of which it isn't known yet whether they are steps. */
  readonly #open: { readonly read: WorldRead; readonly runId: string; readonly key: string }[] = [];
  #isPlain: IsPlain | undefined;
  #executions = 0;

  get all(): readonly WorldRead[] {
    return [...this.#found.values()];
  }

  /** The values that reads return in one more execution. In each, clocks show another time than before. */
  listener(): NonNullable<TestHooks['reads']> {
    const ahead = AHEAD_MS * this.#executions++;
    return (what, place, runId, key) => {
      const read = { what, place };
      if (key === undefined || this.#isPlain?.(runId, key) === true) this.#add(read);
      else if (this.#isPlain === undefined) this.#open.push({ read, runId, key });
      else return 0;
      return ahead;
    };
  }

  /** The first execution is over. */
  settle(isPlain: IsPlain): void {
    this.#isPlain = isPlain;
    for (const { read, runId, key } of this.#open) if (isPlain(runId, key)) this.#add(read);
  }

  #add(read: WorldRead): void {
    this.#found.set(`${read.what}\n${read.place}`, read);
  }
}

/**
 * Reports a read to the run to which the current code belongs, if it is workflow code. Returns how far the run's clock is
 * ahead, in ms.
 */
function tell(what: string, fn: Method): number {
  const context = currentContext();
  if (context === undefined || context.place === 'plain') return 0;
  const { run } = context;
  const listen = run.hooks?.reads;
  // A call that isn't awaited in place may be a step, or a helper.
  if (listen === undefined || (context.place === 'step' && context.undecided === undefined)) return 0;
  const place = placeOfCaller(fn);
  const key = context.place === 'step' ? context.key : undefined;
  return place === undefined ? 0 : listen(what, place, run.backend.runId, key);
}

type Restore = () => void;
const { world } = state;

/** Makes the functions of the platform report their calls. Returns a function that undoes it. Sweeps share it. */
export function watchWorld(): Restore {
  if (world.users++ === 0) world.restores = install();
  let isWatching = true;
  return () => {
    if (!isWatching) return;
    isWatching = false;
    if (--world.users > 0) return;
    for (const restore of world.restores.reverse()) restore();
    syncBuiltinESMExports();
  };
}

function install(): Restore[] {
  const installed: Restore[] = [watchDate(), watchEnvironment()];
  const watch = (
    owner: object,
    name: string,
    key: string,
    ahead?: (result: never, ms: number) => unknown,
  ): void => {
    const restore = replace(owner, key, (method) => {
      const watched: Method = function (this: unknown, ...args) {
        const ms = tell(`${name}.${key}()`, watched);
        // A second call with a callback would call back twice, so the arguments are passed on as they are.
        const result: unknown = Reflect.apply(method, this, args);
        return ahead === undefined || ms === 0 ? result : ahead(result as never, ms);
      };
      return Object.assign(watched, method);
    });
    if (restore !== undefined) installed.push(restore);
  };
  const later = (time: number, ms: number): number => time + ms;
  watch(Date, 'Date', 'now', later);
  watch(performance, 'performance', 'now', later);
  watch(Math, 'Math', 'random');
  watch(crypto, 'crypto', 'randomUUID');
  watch(crypto, 'crypto', 'getRandomValues');
  for (const key of ['randomUUID', 'getRandomValues', 'randomBytes', 'randomInt', 'randomFillSync'])
    watch(nodeCrypto, 'crypto', key);
  watch(process.hrtime, 'process.hrtime', 'bigint', (time: bigint, ms) => time + BigInt(ms) * 1_000_000n);
  watch(process, 'process', 'hrtime', ([s, ns]: [number, number], ms) => [s + Math.trunc(ms / 1000), ns]);
  for (const key of ['uptime', 'memoryUsage', 'cwd']) watch(process, 'process', key);
  for (const key of ['hostname', 'uptime', 'freemem', 'loadavg', 'cpus', 'userInfo', 'networkInterfaces'])
    watch(os, 'os', key);
  syncBuiltinESMExports();
  return installed;
}

/** Puts another method in the place of one; undefined where there is none, or it can't be replaced. */
function replace(owner: object, key: string, make: (method: Method) => Method): Restore | undefined {
  const method: unknown = Reflect.get(owner, key);
  if (typeof method !== 'function') return undefined;
  const own = Object.getOwnPropertyDescriptor(owner, key);
  const value = make(method as Method);
  if (
    !Reflect.defineProperty(owner, key, {
      value,
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
    })
  )
    return undefined;
  return () => {
    // Who has put something else in its place since then takes care of it.
    if (Reflect.get(owner, key) !== value) return;
    if (own === undefined) Reflect.deleteProperty(owner, key);
    else Object.defineProperty(owner, key, own);
  };
}

function watchDate(): Restore {
  const original = globalThis.Date;
  const read = (what: string, fn: Method): number => tell(what, fn);
  const construct = (target: DateConstructor, args: unknown[], newTarget: unknown): object => {
    const ms = args.length === 0 ? read('new Date()', construct as Method) : 0;
    const made = Reflect.construct(target, args, newTarget as DateConstructor) as Date;
    if (ms !== 0) made.setTime(made.getTime() + ms);
    return made;
  };
  const apply = (target: DateConstructor): string => {
    const ms = read('Date()', apply as Method);
    return ms === 0 ? target() : new target(target.now() + ms).toString();
  };
  const watched = new Proxy(original, { construct, apply });
  globalThis.Date = watched;
  return () => {
    if (globalThis.Date === watched) globalThis.Date = original;
  };
}

function watchEnvironment(): Restore {
  const original = process.env;
  const get = (target: NodeJS.ProcessEnv, key: PropertyKey): unknown => {
    if (typeof key === 'string') tell(`process.env.${key}`, get as Method);
    return Reflect.get(target, key);
  };
  const watched = new Proxy(original, { get } as ProxyHandler<NodeJS.ProcessEnv>);
  process.env = watched;
  return () => {
    if (process.env === watched) process.env = original;
  };
}
