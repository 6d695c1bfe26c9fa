import { useState } from 'preact/hooks';
import type { Row, RunPage, ShownValue, Values } from '../../api.ts';
import { query } from '../base/client.ts';
import { useResource } from '../base/resource.ts';
import { hrefOf } from '../base/router.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { Status } from '../parts/status.tsx';
import { Ago, Lasted, momentText } from '../parts/time.tsx';

interface ValuesProps {
  readonly id: string;
  readonly page: RunPage;
  /** Undefined for the run itself. */
  readonly row: Row | undefined;
}

/** What was recorded: of the chosen row, or else the input and the result of the run. */
export function ValuesPane({ id, page, row }: ValuesProps) {
  // What a row has recorded changes only with its state.
  const version = row === undefined ? page.run.status : `${row.state} ${row.attempts}`;
  return (
    <div class="values">
      {row === undefined ? <RunFacts page={page} /> : <RowFacts row={row} />}
      <Recorded key={`${row?.key} ${version}`} id={id} rowKey={row?.key} />
    </div>
  );
}

function RunFacts({ page: { run, file, version } }: { readonly page: RunPage }) {
  return (
    <>
      <h2>The run</h2>
      <dl class="facts">
        <Fact name="id">{run.id}</Fact>
        <Fact name="function">{run.fn}</Fact>
        {version === undefined ? null : <Fact name="version">{version}</Fact>}
        {file === undefined ? null : <Fact name="file">{file}</Fact>}
        <Fact name="started">{momentText(run.createdAt)}</Fact>
        {Object.entries(run.attributes).map(([name, value]) => (
          <Fact key={name} name={name}>
            {String(value)}
          </Fact>
        ))}
      </dl>
    </>
  );
}

function RowFacts({ row }: { readonly row: Row }) {
  const { key, title, state, kind, line, startedAt, endedAt, until, attempts, child } = row;
  return (
    <>
      <h2>{title}</h2>
      <dl class="facts">
        <Fact name="state">
          <Status state={state} />
        </Fact>
        <Fact name="key">{key}</Fact>
        <Fact name="kind">{kind}</Fact>
        {line === undefined ? null : <Fact name="line">{line}</Fact>}
        <Fact name="since">
          <Ago time={startedAt} />
        </Fact>
        <Fact name="took">
          <Lasted from={startedAt} to={endedAt} />
        </Fact>
        {until === undefined ? null : (
          <Fact name="until">
            <Ago time={until} />
          </Fact>
        )}
        {attempts > 1 ? <Fact name="attempts">{attempts}</Fact> : null}
        {child === undefined ? null : (
          <Fact name="run">
            <a href={hrefOf(['runs', child])}>{child}</a>
          </Fact>
        )}
      </dl>
    </>
  );
}

const Fact = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children?: preact.ComponentChildren;
}) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Recorded({ id, rowKey }: { readonly id: string; readonly rowKey: string | undefined }) {
  const [whole, setWhole] = useState(false);
  const path = query(`api/runs/${encodeURIComponent(id)}/value`, {
    key: rowKey,
    whole: whole ? 'yes' : undefined,
  });
  const { data, error, isLoading, reload } = useResource<Values>(path, { live: false, keep: true });
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (isLoading || data === undefined) return <Loading what="values" />;
  if (data.values.length === 0)
    return <Notice title="Nothing is recorded">What it returns is kept when it has ended.</Notice>;
  return (
    <>
      {data.values.map((value) => (
        <Value key={value.title} value={value} showAll={() => setWhole(true)} />
      ))}
    </>
  );
}

/** As text, whatever it is. Nothing is coloured, so that a large one costs no more than its text. */
function Value({ value, showAll }: { readonly value: ShownValue; readonly showAll: () => void }) {
  const { title, text, length, isError = false } = value;
  return (
    <div class={`value${isError ? ' error' : ''}`}>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with keys */}
      <section class="value-text" tabIndex={0} aria-label={title}>
        <pre>{text}</pre>
      </section>
      {length === undefined ? null : (
        <p class="cut">
          The first {text.length.toLocaleString('en')} of {length.toLocaleString('en')} characters.{' '}
          <button type="button" onClick={showAll}>
            Show all
          </button>
        </p>
      )}
    </div>
  );
}
