import { currentStep, withPolicy } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// Functions with policies, several at a time: in combinators, and handed to methods of arrays.
const pay = withPolicy(
  async (what: string, good: unknown = 2): Promise<string> => {
    const { attempt } = currentStep();
    effect(`pay ${what} ${attempt}`);
    // Those side by side end one after the other, on a busy machine too.
    await later((what.charCodeAt(0) % 5) * 6, 0);
    if (attempt < Math.max(2, Number(good))) throw new RangeError(`${what} failed`);
    return `${what} paid`;
  },
  { retry: { attempts: 2, delay: 1, jitter: 0 } },
);
const nameOf = (error: unknown) => (error instanceof Error ? `${error.name}!` : 'none');

export async function main(): Promise<unknown> {
  'use durable';
  const all = await Promise.all([pay('a'), pay('b'), pay('c', 9).catch(nameOf)]);
  const mapped = await Promise.all(['d', 'e'].map(pay));
  const inner = await Promise.all(['f', 'g'].map((what) => pay(what)));
  const async = await Promise.all(['h', 'i'].map(async (what) => await pay(what)));
  const ended = await Promise.allSettled([pay('j'), pay('k', 9)]);
  const listed: Promise<string>[] = [];
  for (const what of ['l', 'm']) listed.push(pay(what));
  const chained = ['n', 'o'].map((what) => pay(what, 9).catch(nameOf));
  return [all, mapped, inner, async, ended.map(({ status }) => status), await Promise.all(listed), await Promise.all(chained)];
}
