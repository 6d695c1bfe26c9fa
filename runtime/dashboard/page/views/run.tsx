import { useEffect, useMemo, useState } from 'preact/hooks';
import type { FigurePage, Row, RunAction, RunPage } from '../../api.ts';
import { useKeys } from '../base/keyboard.ts';
import { type Resource, useResource } from '../base/resource.ts';
import { go, hrefOf, route, setParameters } from '../base/router.ts';
import { shortName } from '../parts/fn-name.tsx';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { Status } from '../parts/status.tsx';
import { Ago, Lasted } from '../parts/time.tsx';
import { ActionDialog, Actions } from './actions.tsx';
import { Flow } from './flow.tsx';
import { Reasons } from './reasons.tsx';
import { Source } from './source.tsx';
import { Timeline } from './timeline.tsx';
import { ValuesPane } from './values.tsx';

interface RunViewProps {
  readonly id: string;
  readonly act: boolean;
}

export function RunView({ id, act }: RunViewProps) {
  const run = useResource<RunPage>(`api/runs/${encodeURIComponent(id)}`);
  useEffect(() => {
    document.title = `${id} · Durable`;
  }, [id]);
  if (run.isLoading) return <Loading what={id} />;
  if (run.data === undefined)
    return run.error?.code === 'UNKNOWN_RUN' ? (
      <Notice title="There is no such run">
        <p>
          <code>{id}</code> is not in the store. It may have been removed because it ended long ago.
        </p>
        <a href={hrefOf(['runs'])}>All runs</a>
      </Notice>
    ) : (
      run.error && <Failure error={run.error} retry={run.reload} />
    );
  return <KnownRun id={id} act={act} page={run.data} resource={run} />;
}

const PANES = ['flow', 'source', 'values'] as const;
type Pane = (typeof PANES)[number];
const TITLES: Readonly<Record<Pane | 'timeline', string>> = {
  timeline: 'Timeline',
  flow: 'Flow',
  source: 'Source',
  values: 'Values',
};

interface KnownRunProps extends RunViewProps {
  readonly page: RunPage;
  readonly resource: Resource<RunPage>;
}

function KnownRun({ id, act, page, resource }: KnownRunProps) {
  const { rows, run } = page;
  const { step, pane: named } = route.value.parameters;
  const pane = [...PANES, 'timeline' as const].find((one) => one === named);
  const figure = useResource<FigurePage>(`api/runs/${encodeURIComponent(id)}/figure`);
  const [action, setAction] = useState<RunAction['type']>();
  const row = useMemo(() => rows.find(({ key }) => key === step), [rows, step]);
  const select = (key: string | undefined): void => setParameters({ step: key });
  const show = (name: Pane | 'timeline'): void => setParameters({ pane: name });
  const move = (by: number): void => {
    const at = rows.findIndex(({ key }) => key === step);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next !== undefined) select(next.key);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    g: () => show('flow'),
    s: () => show('source'),
    v: () => show('values'),
    t: () => show('timeline'),
    Enter: () => show('values'),
    Escape: () => (step === undefined ? go(hrefOf(['runs'])) : select(undefined)),
  });
  return (
    <article class={`run pane-${pane ?? 'none'}`} aria-label={`Run ${id}`}>
      <RunHead page={page} open={act ? setAction : undefined} />
      {resource.error === undefined ? null : <Failure error={resource.error} retry={resource.reload} />}
      <Reasons reasons={page.reasons} file={page.file} select={select} act={act ? setAction : undefined} />
      <Tabs pane={pane} show={show} />
      <div class="panes">
        <div class="left" id="pane-timeline">
          {rows.length === 0 ? (
            <Notice title="Nothing is recorded yet">Its first step has not ended.</Notice>
          ) : (
            <Timeline rows={rows} from={run.createdAt} to={page.endedAt} selected={step} select={select} />
          )}
        </div>
        <div class="right" id="pane-right">
          <RightPane pane={pane} id={id} page={page} row={row} figure={figure} select={select} />
        </div>
      </div>
      {action === undefined ? null : (
        <ActionDialog type={action} page={page} row={row} close={() => setAction(undefined)} />
      )}
    </article>
  );
}

interface TabsProps {
  readonly pane: Pane | 'timeline' | undefined;
  readonly show: (pane: Pane | 'timeline') => void;
}

/** Beside the timeline one of three; on a narrow screen one of four. */
function Tabs({ pane, show }: TabsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a layout of its own
    <div class="tabs" role="group" aria-label="What is shown beside the timeline">
      {(['timeline', ...PANES] as const).map((name) => (
        <button
          key={name}
          type="button"
          class={`tab tab-${name}`}
          aria-pressed={pane === undefined ? name === 'flow' : pane === name}
          onClick={() => show(name)}
        >
          {TITLES[name]}
        </button>
      ))}
    </div>
  );
}

interface RightPaneProps {
  readonly pane: Pane | 'timeline' | undefined;
  readonly id: string;
  readonly page: RunPage;
  readonly row: Row | undefined;
  readonly figure: Resource<FigurePage>;
  readonly select: (key: string | undefined) => void;
}

function RightPane({ pane, id, page, row, figure, select }: RightPaneProps) {
  switch (pane) {
    case 'source':
      return <Source id={id} rows={page.rows} line={row?.line ?? page.reasons[0]?.line} select={select} />;
    case 'values':
      return <ValuesPane id={id} page={page} row={row} />;
    default:
      return <Flow figure={figure} page={page} row={row} select={select} />;
  }
}

/** It runs, and nothing is under way. */
const isWaiting = ({ run, reasons }: RunPage): boolean =>
  run.status === 'running' && reasons.length > 0 && reasons.every(({ isWait }) => isWait);

interface RunHeadProps {
  readonly page: RunPage;
  /** Opens the dialog of an action; undefined where nothing can be done. */
  readonly open: ((type: RunAction['type']) => void) | undefined;
}

function RunHead({ page, open }: RunHeadProps) {
  const { run, endedAt } = page;
  return (
    <header class="run-head">
      <a class="back" href={hrefOf(['runs'])} aria-label="All runs" title="All runs (Esc)">
        ←
      </a>
      <h1 title={run.id}>{run.id}</h1>
      <Status state={isWaiting(page) ? 'waiting' : run.status} />
      <a class="of" href={hrefOf(['runs'], { fn: run.fn })} title={`All runs of ${run.fn}`}>
        {shortName(run.fn)}
      </a>
      <span class="faint when">
        started <Ago time={run.createdAt} />, {endedAt === undefined ? 'for' : 'took'}{' '}
        <Lasted from={run.createdAt} to={endedAt} />
      </span>
      <span class="space" />
      {open === undefined ? null : <Actions page={page} open={open} />}
    </header>
  );
}
