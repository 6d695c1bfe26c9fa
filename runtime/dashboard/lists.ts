import type { InspectSource, RunQuery } from '../stores/inspect-source.ts';
import type { RunRecord } from '../stores/store.ts';
import type { RunItem, RunsFilter, RunsPage, WorkersPage } from './api.ts';

export interface RunsRequest {
  readonly filter: RunsFilter;
  readonly limit: number | undefined;
  readonly cursor: string | undefined;
}

export const queryOf = ({ status, fn, text }: RunsFilter): RunQuery => ({
  ...(status !== undefined && { status: [status] }),
  ...(fn !== undefined && { fn: [fn] }),
  ...(text !== undefined && { search: text }),
});

/** Rejects with StoreError, and MisuseError for a cursor that is none. */
export async function runsPage(
  source: InspectSource,
  { filter, limit, cursor }: RunsRequest,
): Promise<RunsPage> {
  const { runs, next } = await source.page({
    ...queryOf(filter),
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
  });
  return { runs: runs.map(itemOf), ...(next !== undefined && { next }) };
}

export const itemOf = ({ reason, attributes, ...record }: RunRecord): RunItem => ({
  ...record,
  ...(reason !== null && { reason }),
  attributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  ),
});

export const workersPage = async (source: InspectSource): Promise<WorkersPage> => ({
  workers: (await source.workers()).map((worker) => ({ ...worker })),
});
