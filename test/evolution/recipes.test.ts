/** The recipes of docs/changing-code.md: a run goes on with the new code, wherever the old process died. */
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { deploy, died, type Resumed, resume, runWhole } from './deploy.ts';

/** What the new code makes of the old run, behind each of its events. */
async function everywhere(id: string, old: string, now: string): Promise<readonly Resumed[]> {
  const before = await deploy(id, old);
  const { events } = await runWhole(before);
  const prefixes = events.slice(0, -1).map((_, index) => events.slice(0, index + 1));
  const stores = await Promise.all(prefixes.map((prefix) => died(before, prefix)));
  await deploy(id, now);
  const all: Resumed[] = [];
  for (const [index, prefix] of prefixes.entries()) all.push(await resume(stores[index]!, prefix));
  return all;
}

const values = (all: readonly Resumed[]): readonly unknown[] =>
  all.map(({ outcome }) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason));
const keys = ({ events }: Resumed): readonly string[] =>
  events.flatMap((event: JournalEvent) => (event.type === 'step' ? [event.key] : []));

describe('the recipes', () => {
  it('a step before a wait', async () => {
    const old = `await reserve(n); await sleep('1ms'); return await ship(n);`;
    const all = await everywhere(
      'recipe-insert',
      old,
      old.replace('await sleep', `if (since('check')) await pay(n); await sleep`),
    );
    expect(values(all)).toEqual(all.map(() => 'ship(1)'));
    expect(keys(all[0]!)).toEqual(['reserve', 'pay#check', 'ship']);
    expect(keys(all.at(-1)!)).toEqual(['reserve', 'ship']);
  });

  it('other arguments', async () => {
    const old = `const paid = await pay(n); await sleep('1ms'); return [paid, await ship(n)];`;
    const all = await everywhere('recipe-arguments', old, old.replace('pay(n)', 'pay(n + 1)'));
    expect(values(all)[0]).toEqual(['pay(2)', 'ship(1)']);
    expect(values(all).at(-1)).toEqual(['pay(1)', 'ship(1)']);
  });

  it('a step in two parts', async () => {
    const all = await everywhere(
      'recipe-split',
      `await reserve(n); return await pay(n);`,
      `await reserve(n); if (since('two-parts')) return await ship(await say(n)); else return await pay(n);`,
    );
    expect(all.map(({ blocked }) => blocked)).toEqual(all.map(() => undefined));
    expect(keys(all[0]!)).toEqual(['reserve', 'say#two-parts', 'ship#two-parts']);
  });

  it('a step with a bug', async () => {
    const old = `await reserve(n); return await step('work', async () => 'wrong');`;
    const all = await everywhere('recipe-bug', old, old.replace('wrong', 'right'));
    expect(values(all).slice(0, 2)).toEqual(['right', 'right']);
  });
});
