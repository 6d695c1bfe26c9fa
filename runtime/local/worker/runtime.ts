import { randomUUID } from 'node:crypto';
import { type Duration, parseSpan } from '../../base/durations.ts';
import { CallbackError, MisuseError } from '../../base/errors.ts';
import {
  acceptNoVersion,
  closeStoreInvalid,
  closeTimeoutInvalid,
  deniedUnknown,
  pruneDateInvalid,
  rerunFromOfUnended,
  rerunUnderSameId,
  resumeOfCompleted,
  tokenNoString,
  versionsOfNoId,
} from '../../base/messages/runs.ts';
import { checkNames } from '../../base/option-checks.ts';
import { state } from '../../base/process-state.ts';
import { findDefinition, idsOf, isLoaded, unknownFunction } from '../../functions/definitions.ts';
import { encodeInput } from '../../functions/input.ts';
import type { ForkOptions } from '../../journal/fork.ts';
import type { ResumeOptions } from '../../journal/rewind.ts';
import { type Mask, quietMask } from '../../observe/masking.ts';
import type { RuntimeEvent, RuntimeEventType } from '../../observe/runtime-events.ts';
import { type Action, type ActionType, isActionType, type KeptAction } from '../../stores/actions.ts';
import { hasEnded, type ListFilter, type RunRecord, type Store } from '../../stores/store.ts';
import { encode, encodeError } from '../../values/codec.ts';
import { assertFits } from '../commit/sizes.ts';
import { type ActionOptions, type ActionOrder, checkAction, checkBy } from './audit.ts';
import {
  CALLBACK_REFUSALS,
  checkedFns,
  checkFork,
  checkId,
  checkPage,
  durableOf,
  orderOf,
  unknownRun,
} from './call-checks.ts';
import { type Handle, RunHandle } from './handle.ts';
import { type CloseOptions, checkOptions, type RuntimeOptions, type StartOptions } from './options.ts';
import { pruneBefore } from './retention.ts';
import type { AuditOptions, RerunOptions, Runtime } from './runtime-interface.ts';
import type { Schedule, ScheduleTimes } from './schedules.ts';
import type { VersionInUse } from './versions.ts';
import { LocalWorker } from './worker.ts';

/** A runtime that keeps its runs in a store and drives them in this process. */
export const createRuntime = (options: RuntimeOptions): Runtime => new LocalRuntime(options);

/** The store of a runtime that `createRuntime` of any copy has made; undefined for anything else. */
export const storeOf = (runtime: Runtime): Store | undefined =>
  typeof runtime === 'object' && runtime !== null ? (state.stores.get(runtime) as Store) : undefined;

/** The public face of a worker: checks what it is given, and says what is wrong with it. */
class LocalRuntime implements Runtime {
  readonly mask: Mask;
  readonly #worker: LocalWorker;
  #closing: Promise<void> | undefined;

  constructor(options: RuntimeOptions) {
    checkOptions(options);
    this.mask = quietMask(options.mask);
    this.#worker = new LocalWorker(options);
    state.stores.set(this, this.#worker.store);
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options: StartOptions = {},
  ): Promise<Handle<Awaited<R>>> {
    const definition = durableOf('start', fn, args);
    const order = {
      ...orderOf(options, ['id', 'timeout', 'this', 'attributes', 'by']),
      definition,
      input: () => encodeInput('start', definition, args, options),
    };
    if (order.by === undefined) return (await this.#worker.start(order)) as Handle<Awaited<R>>;
    return this.#worker.startBy(order) as Promise<Handle<Awaited<R>>>;
  }

  async get(id: string): Promise<Handle | undefined> {
    checkId('get', id);
    const worker = this.#worker;
    const handle = worker.handle(id);
    if (handle !== undefined) return handle;
    return (await worker.store.record(id)) === undefined ? undefined : new RunHandle(id, worker);
  }

  async list(filter: ListFilter = {}): Promise<readonly RunRecord[]> {
    const fns = checkedFns(filter);
    const { fn: _, ...others } = filter;
    return this.#worker.store.list(fns === undefined ? others : { ...others, fn: fns.flatMap(idsOf) });
  }

  complete(token: string, value?: unknown, options: ActionOptions = {}): Promise<void> {
    return this.#complete(token, 'complete', options, () => encode(value, 'value of the callback'));
  }

  fail(token: string, error: unknown, options: ActionOptions = {}): Promise<void> {
    return this.#complete(token, 'fail', options, () => encodeError(error, 'error of the callback'));
  }

  async #complete(
    token: string,
    action: 'complete' | 'fail',
    options: ActionOptions,
    encoded: () => string | Promise<string>,
  ): Promise<void> {
    checkAction(action, options);
    if (typeof token !== 'string') {
      throw new MisuseError(tokenNoString());
    }
    this.#worker.assertOpen();
    const { by } = options;
    // Without `by` nothing is told of it, so nobody asks.
    const runId = by === undefined ? undefined : await this.#worker.store.runOf(token);
    await this.#worker.audit.perform(runId, { action, by }, async (kept) => {
      const outcome = { ok: action === 'complete', value: await encoded() };
      const completed = await this.#worker.complete(token, outcome, kept);
      if (completed !== 'completed') throw new CallbackError(CALLBACK_REFUSALS[completed]);
    });
  }

  async rerun(id: string, options: RerunOptions = {}): Promise<Handle> {
    checkId('rerun', id);
    if (options.from === undefined) checkNames('rerun', options, ['id', 'timeout', 'by']);
    else checkFork('rerun', options);
    const { from, by } = options;
    checkBy('rerun', by);
    const order = { action: 'rerun', by, to: options.id ?? randomUUID(), from } as const;
    return this.#begun(id, order, (kept) => this.#rerun(id, { ...options, id: order.to }, kept));
  }

  /** An action that begins a new run. */
  async #begun(
    id: string,
    { to, from, ...order }: ActionOrder & { readonly to: string; readonly from: string | undefined },
    begin: (kept: Action | undefined) => Promise<Handle>,
  ): Promise<Handle> {
    const details: Record<string, string> = from === undefined ? { to } : { to, from };
    return this.#worker.audit.perform(id, { ...order, details }, begin);
  }

  async #rerun(
    id: string,
    options: RerunOptions & { readonly id: string },
    action: Action | undefined,
  ): Promise<Handle> {
    const { store } = this.#worker;
    if (options.from !== undefined) {
      const record = await store.record(id);
      if (record === undefined) throw unknownRun(id);
      if (!hasEnded(record.status)) throw new MisuseError(rerunFromOfUnended(id, record.status));
      return this.#fork(id, options as ForkOptions & { readonly id: string }, action);
    }
    const run = await store.load(id);
    const [started] = run?.events ?? [];
    if (started?.type !== 'run-started') throw unknownRun(id);
    const definition = findDefinition(started.fn);
    const order = orderOf(options);
    if (order.id === id) {
      throw new MisuseError(rerunUnderSameId(id));
    }
    if (definition === undefined) {
      // A worker that has loaded it takes the run up.
      if (isLoaded(started.fn) || options.timeout !== undefined || run === undefined)
        throw unknownFunction(id, started.fn);
      return this.#worker.steering.again(run, order.id, order.by, action);
    }
    // The same time as the old one had, unless another one is given.
    const { deadline, at, attributes } = started;
    const until = order.until ?? (deadline === undefined ? undefined : (now: number) => now + deadline - at);
    const input = (): string => started.input;
    const origin = { runId: id, action };
    return this.#worker.start({ ...order, until, attributes, definition, input, origin });
  }

  async fork(id: string, options: ForkOptions): Promise<Handle> {
    checkId('fork', id);
    checkFork('fork', options);
    const { from, by } = options;
    const order = { action: 'fork', by, to: options.id ?? randomUUID(), from } as const;
    return this.#begun(id, order, (kept) => this.#fork(id, { ...options, id: order.to }, kept));
  }

  async #fork(
    id: string,
    options: ForkOptions & { readonly id: string },
    action: Action | undefined,
  ): Promise<Handle> {
    const run = await this.#worker.store.load(id);
    if (run === undefined) throw unknownRun(id);
    return this.#worker.steering.fork(run, options, action);
  }

  async resume(id: string, options: ResumeOptions = {}): Promise<Handle> {
    checkId('resume', id);
    checkNames('resume', options, ['forget', 'accept', 'by']);
    const { accept, by } = options;
    checkBy('resume', by);
    if (accept !== undefined && (typeof accept !== 'string' || accept === ''))
      throw new MisuseError(acceptNoVersion());
    const order: ActionOrder =
      accept === undefined
        ? { action: 'resume', by }
        : { action: 'accept', by, details: { version: accept } };
    return this.#worker.audit.perform(id, order, async (kept) => {
      const record = await this.#worker.store.record(id);
      if (record === undefined) throw unknownRun(id);
      if (record.status === 'completed') throw new MisuseError(resumeOfCompleted(id));
      return accept === undefined
        ? this.#worker.steering.resume(record, options.forget === true, kept)
        : this.#worker.steering.accept(record, accept, kept);
    });
  }

  async schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule> {
    const worker = this.#worker;
    worker.assertOpen();
    const definition = durableOf('schedule', fn, args);
    const input = await encodeInput('schedule', definition, args, {});
    assertFits(worker.store, `arguments of "${definition.id}"`, input);
    return worker.scheduler.add(name, times, async (id) =>
      worker.start({ ...orderOf({ id }), definition, input: () => input, apart: true }),
    );
  }

  async versions(fn?: string): Promise<readonly VersionInUse[]> {
    if (fn !== undefined && typeof fn !== 'string') throw new MisuseError(versionsOfNoId());
    return this.#worker.versions(fn === undefined ? undefined : idsOf(fn));
  }

  async prune(age: Duration, options: ActionOptions = {}): Promise<number> {
    checkAction('prune', options);
    this.#worker.assertOpen();
    const { store, now, audit } = this.#worker;
    const before = age instanceof Date ? age.getTime() : now - parseSpan('prune', age);
    if (Number.isNaN(before)) throw new MisuseError(pruneDateInvalid());
    // In between others write, and the event loop runs.
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const details = { before: new Date(before).toISOString() };
    return audit.perform(undefined, { action: 'prune', by: options.by, details }, async (kept) => {
      return pruneBefore(store, before, pause, kept);
    });
  }

  async denied(id: string | undefined, action: ActionType, options: ActionOptions = {}): Promise<void> {
    if (id !== undefined) checkId('denied', id);
    if (!isActionType(action)) throw new MisuseError(deniedUnknown(action));
    checkAction('denied', options);
    this.#worker.assertOpen();
    await this.#worker.audit.denied(id, { action, by: options.by });
  }

  async audit(id?: string, options: AuditOptions = {}): Promise<readonly KeptAction[]> {
    if (id !== undefined) checkId('audit', id);
    checkPage('audit', options);
    return this.#worker.store.actions({ runId: id, ...options });
  }

  on(type: RuntimeEventType | '*', listener: (event: never) => unknown): () => void {
    return this.#worker.observers.add(type, listener as (event: RuntimeEvent) => unknown);
  }

  recover(): Promise<readonly Handle[]> {
    return this.#worker.recover();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    checkNames('close', options, ['timeoutMs', 'store']);
    const { timeoutMs = 30_000, store = false } = options;
    if (typeof store !== 'boolean') throw new MisuseError(closeStoreInvalid());
    if (!(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
      throw new MisuseError(closeTimeoutInvalid(timeoutMs));
    }
    this.#closing ??= this.#worker.close(timeoutMs);
    try {
      await this.#closing;
    } finally {
      if (store) await this.#worker.store.close();
    }
  }
}
