import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { durationText } from '../../../inspect/duration-text.ts';
import type { Row } from '../../api.ts';
import { now } from '../base/clock.ts';
import { type Scale, scaleOf } from '../base/scale.ts';
import { StatusSign, wordOf } from '../parts/status.tsx';
import { momentText } from '../parts/time.tsx';

/** px; also in page.css */
const ROW = 32;
/** Rows above and below what is seen. */
const SPARE = 12;
/** How often the axis of a run grows that has not ended, ms. */
const GROWTH = 5_000;

/** Of rows that are inside of others, px, and how many of them count. */
const INDENT = 12;
const DEEPEST = 5;

interface TimelineProps {
  readonly rows: readonly Row[];
  readonly from: number;
  /** Undefined while it goes on. */
  readonly to: number | undefined;
  readonly selected: string | undefined;
  readonly select: (key: string) => void;
}

/** Only the rows that can be seen are in the document. */
export function Timeline({ rows, from, to, selected, select }: TimelineProps) {
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const end = to ?? Math.ceil(now.value / GROWTH) * GROWTH;
  const scale = useMemo(() => scaleFor(rows, from, end), [rows, from, end]);
  const at = useMemo(() => rows.findIndex(({ key }) => key === selected), [rows, selected]);
  useLayoutEffect(() => {
    const element = list.current!;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useEffect(() => {
    const element = list.current!;
    if (at === -1) return;
    const top = at * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW - element.clientHeight;
  }, [selected]);
  const first = Math.max(0, Math.floor(view.top / ROW) - SPARE);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW) + SPARE);
  return (
    <div class="timeline">
      <Axis scale={scale} from={from} to={end} />
      <div
        ref={list}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Timeline"
        aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      >
        <div class="rows-all" role="presentation" style={{ height: `${rows.length * ROW}px` }}>
          {rows.slice(first, last).map((row, index) => (
            <TimelineRow
              key={row.key}
              row={row}
              index={first + index}
              count={rows.length}
              scale={scale}
              end={end}
              isSelected={row.key === selected}
              select={select}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function scaleFor(rows: readonly Row[], from: number, to: number): Scale {
  const spans = rows.map((row) => ({
    from: row.startedAt,
    to: row.endedAt ?? to,
    isIdle: row.kind !== 'step' || row.state === 'waiting',
  }));
  return scaleOf(spans, from, to);
}

const percent = (part: number): string => `${Math.round(part * 10_000) / 100}%`;

/** The whole time, and how much of it was folded. */
function Axis({ scale, from, to }: { readonly scale: Scale; readonly from: number; readonly to: number }) {
  const idle = scale.folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  return (
    <div class="axis" aria-hidden="true">
      <span class="axis-name">what was done</span>
      <span class="axis-number">took</span>
      <span class="track">
        <Folds scale={scale} />
        <span class="whole">
          {durationText(to - from)}
          {idle === 0 ? '' : `, of it ${durationText(idle)} idle`}
        </span>
      </span>
    </div>
  );
}

const Folds = ({ scale }: { readonly scale: Scale }) => (
  <>
    {scale.folds.map((fold) => (
      <span
        key={fold.from}
        class="fold"
        style={{ left: percent(fold.start), width: percent(fold.end - fold.start) }}
        title={`idle ${durationText(fold.to - fold.from)}`}
      />
    ))}
  </>
);

interface TimelineRowProps {
  readonly row: Row;
  readonly index: number;
  readonly count: number;
  readonly scale: Scale;
  readonly end: number;
  readonly isSelected: boolean;
  readonly select: (key: string) => void;
}

function TimelineRow({ row, index, count, scale, end, isSelected, select }: TimelineRowProps) {
  const { key, title, depth, state, line, startedAt, endedAt, attempts, error } = row;
  // Which of several calls at this place it is.
  const nth = /\[\d+\](?=(:result)?$)/.exec(key)?.[0];
  const start = scale.at(startedAt);
  const stop = scale.at(endedAt ?? end);
  const took = endedAt === undefined ? '' : durationText(Math.max(0, endedAt - startedAt));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the page move between rows
    <div
      id={`row-${index}`}
      class={`row ${state}${isSelected ? ' selected' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-key={key}
      style={{ top: `${index * ROW}px` }}
      onClick={() => select(key)}
    >
      <StatusSign state={state} />
      <span class="row-name" title={key} style={{ paddingLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
        {title}
        {nth === undefined ? null : <span class="row-count"> {nth}</span>}
        {error === undefined ? null : <span class="row-error"> {error}</span>}
      </span>
      {attempts > 1 ? (
        <span class="badge" title={`${attempts} attempts`}>
          ×{attempts}
        </span>
      ) : null}
      {line === undefined ? null : <span class="row-line">:{line}</span>}
      <span class="row-took">{took}</span>
      <span class="track" aria-hidden="true" title={`${wordOf(state)} since ${momentText(startedAt)}`}>
        <Folds scale={scale} />
        <span class="bar" style={{ left: percent(start), width: percent(Math.max(stop - start, 0)) }} />
      </span>
    </div>
  );
}
