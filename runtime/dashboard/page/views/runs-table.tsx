import { useEffect, useRef } from 'preact/hooks';
import type { RunItem } from '../../api.ts';
import { hrefOf, setParameters } from '../base/router.ts';
import { shortName } from '../parts/fn-name.tsx';
import { Status } from '../parts/status.tsx';
import { Ago, Lasted } from '../parts/time.tsx';

interface RunsTableProps {
  readonly runs: readonly RunItem[];
  /** The row of the keyboard. */
  readonly at: number;
  /** Undefined where nothing can be done with them. */
  readonly chosen: ReadonlySet<string> | undefined;
  readonly toggle: (id: string) => void;
  readonly choose: (ids: ReadonlySet<string>) => void;
}

export function RunsTable({ runs, at, chosen, toggle, choose }: RunsTableProps) {
  const areAll = runs.every(({ id }) => chosen?.has(id));
  return (
    <table class="list">
      <thead>
        <tr>
          {chosen === undefined ? null : (
            <th class="check">
              <input
                type="checkbox"
                aria-label="Choose all runs of this page"
                checked={areAll}
                onChange={() => choose(new Set(areAll ? [] : runs.map(({ id }) => id)))}
              />
            </th>
          )}
          <th>Status</th>
          <th>Run</th>
          <th>Function</th>
          <th class="number">Started</th>
          <th class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run, index) => (
          <RunRow
            key={run.id}
            run={run}
            isAt={index === at}
            isChosen={chosen?.has(run.id)}
            toggle={() => toggle(run.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RunRowProps {
  readonly run: RunItem;
  readonly isAt: boolean;
  readonly isChosen: boolean | undefined;
  readonly toggle: () => void;
}

function RunRow({ run, isAt, isChosen, toggle }: RunRowProps) {
  const { id, fn, status, reason, createdAt, updatedAt } = run;
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isAt) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isAt]);
  const isOpen = status === 'running' || status === 'blocked';
  return (
    <tr ref={row} class={`${isAt ? 'at' : ''}${isChosen ? ' chosen' : ''}`}>
      {isChosen === undefined ? null : (
        <td class="check">
          <input type="checkbox" aria-label={`Choose ${id}`} checked={isChosen} onChange={toggle} />
        </td>
      )}
      <td class="state">
        <Status state={status} />
      </td>
      <td class="id">
        <a href={hrefOf(['runs', id])} title={id}>
          {id}
        </a>
        {reason === undefined ? null : (
          <div class="reason" title={reason}>
            {reason}
          </div>
        )}
      </td>
      <td class="of">
        <button
          type="button"
          class="link"
          title={`Only runs of ${fn}`}
          onClick={() => setParameters({ fn, after: undefined })}
        >
          {shortName(fn)}
        </button>
      </td>
      <td class="number">
        <Ago time={createdAt} />
      </td>
      <td class="number">
        <Lasted from={createdAt} to={isOpen ? undefined : updatedAt} />
      </td>
    </tr>
  );
}
