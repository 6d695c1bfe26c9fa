import { textOf } from '../../base/error-text.ts';
import { actionDenied } from '../../base/messages/runs.ts';
import { checkName } from '../../base/name-checks.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { Observers } from '../../observe/observers.ts';
import type { Action, ActionType } from '../../stores/actions.ts';
import type { Store } from '../../stores/store.ts';

/** Options of what people do to runs. */
export interface ActionOptions {
  /**
   * Who does it, such as the name of a user, for `runtime.audit()` and the event `action`. Up to 10,000 characters. It is recorded as
   * it is.
   */
  readonly by?: string;
}

/** What somebody asks for. */
export interface ActionOrder {
  readonly action: ActionType;
  readonly by?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** Programs do these many times a second. They are told and kept only where it is known who did them. */
const FREQUENT: ReadonlySet<ActionType> = new Set(['start', 'signal', 'complete', 'fail', 'prune']);

const isKept = ({ action, by }: ActionOrder): boolean => by !== undefined || !FREQUENT.has(action);

/** Tells and keeps who did what. */
export class Audit {
  readonly #store: Store;
  readonly #observers: Observers;
  readonly #now: () => number;

  constructor(store: Store, observers: Observers, now: () => number) {
    this.#store = store;
    this.#observers = observers;
    this.#now = now;
  }

  /**
   * Carries out an action on a run, and tells of it. What fails is kept where it is known who did it.
   *
   * @param runId undefined where it concerns no single run, or none that is known
   * @param work is given what is to be kept in one transaction with the action
   */
  async perform<T>(
    runId: string | undefined,
    order: ActionOrder,
    work: (kept: Action | undefined) => Promise<T>,
  ): Promise<T> {
    const done: Action = { ...order, at: this.#now(), ok: true };
    const kept = isKept(order) ? done : undefined;
    const result = await this.onFailure(runId, order, () => work(kept));
    if (kept !== undefined) await this.#tell(runId, kept);
    return result;
  }

  /** Tells and keeps only that an action has failed. */
  async onFailure<T>(runId: string | undefined, order: ActionOrder, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isKept(order))
        await this.#failed(runId, { ...order, at: this.#now(), ok: false, error: textOf(error) });
      throw error;
    }
  }

  /** Somebody was not allowed to do it. It is kept only where it is known who that was: strangers may try as often as they like. */
  async denied(runId: string | undefined, order: ActionOrder): Promise<void> {
    await this.#failed(runId, { ...order, at: this.#now(), ok: false, error: actionDenied() });
  }

  /** A run was started. */
  started(runId: string, fn: string, at: number, by: string | undefined): void {
    if (by === undefined || !this.#observers.wants('action')) return;
    this.#observers.tell({ type: 'action', runId, fn, at, action: 'start', by, ok: true });
  }

  /** The error of the action matters more than one of its record. */
  async #failed(runId: string | undefined, failed: Action): Promise<void> {
    try {
      if (failed.by !== undefined) await this.#store.act(runId, failed);
      await this.#tell(runId, failed);
    } catch {
      // The store is closed, or fails, as the action did.
    }
  }

  async #tell(runId: string | undefined, action: Action): Promise<void> {
    if (!this.#observers.wants('action')) return;
    const fn = runId === undefined ? '' : ((await this.#store.record(runId))?.fn ?? '');
    this.#observers.tell({ type: 'action', runId: runId ?? '', fn, ...action });
  }
}

/** @throws MisuseError for what is no name */
export function checkBy(where: string, by: unknown): void {
  if (by !== undefined) checkName(`${where}: by`, by);
}

/** @throws MisuseError for options that can't be meant */
export function checkAction(where: string, options: ActionOptions): void {
  checkNames(where, options, ['by']);
  checkBy(where, options.by);
}
