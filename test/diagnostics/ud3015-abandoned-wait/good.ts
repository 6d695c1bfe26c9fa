import { createCallback, sleep, TimeoutError, waitFor } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  for (let round = 0; round < 3; round++) {
    try {
      await job(await waitFor('change', { timeout: '100ms' }));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }
  // One wait, kept outside of the loop.
  const stop = waitFor('stop').then(() => 'stop');
  while ((await Promise.race([stop, sleep('1s')])) !== 'stop') await job('round');
  while (true) {
    const loser = new AbortController();
    const { signal } = loser;
    const first = await Promise.race([waitFor('more', { signal }), sleep('1s', { signal })]);
    loser.abort();
    if (first === undefined) break;
    await job(first);
  }
  for (const name of ['a', 'b']) {
    const callback = await createCallback();
    await job([name, callback.token]);
    await Promise.race([callback.result(), sleep('1 day')]);
  }
  const once = await Promise.race([waitFor('once'), sleep('1s')]);
  if (once === undefined) return await Promise.race([waitFor('left'), sleep('1s')]);
  else return await Promise.race([waitFor('right'), sleep('1s')]);
}
