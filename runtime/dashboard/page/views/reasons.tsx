import type { Reason, RunAction } from '../../api.ts';
import { hrefOf } from '../base/router.ts';
import { Ago } from '../parts/time.tsx';

interface ReasonsProps {
  readonly reasons: readonly Reason[];
  readonly file: string | undefined;
  readonly select: (key: string) => void;
  /** Opens the dialog of an action; undefined where nothing can be done. */
  readonly act: ((type: RunAction['type']) => void) | undefined;
}

/** More are the same again, mostly. */
const MOST = 3;

/** What the run waits for, at which line, and what would end that. */
export function Reasons({ reasons, file, select, act }: ReasonsProps) {
  if (reasons.length === 0) return null;
  return (
    <section class="reasons" aria-label="Why it is where it is">
      {reasons.slice(0, MOST).map((reason) => (
        <One
          key={`${reason.text} ${reason.key} ${reason.box}`}
          reason={reason}
          file={file}
          select={select}
          act={act}
        />
      ))}
      {reasons.length > MOST ? <p>and {reasons.length - MOST} more, see the timeline</p> : null}
    </section>
  );
}

type OneProps = Omit<ReasonsProps, 'reasons'> & { readonly reason: Reason };

function One({ reason, file, select, act }: OneProps) {
  const { text, title, line, key, since, until, error, child, ways } = reason;
  const place = `${file ?? 'line'}:${line}`;
  return (
    <div class="why">
      <p class="why-text">
        {text} {title === undefined ? null : <code>{title}</code>}{' '}
        {line === undefined ? null : key === undefined ? (
          <code class="place">{place}</code>
        ) : (
          <button type="button" class="link place" onClick={() => select(key)}>
            {place}
          </button>
        )}
      </p>
      {error === undefined ? null : <p class="why-error">{error}</p>}
      <p class="why-more">
        {since === undefined ? null : (
          <>
            Since <Ago time={since} />.{' '}
          </>
        )}
        {until === undefined ? null : (
          <>
            Until <Ago time={until} />.{' '}
          </>
        )}
        {child === undefined ? null : <a href={hrefOf(['runs', child])}>Go to that run. </a>}
        {ways.length === 0 ? null : (
          <>
            What ends it:{' '}
            {ways.map(({ text: way, action }, index) => (
              <span key={way}>
                {index === 0 ? '' : ', or '}
                {action === undefined || act === undefined ? (
                  way
                ) : (
                  <button type="button" class="link" onClick={() => act(action)}>
                    {way}
                  </button>
                )}
              </span>
            ))}
            .
          </>
        )}
      </p>
    </div>
  );
}
