/** What the methods of a runtime are given, checked. */
import { randomUUID } from 'node:crypto';
import { checkAttributes } from '../../base/attributes.ts';
import { parseDuration } from '../../base/durations.ts';
import { MisuseError } from '../../base/errors.ts';
import {
  afterInvalid,
  argumentsNoArray,
  forkFromNoKey,
  functionNotDurable,
  listCursorInvalid,
  listFnInvalid,
  listLimitInvalid,
  listStatusUnknown,
  pageLimitInvalid,
  runIdNoString,
  runNotFound,
} from '../../base/messages/runs.ts';
import { checkName } from '../../base/name-checks.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { Definition } from '../../functions/definition.ts';
import { compiledDefinition } from '../../functions/definitions.ts';
import type { ActionFilter } from '../../stores/actions.ts';
import type { Completed, ListFilter, RunStatus } from '../../stores/store.ts';
import { checkBy } from './audit.ts';
import type { StartOptions } from './options.ts';
import type { RerunOptions } from './runtime-interface.ts';
import type { StartRequest } from './starting.ts';

/** @throws NotCompiledError, MisuseError */
export function durableOf(what: string, fn: unknown, args: unknown): Definition {
  if (typeof fn !== 'function') throw new MisuseError(functionNotDurable(what));
  const definition = compiledDefinition(fn, `The function "${fn.name}"`);
  if (!Array.isArray(args)) {
    throw new MisuseError(argumentsNoArray(what, definition.id));
  }
  return definition;
}

/**
 * @param names the options that there are
 * @throws MisuseError for an id or a timeout that can't be meant
 */
export function orderOf(
  options: StartOptions,
  names: readonly string[] = ['id', 'timeout', 'by'],
): Pick<StartRequest, 'id' | 'until' | 'atOnce' | 'attributes' | 'by'> {
  checkNames('start', options, names, ['atOnce']);
  const { id = randomUUID(), timeout, atOnce = false, attributes, by } = options;
  checkBy('start', by);
  checkName('start: the id of a run', id);
  const until = timeout === undefined ? undefined : parseDuration(timeout, 'start: timeout');
  return { id, until, atOnce, by, attributes: attributes && checkAttributes('start', attributes) };
}

/** @throws MisuseError */
export function checkFork(where: string, options: RerunOptions): void {
  checkNames(where, options, ['from', 'id', 'forget', 'by']);
  const { from, id, by } = options;
  checkBy(where, by);
  if (typeof from !== 'string' || from === '') throw new MisuseError(forkFromNoKey(where));
  if (id !== undefined) checkName(`${where}: the id of a run`, id);
}

const STATUSES: readonly RunStatus[] = ['running', 'blocked', 'completed', 'failed', 'cancelled'];

/**
 * The ids of functions that a filter names.
 *
 * @throws MisuseError for what can't be meant
 */
export function checkedFns(filter: ListFilter): readonly string[] | undefined {
  checkNames('list', filter, ['status', 'fn', 'limit', 'cursor', 'attributes']);
  const { limit, status, fn, cursor, attributes } = filter;
  const fns = typeof fn === 'string' ? [fn] : fn;
  if (fns !== undefined && !(Array.isArray(fns) && fns.every((id) => typeof id === 'string'))) {
    throw new MisuseError(listFnInvalid());
  }
  if (attributes !== undefined) checkAttributes('list', attributes);
  if (cursor !== undefined && typeof cursor !== 'string') {
    throw new MisuseError(listCursorInvalid());
  }
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new MisuseError(listStatusUnknown(status, STATUSES.join(', ')));
  }
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new MisuseError(listLimitInvalid(limit));
  }
  return fns;
}

/** @throws MisuseError for a page that can't be meant */
export function checkPage(where: string, options: Omit<ActionFilter, 'runId'>): void {
  checkNames(where, options, ['after', 'limit']);
  const { after = 0, limit = 100 } = options;
  if (!(Number.isSafeInteger(after) && after >= 0)) throw new MisuseError(afterInvalid(where));
  if (!(Number.isSafeInteger(limit) && limit > 0)) throw new MisuseError(pageLimitInvalid(where));
}

/** Of a run that may be there or not. */
export function checkId(where: string, id: unknown): void {
  if (typeof id !== 'string') throw new MisuseError(runIdNoString(where));
}

export const unknownRun = (id: string): MisuseError => new MisuseError(runNotFound(id));

export const CALLBACK_REFUSALS: Readonly<Record<Exclude<Completed, 'completed'>, string>> = {
  unknown: 'There is no callback with this token in this store.',
  used: 'This callback was completed or failed before; that can be done once.',
  expired: 'The time of this callback is over.',
  ended: 'The run that made this callback has ended.',
};
