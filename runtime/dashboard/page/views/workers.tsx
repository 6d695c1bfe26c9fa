import type { WorkersPage } from '../../api.ts';
import { useResource } from '../base/resource.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';

const STATES = {
  alive: ['●', 'alive', 'Its lease holds'],
  stopped: ['◷', 'stopped', 'The process does not execute: it was stopped, or a debugger has it'],
  gone: ['✗', 'gone', 'Its lease is over, or its process has ended. Another worker takes its runs over.'],
} as const;

/** The workers that are registered with the store, and their leases. */
export function WorkersView() {
  const { data, error, isLoading, reload } = useResource<WorkersPage>('api/workers');
  return (
    <section aria-label="Workers">
      <h1>Workers</h1>
      {error === undefined ? null : <Failure error={error} retry={reload} />}
      {isLoading ? <Loading what="workers" /> : null}
      {data?.workers.length === 0 ? (
        <Notice title="No worker is registered">
          Unfinished runs wait until a process that has their functions calls <code>runtime.recover()</code>.
        </Notice>
      ) : null}
      {data !== undefined && data.workers.length > 0 ? (
        <table class="list">
          <thead>
            <tr>
              <th>State</th>
              <th>Worker</th>
              <th>Host</th>
              <th class="number">Process</th>
              <th class="number">Runs</th>
              <th class="number">Lease until</th>
            </tr>
          </thead>
          <tbody>
            {data.workers.map(({ worker, pid, host, leaseUntil, state, runs }) => (
              <tr key={worker}>
                <td class="state" title={STATES[state][2]}>
                  <span class={`status worker-${state}`}>
                    <span class="sign" aria-hidden="true">
                      {STATES[state][0]}
                    </span>
                    {STATES[state][1]}
                  </span>
                </td>
                <td class="id">
                  <code title={worker}>{worker}</code>
                </td>
                <td>{host}</td>
                <td class="number">{pid}</td>
                <td class="number">{runs?.toLocaleString('en') ?? ''}</td>
                <td class="number">
                  <Ago time={leaseUntil} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
