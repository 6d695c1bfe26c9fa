import type { SchedulesPage } from '../../api.ts';
import { useResource } from '../base/resource.ts';
import { hrefOf } from '../base/router.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';

export function SchedulesView() {
  const { data, error, isLoading, reload } = useResource<SchedulesPage>('api/schedules');
  return (
    <section aria-label="Schedules">
      <h1>Schedules</h1>
      {error === undefined ? null : <Failure error={error} retry={reload} />}
      {isLoading ? <Loading what="schedules" /> : null}
      {data?.schedules.length === 0 ? (
        <Notice title="There are no schedules">
          <code>runtime.schedule('nightly', {"{ cron: '0 3 * * *' }"}, report, [])</code> makes one.
        </Notice>
      ) : null}
      {data !== undefined && data.schedules.length > 0 ? (
        <table class="list">
          <thead>
            <tr>
              <th>Schedule</th>
              <th>Cron</th>
              <th>Time zone</th>
              <th class="number">Next run</th>
            </tr>
          </thead>
          <tbody>
            {data.schedules.map(({ name, cron, timeZone, next }) => (
              <tr key={name}>
                <td class="id">
                  <a href={hrefOf(['runs'], { text: `${name}@` })} title="Its runs">
                    {name}
                  </a>
                </td>
                <td>
                  <code>{cron}</code>
                </td>
                <td>{timeZone ?? 'UTC'}</td>
                <td class="number">{next === undefined ? 'never' : <Ago time={next} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
