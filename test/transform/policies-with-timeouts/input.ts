import { currentStep, withPolicy } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// The timeout of a function with a policy, in chains: of each attempt of the call, not of what hangs on it.
const slow = withPolicy(
  async (what: string): Promise<string> => {
    const { attempt } = currentStep();
    effect(`slow ${what} ${attempt}`);
    await later(attempt < 2 ? 300 : 1, 0);
    return `${what} in time`;
  },
  { retry: { attempts: 2, delay: 1, jitter: 0 }, timeout: 50 },
);
const late = withPolicy(
  async (what: string): Promise<string> => {
    effect(`late ${what}`);
    return later(300, what);
  },
  { timeout: 30 },
);
const soon = withPolicy(async (what: string): Promise<string> => later(5, `${what} soon`), { timeout: '1 minute' });
const nameOf = (error: unknown) => (error instanceof Error ? `${error.name}!` : 'none');
const slowly = async (text: string) => later(120, `${text}, slowly`);

export async function main(): Promise<unknown> {
  'use durable';
  let n = 0;
  const out: unknown[] = [await slow('a').then(slowly), await late('b').catch(nameOf)];
  out.push(await late('c').catch((error) => `${nameOf(error)} ${++n}`));
  const begun = slow('d').catch(nameOf);
  out.push(await begun, await soon('e'), await soon('f').then(slowly));
  return out;
}
