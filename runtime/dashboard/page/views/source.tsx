import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Row, RowState, SourcePage } from '../../api.ts';
import { useResource } from '../base/resource.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { tokensOf } from '../parts/tokens.ts';

interface SourceProps {
  readonly id: string;
  readonly rows: readonly Row[];
  /** The line of the chosen row, or at which the run waits. */
  readonly line: number | undefined;
  readonly select: (key: string) => void;
}

const RANK: readonly RowState[] = ['done', 'cancelled', 'failed', 'running', 'waiting'];

/** The code of the function, with the state of the run at its lines. */
export function Source({ id, rows, line, select }: SourceProps) {
  const { data, error, isLoading, reload } = useResource<SourcePage>(
    `api/runs/${encodeURIComponent(id)}/source`,
    { live: false },
  );
  const marks = useMemo(() => marksOf(rows), [rows]);
  const tokens = useMemo(() => tokensOf(data?.lines ?? []), [data]);
  const code = useRef<HTMLElement>(null);
  useEffect(() => {
    code.current?.querySelector('.here')?.scrollIntoView({ block: 'center' });
  }, [line, data]);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (isLoading || data === undefined) return <Loading what="the source" />;
  if (data.lines.length === 0) return <Notice title={data.file}>{data.note}</Notice>;
  return (
    <div class="source">
      <p class="pane-head">
        <code>{data.file}</code>
        {data.note === undefined ? null : <span class="note">{data.note}</span>}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with keys */}
      <section ref={code} class="code" tabIndex={0} aria-label={`Source of ${data.file}`}>
        {data.lines.map((text, index) => {
          const number = data.from + index;
          const mark = marks.get(number);
          return (
            <div
              key={number}
              class={`code-line${number === line ? ' here' : ''}${mark === undefined ? '' : ` marked ${mark.state}`}`}
            >
              <Gutter number={number} mark={mark} select={select} />
              <code>
                {tokens[index]?.map(([kind, part], at) =>
                  kind === '' ? (
                    part
                  ) : (
                    <span key={at} class={`t-${kind}`}>
                      {part}
                    </span>
                  ),
                ) ?? text}
              </code>
            </div>
          );
        })}
      </section>
    </div>
  );
}

interface Mark {
  readonly state: RowState;
  /** Of the last row of the line. */
  readonly key: string;
  readonly count: number;
}

interface GutterProps {
  readonly number: number;
  readonly mark: Mark | undefined;
  readonly select: (key: string) => void;
}

function Gutter({ number, mark, select }: GutterProps) {
  if (mark === undefined) return <span class="line-number">{number}</span>;
  const { state, key, count } = mark;
  return (
    <button
      type="button"
      class="line-number"
      aria-label={`Line ${number}: ${state}${count > 1 ? `, ${count} times` : ''}`}
      title={`${state}${count > 1 ? `, ${count} times` : ''}`}
      onClick={() => select(key)}
    >
      {number}
    </button>
  );
}

function marksOf(rows: readonly Row[]): ReadonlyMap<number, Mark> {
  const marks = new Map<number, Mark>();
  for (const { line, state, key } of rows) {
    if (line === undefined) continue;
    const before = marks.get(line);
    const isMore = before === undefined || RANK.indexOf(state) >= RANK.indexOf(before.state);
    marks.set(line, {
      state: isMore ? state : before.state,
      key: isMore ? key : before.key,
      count: (before?.count ?? 0) + 1,
    });
  }
  return marks;
}
