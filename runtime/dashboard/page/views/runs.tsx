import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunStatus } from '../../../stores/store.ts';
import type { Counts, RunItem, RunsFilter, RunsPage } from '../../api.ts';
import { query } from '../base/client.ts';
import { useKeys } from '../base/keyboard.ts';
import { useResource } from '../base/resource.ts';
import { go, hrefOf, route, setParameters } from '../base/router.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { BulkBar } from './bulk.tsx';
import { RunsTable } from './runs-table.tsx';

const STATUSES = [
  'running',
  'blocked',
  'failed',
  'completed',
  'cancelled',
] as const satisfies readonly RunStatus[];

const LIMIT = '50';

/** All runs, the newest first. */
export function RunsView({ act }: { readonly act: boolean }) {
  const { parameters } = route.value;
  const { status, fn, text } = parameters;
  // Where each page begins that is before this one.
  const trail = parameters.after?.split(',').map(decodeURIComponent) ?? [];
  const cursor = trail.at(-1);
  const runs = useResource<RunsPage>(query('api/runs', { status, fn, text, cursor, limit: LIMIT }), {
    keep: true,
  });
  const counts = useResource<Counts>('api/counts');
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const list = runs.data?.runs ?? [];
  const next = runs.data?.next;
  const place = JSON.stringify(parameters);
  useEffect(() => {
    setAt(0);
    setChosen(new Set());
  }, [place]);
  useEffect(() => {
    document.title = 'Durable runs';
  }, []);
  const toggle = (id: string): void => {
    const others = new Set(chosen);
    if (!others.delete(id)) others.add(id);
    setChosen(others);
  };
  const forward = (): void => {
    if (next !== undefined) setParameters({ after: trailText([...trail, next]) }, 'push');
  };
  const back = (): void => {
    if (trail.length > 0) setParameters({ after: trailText(trail.slice(0, -1)) }, 'push');
  };
  const current = list[Math.min(at, list.length - 1)];
  useKeys({
    j: () => setAt(Math.min(at + 1, list.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    ArrowDown: () => setAt(Math.min(at + 1, list.length - 1)),
    ArrowUp: () => setAt(Math.max(at - 1, 0)),
    Enter: () => current && go(hrefOf(['runs', current.id])),
    x: () => act && current && toggle(current.id),
    '/': () => search.current?.focus(),
    '[': back,
    ']': forward,
    Escape: () => (chosen.size > 0 ? setChosen(new Set()) : setParameters(NO_FILTER)),
  });
  const filter: RunsFilter = {
    ...(status !== undefined && { status: status as RunStatus }),
    ...(fn !== undefined && { fn }),
    ...(text !== undefined && { text }),
  };
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <section class="runs" aria-label="Runs">
      <h1 class="unseen">Runs</h1>
      <div class="filters">
        <StatusFilter counts={counts.data} status={status} />
        <label class="search">
          <span class="unseen">Search in ids and functions</span>
          <input
            ref={search}
            type="search"
            placeholder="Search ids and functions  /"
            value={text ?? ''}
            maxLength={255}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => searchFor(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
            }}
          />
        </label>
        {fn === undefined ? null : (
          <button
            type="button"
            class="chip chosen"
            title="Show all functions"
            onClick={() => setParameters({ fn: undefined, after: undefined })}
          >
            {fn} <span aria-hidden="true">×</span>
          </button>
        )}
      </div>
      {runs.error === undefined ? null : <Failure error={runs.error} retry={runs.reload} />}
      {runs.isLoading ? <Loading what="runs" /> : null}
      {list.length > 0 ? (
        <RunsTable runs={list} at={at} chosen={act ? chosen : undefined} toggle={toggle} choose={setChosen} />
      ) : null}
      {runs.data !== undefined && list.length === 0 ? <Nothing isFiltered={isFiltered} /> : null}
      {list.length > 0 ? (
        <Pager
          page={trail.length + 1}
          count={list.length}
          back={back}
          next={next === undefined ? undefined : forward}
        />
      ) : null}
      {act ? (
        <BulkBar
          chosen={chosen}
          filter={filter}
          isWhole={isFiltered && areAll(chosen, list)}
          clear={() => setChosen(new Set())}
        />
      ) : null}
    </section>
  );
}

const trailText = (cursors: readonly string[]): string => cursors.map(encodeURIComponent).join();

const NO_FILTER = { status: undefined, fn: undefined, text: undefined, after: undefined };

const areAll = (chosen: ReadonlySet<string>, runs: readonly RunItem[]): boolean =>
  runs.length > 0 && runs.every(({ id }) => chosen.has(id));

let searching: ReturnType<typeof setTimeout> | undefined;

/** Not at each key: the store is asked. */
function searchFor(text: string): void {
  clearTimeout(searching);
  searching = setTimeout(() => setParameters({ text, after: undefined }), 200);
}

interface StatusFilterProps {
  readonly counts: Counts | undefined;
  readonly status: string | undefined;
}

function StatusFilter({ counts, status }: StatusFilterProps) {
  const all = counts && Object.values(counts.statuses).reduce((sum, count) => sum + count, 0);
  const chip = (name: RunStatus | undefined, count: number | undefined) => (
    <button
      key={name ?? 'all'}
      type="button"
      class={`chip ${name ?? ''}${status === name ? ' chosen' : ''}${count === 0 ? ' none' : ''}`}
      aria-pressed={status === name}
      onClick={() => setParameters({ status: name, after: undefined })}
    >
      {name ?? 'all'} <span class="count">{count?.toLocaleString('en') ?? ''}</span>
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a layout of its own
    <div class="chips" role="group" aria-label="Status">
      {chip(undefined, all)}
      {STATUSES.map((name) => chip(name, counts?.statuses[name]))}
    </div>
  );
}

const Nothing = ({ isFiltered }: { readonly isFiltered: boolean }) =>
  isFiltered ? (
    <Notice title="No run fits">
      <button type="button" onClick={() => setParameters(NO_FILTER)}>
        Show all runs
      </button>
    </Notice>
  ) : (
    <Notice title="There are no runs yet">
      A run is here as soon as a durable function is called: <code>await placeOrder(…)</code>.
    </Notice>
  );

interface PagerProps {
  readonly page: number;
  readonly count: number;
  readonly back: () => void;
  readonly next: (() => void) | undefined;
}

const Pager = ({ page, count, back, next }: PagerProps) => (
  <nav class="pager" aria-label="Pages">
    <button type="button" disabled={page === 1} onClick={back}>
      ← Newer
    </button>
    <span class="faint">
      page {page}, {count} {count === 1 ? 'run' : 'runs'}
    </span>
    <button type="button" disabled={next === undefined} onClick={next}>
      Older →
    </button>
  </nav>
);
