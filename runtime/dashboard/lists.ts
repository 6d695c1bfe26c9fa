import type { Mask } from '../observe/masking.ts';
import type { InspectSource, RunQuery } from '../stores/inspect-source.ts';
import type { RunRecord } from '../stores/store.ts';
import type { RunItem, RunsFilter, RunsPage, WorkersPage } from './api.ts';
import { ShownTexts } from './shown-text.ts';

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
  mask: Mask,
  { filter, limit, cursor }: RunsRequest,
): Promise<RunsPage> {
  const { runs, next } = await source.page({
    ...queryOf(filter),
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
  });
  return {
    runs: runs.map((run) => itemOf(run, new ShownTexts(mask, run))),
    ...(next !== undefined && { next }),
  };
}

export const itemOf = ({ reason, attributes, ...record }: RunRecord, texts: ShownTexts): RunItem => ({
  ...record,
  ...(reason !== null && { reason }),
  attributes: texts.attributes(attributes),
});

export const workersPage = async (source: InspectSource): Promise<WorkersPage> => ({
  workers: (await source.workers()).map((worker) => ({ ...worker })),
});
