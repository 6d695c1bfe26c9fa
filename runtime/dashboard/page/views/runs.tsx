import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunStatus } from '../../../stores/store.ts';
import type { Counts, RunItem, RunsFilter, RunsPage } from '../../api.ts';
import { query } from '../base/client.ts';
import { useKeys } from '../base/keyboard.ts';
import { useResource } from '../base/resource.ts';
import { go, hrefOf, type Route, route, setParameters } from '../base/router.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { BulkBar } from './bulk.tsx';
import { Filters, NO_FILTER } from './filters.tsx';
import { RunsTable } from './runs-table.tsx';

const LIMIT = '50';

/** All runs, the newest first. */
export function RunsView({ act }: { readonly act: boolean }) {
  const { parameters } = route.value;
  const { status, fn, text } = parameters;
  const pages = pagesOf(parameters.after);
  const runs = useResource<RunsPage>(
    query('api/runs', { status, fn, text, cursor: pages.cursor, limit: LIMIT }),
    {
      keep: true,
    },
  );
  const counts = useResource<Counts>('api/counts');
  const search = useRef<HTMLInputElement>(null);
  const list = runs.data?.runs ?? [];
  const next = runs.data?.next;
  const { at, move, current, chosen, setChosen, toggle } = useRows(list, JSON.stringify(parameters));
  useEffect(() => {
    document.title = 'Durable runs';
  }, []);
  const forward = next === undefined ? undefined : () => pages.forward(next);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => current && go(hrefOf(['runs', current.id])),
    x: () => act && current && toggle(current.id),
    '/': () => search.current?.focus(),
    '[': pages.back,
    ']': () => forward?.(),
    Escape: () => (chosen.size > 0 ? setChosen(new Set()) : setParameters(NO_FILTER)),
  });
  const filter = filterOf(parameters);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <section class="runs" aria-label="Runs">
      <h1 class="unseen">Runs</h1>
      <Filters counts={counts.data} filter={filter} search={search} />
      {runs.error === undefined ? null : <Failure error={runs.error} retry={runs.reload} />}
      {runs.isLoading ? <Loading what="runs" /> : null}
      {list.length > 0 ? (
        <>
          <RunsTable
            runs={list}
            at={at}
            chosen={act ? chosen : undefined}
            toggle={toggle}
            choose={setChosen}
          />
          <Pager page={pages.number} count={list.length} back={pages.back} next={forward} />
        </>
      ) : null}
      {runs.data !== undefined && list.length === 0 ? <Nothing isFiltered={isFiltered} /> : null}
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

const filterOf = ({ status, fn, text }: Route['parameters']): RunsFilter => ({
  ...(status !== undefined && { status: status as RunStatus }),
  ...(fn !== undefined && { fn }),
  ...(text !== undefined && { text }),
});

interface Rows {
  /** The row that the keys are at. */
  readonly at: number;
  readonly move: (by: 1 | -1) => void;
  /** The run of that row; none in an empty list. */
  readonly current: RunItem | undefined;
  /** The ids of the chosen runs. */
  readonly chosen: ReadonlySet<string>;
  readonly setChosen: (ids: ReadonlySet<string>) => void;
  readonly toggle: (id: string) => void;
}

/** @param place what is listed: another list begins at its first row, with none chosen */
function useRows(list: readonly RunItem[], place: string): Rows {
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    setAt(0);
    setChosen(new Set());
  }, [place]);
  const last = list.length - 1;
  return {
    at,
    move: (by) => setAt(by === 1 ? Math.min(at + 1, last) : Math.max(at - 1, 0)),
    current: list[Math.min(at, last)],
    chosen,
    setChosen,
    toggle: (id) => {
      const others = new Set(chosen);
      if (!others.delete(id)) others.add(id);
      setChosen(others);
    },
  };
}

interface Pages {
  /** Of this page, from 1. */
  readonly number: number;
  /** Where it begins; undefined for the first one. */
  readonly cursor: string | undefined;
  readonly back: () => void;
  /** @param next where the next one begins */
  readonly forward: (next: string) => void;
}

/** @param after where each page begins that is not the first, up to this one, as it is in the address */
function pagesOf(after: string | undefined): Pages {
  const trail = after?.split(',').map(decodeURIComponent) ?? [];
  return {
    number: trail.length + 1,
    cursor: trail.at(-1),
    back: () => {
      if (trail.length > 0) setParameters({ after: trailText(trail.slice(0, -1)) }, 'push');
    },
    forward: (next) => setParameters({ after: trailText([...trail, next]) }, 'push'),
  };
}

const trailText = (cursors: readonly string[]): string => cursors.map(encodeURIComponent).join();

const areAll = (chosen: ReadonlySet<string>, runs: readonly RunItem[]): boolean =>
  runs.length > 0 && runs.every(({ id }) => chosen.has(id));

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
