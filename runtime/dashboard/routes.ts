/** Which request of the page means what. */
import type { RunStatus } from '../stores/store.ts';
import type { BulkOrder, RunAction, RunsFilter } from './api.ts';

export type Route =
  | { readonly type: 'about' | 'counts' | 'workers' | 'schedules' | 'versions' }
  | { readonly type: 'events' }
  | {
      readonly type: 'runs';
      readonly filter: RunsFilter;
      readonly limit: number | undefined;
      readonly cursor: string | undefined;
    }
  | { readonly type: 'run' | 'figure' | 'source'; readonly id: string }
  | { readonly type: 'value'; readonly id: string; readonly key: string | undefined; readonly whole: boolean }
  | { readonly type: 'act'; readonly id: string; readonly action: RunAction['type'] }
  | { readonly type: 'bulk' };

/** `unknown`: there is nothing at this path; else the methods that it takes. */
type Routed = Route | 'unknown' | 'GET, HEAD' | 'POST';

const LISTS = ['about', 'counts', 'workers', 'schedules', 'versions', 'events'] as const;
const PARTS = ['figure', 'source', 'value'] as const;
const ACTIONS = [
  'signal',
  'settle',
  'cancel',
  'resume',
  'rerun',
  'fork',
] as const satisfies readonly RunAction['type'][];
const STATUSES = [
  'running',
  'blocked',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];
export const BULK_ACTIONS = ['cancel', 'resume', 'rerun'] as const satisfies readonly BulkOrder['action'][];

const oneOf = <T extends string>(list: readonly T[], text: string | null | undefined): T | undefined =>
  list.find((one) => one === text);

/** @param path below `api/`, still encoded */
export function routeOf(method: string, path: string, parameters: URLSearchParams): Routed {
  let segments: readonly string[];
  try {
    segments = path.split('/').map(decodeURIComponent);
  } catch {
    return 'unknown';
  }
  const isRead = method === 'GET' || method === 'HEAD';
  const read = readRouteOf(segments, parameters);
  if (read !== undefined) return isRead ? read : 'GET, HEAD';
  const act = actRouteOf(segments);
  if (act !== undefined) return method === 'POST' ? act : 'POST';
  return 'unknown';
}

function readRouteOf(segments: readonly string[], parameters: URLSearchParams): Route | undefined {
  const [first, id = '', third] = segments;
  const list = oneOf(LISTS, first);
  if (list !== undefined) return segments.length === 1 ? { type: list } : undefined;
  if (first !== 'runs') return undefined;
  if (segments.length === 1) return runsRoute(parameters);
  if (id === '') return undefined;
  if (segments.length === 2) return { type: 'run', id };
  const part = oneOf(PARTS, third);
  if (part === undefined || segments.length !== 3) return undefined;
  if (part !== 'value') return { type: part, id };
  return {
    type: 'value',
    id,
    key: parameters.get('key') ?? undefined,
    whole: parameters.get('whole') === 'yes',
  };
}

function actRouteOf(segments: readonly string[]): Route | undefined {
  const [first, id = '', third] = segments;
  if (first === 'bulk' && segments.length === 1) return { type: 'bulk' };
  const action = oneOf(ACTIONS, third);
  if (first !== 'runs' || id === '' || action === undefined || segments.length !== 3) return undefined;
  return { type: 'act', id, action };
}

function runsRoute(parameters: URLSearchParams): Route {
  const limit = Number(parameters.get('limit') ?? '');
  return {
    type: 'runs',
    filter: filterOf(Object.fromEntries(parameters)),
    limit: limit > 0 ? limit : undefined,
    cursor: parameters.get('cursor') ?? undefined,
  };
}

/** Of parameters, or of a body. What is no filter is left out. */
export function filterOf(given: Readonly<Record<string, unknown>>): RunsFilter {
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const status = oneOf(STATUSES, text('status'));
  const [fn, search] = [text('fn'), text('text')];
  return {
    ...(status !== undefined && { status }),
    ...(fn !== undefined && { fn }),
    ...(search !== undefined && { text: search }),
  };
}
