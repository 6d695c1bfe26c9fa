import { effect, later } from '../../support/effects.ts';

async function at(name: string): Promise<string> {
  effect(name);
  return later(1, name);
}

async function kind(n: number): Promise<string> {
  effect(`kind ${n}`);
  return later(1, ['zero', 'one', 'two', 'many'][Math.min(n, 3)]!);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: string[] = [];
  outer: for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      if (j === 2) continue outer;
      if (i === 1) break outer;
      out.push(await at(`${i}${j}`));
    }
  }
  block: {
    if ((await kind(0)) === 'zero') break block;
    out.push('unreached');
  }
  for (const n of [1, 2, 5]) {
    switch (await kind(n)) {
      case await at('never'):
        out.push('never');
        break;
      case 'one':
        out.push(await at('case one'));
      // falls through
      case 'two': {
        const inside = await at(`case two ${n}`);
        out.push(inside);
        break;
      }
      default:
        out.push(await at('default'));
        continue;
    }
    out.push(`after ${n}`);
  }
  switch (out.length) {
    default: {
      const at = out.length;
      out.push(`shadowed ${at}`);
    }
  }
  return out;
}
