import { currentStep, withPolicy } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// Functions with policies, in chains and in calls that are awaited later. What hangs on such a call learns of its last attempt.
async function payOnce(what: string, good = 3): Promise<string> {
  const { attempt } = currentStep();
  effect(`pay ${what} ${attempt}`);
  await later(1, 0);
  if (attempt < good) throw new RangeError(`${what} failed`);
  return `${what} paid`;
}

const pay = withPolicy(payOnce, { retry: { attempts: 3, delay: 1, jitter: 0 } });
const sudden = withPolicy(
  (what: string): Promise<string> => {
    const { attempt } = currentStep();
    effect(`sudden ${what} ${attempt}`);
    if (attempt < 2) throw new Error(what);
    return later(1, `${what} at last`);
  },
  { retry: { attempts: 2, delay: 1 } },
);
const upper = (text: string) => text.toUpperCase();
const nameOf = (error: unknown) => (error instanceof Error ? `${error.name}!` : 'none');
const api = { pay };

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  out.push(await pay('a').catch(String), await pay('b', 9).catch(String));
  out.push(await pay('c').then(upper), await pay('d', 9).then(upper, nameOf));
  out.push(await pay('e').finally(() => effect('finally e')));
  out.push(await pay('f', 9).then(upper).catch(nameOf).finally(() => effect('finally f')));
  out.push(await pay('g', 9).catch((error) => `${++n} ${error.message}`));
  out.push(await pay('h').then((text) => `${text} ${++n}`).catch(String));
  out.push(await api.pay('i', 9).catch(nameOf), await api?.pay?.('j', 9).catch(nameOf));
  out.push(await pay.call(null, 'k', 9).catch(nameOf), await pay.apply(null, ['l', 9]).catch(nameOf));
  out.push(await Reflect.apply(pay, null, ['m', 9]).catch(nameOf), await pay.bind(null, 'n')(9).catch(nameOf));
  out.push(await sudden('s'), await sudden('t').then(upper));
  try {
    await pay('u').then(() => {
      throw new TypeError('after');
    });
  } catch (error) {
    out.push(nameOf(error));
  }
  const begun = pay('v');
  effect2(out);
  out.push(await begun);
  const chain = pay('w', 9).catch(nameOf);
  out.push(await chain);
  const later = pay('x', 9).then(upper).catch((error) => `${nameOf(error)} ${++n}`);
  out.push(await later);
  return out;
}

function effect2(list: unknown[]): void {
  list.push(list.length);
}
