import { effect, later } from '../../support/effects.ts';

async function bezahlen(betrag: number): Promise<string> {
  effect(`bezahlen ${betrag}€`);
  return later(1, `${betrag}€`);
}

async function größe(ñ: string): Promise<number> {
  effect(`größe ${ñ}`);
  return later(1, [...ñ].length);
}

const 店 = {
  async 買う(品: string): Promise<string> {
    effect(`買う ${品}`);
    return later(1, `${品}を買った`);
  },
  '😀': async (n: number): Promise<string> => {
    effect(`smile ${n}`);
    return later(1, '😀'.repeat(n));
  },
};

async function \u0061bc(): Promise<string> {
  effect('escaped');
  return later(1, 'abc');
}

export async function été(ς: string): Promise<string> {
  'use durable';
  return await 店.買う(ς);
}

export async function main(): Promise<unknown> {
  'use durable';
  /* 😀 astral characters before the code */ const a = await bezahlen(5);
  const b = await größe('añ😀'); const c = await 店.買う('本'); const d = await 店['😀'](2);
  const $été = await été('夏');
  const e = await Promise.all(['α', 'β'].map(async (ж) => `${ж}${await größe(ж)}`));
  return { a, b, c, d, $été, e, abc: await abc(), '键': await größe('\u{1F600}') };
}
