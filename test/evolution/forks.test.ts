/** Runs that go on from a step of another one, after a crash at each event, and resumed after a failure. */
import { describe, expect, it } from 'vitest';
import { createRuntime } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { forkOf } from '../../runtime/journal/fork.ts';
import { eventsOf, settled } from '../support/crash.ts';
import { deploy, died, resume, runWhole } from './deploy.ts';

const SEED = 'f'.repeat(64);

const outcomes = (events: readonly JournalEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'step' ? [`${event.key} ${event.ok ? event.value : 'failed'}`] : [],
  );

describe('a fork', () => {
  it.each(['pay', 'reserve', 'sleep', 'ship'])(
    'from "%s" has the same random values after each crash',
    async (from) => {
      const main = await deploy(
        `forks-${from}`,
        `await pay(crypto.randomUUID()); await reserve(crypto.randomUUID()); await sleep('1ms'); return await ship(crypto.randomUUID());`,
      );
      const { events } = await runWhole(main);
      const begun = forkOf('whole', events, { from }, SEED, 1);
      const whole = await resume(await died(main, begun), begun);
      expect(whole.events.slice(0, begun.length)).toEqual(begun);
      expect(outcomes(whole.events).at(-1)).not.toBe(outcomes(events).at(-1));
      for (let end = begun.length; end < whole.events.length; end++) {
        const prefix = whole.events.slice(0, end);
        const again = await resume(await died(main, prefix), prefix);
        expect(again.blocked).toBeUndefined();
        expect(outcomes(again.events), `${end}`).toEqual(outcomes(whole.events));
      }
    },
  );

  it('that is resumed keeps what it has of the other run, also where that failed', async () => {
    const main = await deploy(
      'forks-resumed',
      `try { await flaky(n); } catch {} const id = crypto.randomUUID(); await reserve(id); await pay(id); check(n);`,
    );
    const { events } = await runWhole(main);
    const begun = forkOf('whole', events, { from: 'pay' }, SEED, 1);
    const { store, events: failed } = await resume(await died(main, begun), begun);
    expect(failed.at(-1)).toMatchObject({ type: 'run-ended', ok: false });
    const runtime = createRuntime({ store });
    await settled((await runtime.resume('run', { forget: true })).result());
    await runtime.close();
    expect(outcomes(eventsOf(store, 'run'))).toEqual(outcomes(failed));
    const prefix = eventsOf(store, 'run').slice(0, begun.length);
    expect(outcomes((await resume(await died(main, prefix), prefix)).events)).toEqual(outcomes(events));
  });
});
