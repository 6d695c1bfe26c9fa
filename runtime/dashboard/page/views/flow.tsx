import { useEffect, useRef, useState } from 'preact/hooks';
import type { FigurePage, Row, RunPage } from '../../api.ts';
import type { Resource } from '../base/resource.ts';
import { Drawing } from '../parts/drawing.tsx';
import { Failure, Loading, Notice } from '../parts/notice.tsx';

interface FlowProps {
  readonly figure: Resource<FigurePage>;
  readonly page: RunPage;
  readonly row: Row | undefined;
  readonly select: (key: string | undefined) => void;
}

/** The flow of the function, with the run laid over it. */
export function Flow({ figure, page, row, select }: FlowProps) {
  const pane = useRef<HTMLElement>(null);
  const [isWhole, setWhole] = useState(false);
  // A box without a row, because the run was never there.
  const [lone, setLone] = useState<string>();
  const box = row?.box ?? lone;
  const isThere = figure.data?.drawing !== undefined;
  useEffect(() => {
    const shown = pane.current?.querySelector('.box.selected, .box.waiting, .box.running, .box.failed');
    shown?.scrollIntoView({ block: 'center', inline: 'center' });
  }, [box, isThere]);
  if (figure.error !== undefined) return <Failure error={figure.error} retry={figure.reload} />;
  if (figure.data === undefined) return <Loading what="the drawing" />;
  const { drawing } = figure.data;
  if (drawing === undefined)
    return (
      <Notice title="There is no drawing of this version">
        It was compiled by an earlier version of use-durable.
      </Notice>
    );
  const choose = (key: string): void => {
    // Again the same one: the time before it.
    const rows = page.rows.filter((one) => one.box === key);
    const at = rows.findIndex((one) => one.key === row?.key);
    const next = at > 0 ? rows[at - 1] : rows.at(-1);
    setLone(next === undefined ? key : undefined);
    select(next?.key);
  };
  return (
    <div class="flow">
      <p class="pane-head">
        <span class="faint">A click on a box shows it in the timeline.</span>
        <button type="button" class="plain" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
          Full size
        </button>
      </p>
      <section
        ref={pane}
        class={`sheet${isWhole ? ' whole' : ''}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with keys
        tabIndex={0}
        aria-label="The flow of the function"
      >
        <Drawing drawing={drawing} title={page.run.fn} selected={box} select={choose} />
      </section>
    </div>
  );
}
