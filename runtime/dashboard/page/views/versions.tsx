import type { VersionsPage } from '../../api.ts';
import { useResource } from '../base/resource.ts';
import { hrefOf } from '../base/router.ts';
import { FnName } from '../parts/fn-name.tsx';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';

/** Which versions of the code unfinished runs execute. */
export function VersionsView() {
  const { data, error, isLoading, reload } = useResource<VersionsPage>('api/versions');
  return (
    <section aria-label="Versions">
      <h1>Versions of the code</h1>
      <p class="lead">A version that is not here has no unfinished run, so its code can go.</p>
      {error === undefined ? null : <Failure error={error} retry={reload} />}
      {isLoading ? <Loading what="versions" /> : null}
      {data?.versions.length === 0 ? (
        <Notice title="No run is unfinished">Every old version of the code can go.</Notice>
      ) : null}
      {data !== undefined && data.versions.length > 0 ? (
        <table class="list">
          <thead>
            <tr>
              <th>Function</th>
              <th>Version</th>
              <th class="number">Running</th>
              <th class="number">Blocked</th>
              <th class="number">Oldest run</th>
            </tr>
          </thead>
          <tbody>
            {data.versions.map(({ fn, version, number, running, blocked, since }) => (
              <tr key={`${fn} ${version}`}>
                <td class="id">
                  <a href={hrefOf(['runs'], { fn })}>
                    <FnName fn={fn} />
                  </a>
                </td>
                <td>
                  <code>{version ?? 'of 0.1.0'}</code>
                  {number === undefined ? '' : ` (version ${number})`}
                </td>
                <td class="number">{running.toLocaleString('en')}</td>
                <td class={`number${blocked > 0 ? ' bad' : ''}`}>{blocked.toLocaleString('en')}</td>
                <td class="number">
                  <Ago time={since} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
