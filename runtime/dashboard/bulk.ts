import { DurableError, StoreError } from '../base/errors.ts';
import { bulkFieldsInvalid } from '../base/messages/dashboard.ts';
import { malformed, readFields } from '../http/body.ts';
import { Refusal } from '../http/refusal.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import { carryOut, type Steered } from './actions.ts';
import type { BulkOrder, BulkResult, RunsFilter } from './api.ts';
import { queryOf } from './lists.ts';
import { BULK_ACTIONS, filterOf } from './routes.ts';

/** Of one request, so that it ends soon. The page sends the next one, and can stop. */
const MOST_AT_ONCE = 200;

/** An order, and where it goes on. */
export interface BulkPart extends BulkOrder {
  readonly cursor?: string;
}

/**
 * @throws Refusal 400, 413 or 415
 */
export async function readBulk(request: Request, limit: number): Promise<BulkPart> {
  const { action, ids, filter, cursor } = await readFields(request, limit, [
    'action',
    'ids',
    'filter',
    'cursor',
  ]);
  const known = BULK_ACTIONS.find((one) => one === action);
  const areIds = Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string');
  const isFilter = typeof filter === 'object' && filter !== null;
  const isCursor = cursor === undefined || typeof cursor === 'string';
  if (known === undefined || !isCursor || (ids === undefined ? !isFilter : !areIds || filter !== undefined))
    throw malformed(bulkFieldsInvalid(BULK_ACTIONS.join(', ')));
  if (areIds) return { action: known, ids };
  return {
    action: known,
    filter: filterOf(filter as Readonly<Record<string, unknown>>),
    ...(cursor !== undefined && { cursor }),
  };
}

/** Runs that refuse it are told with the reason; the others go on. Rejects with StoreError. */
export async function carryOutBulk(steered: Steered, order: BulkPart): Promise<BulkResult> {
  const { ids, next } = await chosen(steered.source, order);
  const refused: { readonly id: string; readonly message: string }[] = [];
  for (const id of ids)
    try {
      await carryOut(steered, id, { type: order.action });
    } catch (error) {
      if (error instanceof StoreError || !(error instanceof Refusal || error instanceof DurableError))
        throw error;
      refused.push({ id, message: error.message });
    }
  return { done: ids.length - refused.length, refused, ...(next !== undefined && { next }) };
}

/** By a filter, the newest first. A run that an action has started is newer, so it is never among the next ones. */
async function chosen(
  source: InspectSource,
  { ids, filter, cursor }: BulkPart,
): Promise<{ readonly ids: readonly string[]; readonly next?: string }> {
  if (ids !== undefined) return { ids: [...new Set(ids)].slice(0, MOST_AT_ONCE) };
  const page = await source.page({
    ...queryOf(filter as RunsFilter),
    limit: MOST_AT_ONCE,
    ...(cursor !== undefined && { cursor }),
  });
  return { ids: page.runs.map(({ id }) => id), ...(page.next !== undefined && { next: page.next }) };
}
