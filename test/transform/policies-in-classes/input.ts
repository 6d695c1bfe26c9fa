import { currentStep, withPolicy } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// A policy reached through what people keep functions in: classes, partial application, defaults, members of arrays.
async function charge(name: string): Promise<string> {
  const { attempt } = currentStep();
  effect(`charge ${name} ${attempt}`);
  await later(1, 0);
  if (attempt < 3) throw new Error(`declined ${name}`);
  return `${name} paid`;
}
const patiently = withPolicy(charge, { retry: { attempts: 3, delay: 1, jitter: 0 } });
class Bank {
  readonly pay = patiently;
  static pay = patiently;
}
const bank = new Bank();
const list = [patiently] as const;
const { pay = charge } = bank;

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await bank.pay('a'), await Bank.pay('b'), await list[0]('c'), await pay('d'));
  out.push(await [patiently].at(0)!('e'), await (true && patiently)('f'), await (0, patiently)('g'));
  const chosen = out.length > 3 ? patiently : charge;
  out.push(await chosen('h'), await Promise.all(['i', 'j'].map(patiently)));
  const own = async (f = patiently) => f('k');
  out.push(await own(), await Promise.allSettled([Reflect.apply(patiently, undefined, ['l']), patiently.call(null, 'm')]));
  return out;
}
