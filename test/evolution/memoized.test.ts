import { describe, expect, it } from 'vitest';
import { deploy, died, resume, runWhole } from './deploy.ts';

/**
 * What lodash's `once` and `memoize` keep is workflow code now. In 0.1.0 each call of such a function was one step, as a call of
 * a memoizer that the compiler doesn't know still is. Runs from that time go on, or are blocked before anything is called.
 */
const PROGRAM = `
  const connect = once(async () => await say('connection'));
  const user = memoize(async (id) => await reserve(id));
  const out = [await connect(), await user(1)];
  await pay(n);
  out.push(await connect(), await user(1), await user(2));
  await sleep('1ms');
  return out;`;

const from = (module: string): string => `import { memoize, once } from '${module}';\n`;

describe('a run that awaited a memoized result as a step', () => {
  it('is blocked where it has recorded one, and goes on with the old code', async () => {
    const unknown = from('../../support/packages/lodash.ts');
    const old = await deploy('memoized', PROGRAM, unknown);
    const whole = await runWhole(old);
    expect(whole.events.flatMap((event) => ('key' in event ? [event.key] : []))).toContain('connect#2');
    const prefixes = whole.events.slice(0, -1).map((_, index) => whole.events.slice(0, index + 1));
    const stores = await Promise.all(prefixes.map((prefix) => died(old, prefix)));
    await deploy('memoized', PROGRAM, from('lodash'));
    for (const [index, store] of stores.entries()) {
      const resumed = await resume(store, prefixes[index]!);
      if (index === 0) expect(resumed.outcome).toEqual(whole.outcome);
      else {
        expect(resumed.blocked, `behind event ${index}`).toContain(
          'the outcome of step "connect" (order.ts:',
        );
        expect(resumed.calls).toEqual([]);
        expect(resumed.events).toEqual(prefixes[index]);
      }
    }
    await deploy('memoized', PROGRAM, unknown);
    for (const [index, store] of stores.entries())
      if (index > 0) expect((await resume(store, prefixes[index]!)).outcome.status).toBe('fulfilled');
  });
});
