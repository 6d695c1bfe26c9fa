/** The store as one process of the simulation has it: with what goes wrong between the two. */
import { StoreError } from '../../runtime/base/errors.ts';
import type { Claim } from '../../runtime/stores/claims.ts';
import type { Append, Store } from '../../runtime/stores/store.ts';
import type { Loop } from './loop.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import type { Truth } from './truth.ts';

/** What becomes of a call: done and answered; not done; done, and the answer is lost; and the same with the death of the caller. */
type Fate = 'done' | 'failed' | 'unanswered' | 'dies before' | 'dies after';

/** What is wrong with the store at the moment, for all processes. */
export interface Weather {
  /** How likely calls fail, of each kind. */
  failed: number;
  unanswered: number;
  /** Nobody reaches it. */
  down: boolean;
  /** Runs whose rows can't be written. */
  readonly sick: Set<string>;
  /** Processes that can't renew their lease. */
  readonly deaf: Set<Process>;
  /** Processes that die with their next write, and whether that is done. */
  readonly doomed: Map<Process, boolean>;
}

export interface Passage {
  /** Where calls are under way that aren't answered at once. */
  readonly network: Loop;
  readonly truth: Truth;
  readonly weather: Weather;
  readonly random: Random;
  readonly trace: Trace;
  /** How long a call takes there and back at most, in ms; 0: answers come at once. */
  readonly latency: number;
  kill(process: Process): void;
}

const WRITES: readonly string[] = [
  'together',
  'create',
  'append',
  'block',
  'park',
  'send',
  'complete',
  'watch',
  'claim',
  'reopen',
  'prune',
  'swap',
];
/** Methods that are asked again and again, and change nothing mostly. */
const QUIET: readonly string[] = ['messages', 'nextDue', 'renew', 'setting', 'record', 'ended'];

export function storeFor(process: Process, passage: Passage): Store {
  const { truth, weather, random, trace, network, latency } = passage;
  let inside = false;

  function fateOf(method: string, args: readonly unknown[]): Fate {
    const isWrite = WRITES.includes(method);
    if (isWrite && weather.doomed.has(process))
      return weather.doomed.get(process) ? 'dies after' : 'dies before';
    if (weather.down || (method === 'renew' && weather.deaf.has(process))) return 'failed';
    if (method === 'append' && sickIn(args).length > 0) return 'failed';
    if (random.chance(weather.failed)) return 'failed';
    return random.chance(weather.unanswered) ? 'unanswered' : 'done';
  }

  const sickIn = ([batch]: readonly unknown[]): readonly string[] =>
    (batch as readonly Append[]).map(({ claim }) => claim.runId).filter((id) => weather.sick.has(id));

  function carryOut(method: keyof Store, args: readonly unknown[]): unknown {
    if (method !== 'together') return truth.call(method, args, process);
    inside = true;
    try {
      truth.call('together', [args[0]], process);
      return undefined;
    } finally {
      inside = false;
    }
  }

  function failure(method: string, args: readonly unknown[]): StoreError {
    const partial = method === 'append' && !weather.down && sickIn(args).length > 0;
    return new StoreError(`${method} failed`, { partial });
  }

  function atOnce(method: keyof Store, args: readonly unknown[]): unknown {
    const fate = fateOf(method, args);
    if (fate === 'failed' || fate === 'dies before') note(method, args, fate);
    if (fate === 'failed') throw failure(method, args);
    if (fate === 'dies before') return die();
    const answer = carryOut(method, args);
    note(method, args, fate, answer);
    if (fate === 'dies after') return die();
    if (fate === 'unanswered') throw new StoreError(`the answer to ${method} was lost`);
    return answer;
  }

  function die(): never {
    weather.doomed.delete(process);
    passage.kill(process);
    throw new StoreError('dead');
  }

  /** The call reaches the store after a while, and the answer comes after another. */
  function later(method: keyof Store, args: readonly unknown[]): Promise<unknown> {
    const fate = fateOf(method, args);
    return new Promise((resolve, reject) => {
      network.after(random.between(0, latency), () => {
        // What a process had sent before it died may arrive or not.
        if (process.isDead && random.chance(0.5)) return;
        if (fate === 'failed' || fate === 'dies before') note(method, args, fate);
        let answer: () => void = () => reject(failure(method, args));
        if (fate === 'unanswered') answer = () => reject(new StoreError(`the answer to ${method} was lost`));
        if (fate !== 'failed' && fate !== 'dies before') {
          try {
            const result = carryOut(method, args);
            note(method, args, fate, result);
            if (fate === 'done') answer = () => resolve(result);
          } catch (error) {
            answer = () => reject(error);
          }
        }
        if (fate.startsWith('dies') && !process.isDead) {
          weather.doomed.delete(process);
          passage.kill(process);
        }
        if (!process.isDead) process.loop.after(random.between(0, latency), answer);
      });
    });
  }

  function note(method: string, args: readonly unknown[], fate: Fate, answer?: unknown): void {
    const isTold =
      method === 'claim' ? (answer as readonly Claim[] | undefined)?.length !== 0 : !QUIET.includes(method);
    if (fate === 'done' && !isTold) return;
    const claims = method === 'claim' && answer !== undefined ? (answer as readonly Claim[]) : [];
    const given = claims.map(({ runId, token }) => ` ${runId}@${token}`).join('');
    trace.add(
      'work',
      process.name,
      `${method}${describe(method, args)}${given}${fate === 'done' ? '' : ` (${fate})`}`,
    );
  }

  return new Proxy({} as Store, {
    get(_, property) {
      if (property === 'name') return 'simulated:';
      if (property === 'then' || property === 'heartbeat') return undefined;
      const method = property as keyof Store;
      const fact = truth.fact(method, process);
      if (fact !== undefined) return fact;
      return (...args: readonly unknown[]): unknown => {
        if (inside) return truth.call(method, args, process);
        if (process.isDead) throw new StoreError('dead');
        return latency === 0 ? atOnce(method, args) : later(method, args);
      };
    },
  });
}

function describe(method: string, args: readonly unknown[]): string {
  if (method === 'append') {
    return (args[0] as readonly Append[])
      .map(({ claim, seq, events }) => {
        const what = events.map((event) => ('key' in event ? `${event.type} ${event.key}` : event.type));
        return ` ${claim.runId}@${claim.token} ${seq}: ${what.join(', ')}`;
      })
      .join(';');
  }
  const [first, second] = args;
  if (method === 'send') return ` ${String(first)} ${JSON.stringify(second)}`;
  if (method === 'claim') return '';
  if (method === 'park' || method === 'block') return ` ${JSON.stringify(args)}`;
  return typeof first === 'string' ? ` ${first}` : '';
}
