import { currentStep, withPolicy } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// A function with a policy, called in every form that there is: each call fails twice, and succeeds with its third attempt.
async function payOnce(...what: unknown[]): Promise<string> {
  const { attempt } = currentStep();
  const text = what.map(String).join(' ');
  effect(`pay ${text} ${attempt}`);
  await later(1, 0);
  if (attempt < 3) throw new Error(`${text} failed`);
  return `${text} paid`;
}

const policy = { retry: { attempts: 3, delay: 1, jitter: 0 } };
const pay = withPolicy(payOnce, policy);
const payAda = pay.bind(null, 'ada');
const bank = { name: 'bank', pay, async named(this: { name: string }, n: number) { return await pay(this.name, n); } };
const till = {
  name: 'till',
  pay: withPolicy(async function (this: { name: string }, n: number) {
    return payOnce(this.name, n);
  }, policy),
};
const twice = withPolicy(withPolicy(payOnce, { retry: 9, timeout: 10_000 }), policy);
const byName = new Map([['pay', pay]]);

async function helper(how: (what: string) => Promise<string>): Promise<string> {
  'use durable';
  return await how('handed over');
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await pay('directly'));
  out.push(await pay.call(null, 'call'), await pay.apply(null, ['apply']), await Reflect.apply(pay, null, ['reflect']));
  out.push(await payAda('bound'), await pay.bind(null, 'bound')('here'), await pay.bind(null).call(null, 'both'));
  out.push(await bank.pay('member'), await bank['pay']('computed'), await bank?.pay?.('optional'));
  out.push(await till.pay(1), await till.pay.call({ name: 'other' }, 2));
  out.push(await pay`tagged ${1}`);
  out.push(await twice('twice'), await byName.get('pay')!('map'), await byName.get('pay')?.('map?'));
  out.push(await helper(pay));
  const local = withPolicy(payOnce, policy);
  out.push(await local('local'), await withPolicy(payOnce, policy)('made here'));
  const given = async (how: typeof pay) => await how('parameter');
  out.push(await given(pay));
  const { pay: taken } = bank;
  out.push(await taken('taken'));
  for (const one of [pay]) out.push(await one('looped'));
  try {
    out.push(await (async () => pay('returned'))());
  } finally {
    out.push(await (out.length > 3 ? pay : payOnce)('chosen'));
  }
  return out;
}
