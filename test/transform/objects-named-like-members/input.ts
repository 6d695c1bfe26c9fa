import { effect, later } from '../../support/effects.ts';

// Objects of a call outside of steps that are called like the member that makes them: one use each, so a replay makes none again.
const ask = (what: string) => {
  effect(`ask ${what}`);
  return { text: later(1, `text of ${what}`), usage: { tokens: later(1, what.length) } };
};
const client = {
  stream: (what: string) => {
    effect(`stream ${what}`);
    return { finalText: async () => later(1, `all of ${what}`), id: what };
  },
};
const save = async (text: string): Promise<string> => {
  effect(`save ${text}`);
  return later(1, `${text} saved`);
};

export async function main(): Promise<unknown> {
  'use durable';
  const out: string[] = [];
  const first = ask('a');
  out.push(await save(await first.text));
  for (const name of ['b', 'c']) {
    const stream = client.stream(name);
    const text = await stream.finalText();
    out.push(await save(text), await save(`${text} again`));
  }
  const own = async (name: string) => {
    const stream = client.stream(name);
    return await save(await stream.finalText());
  };
  out.push(...(await Promise.all([own('d'), own('e')])));
  const whole = await client.stream('f').finalText();
  out.push(await save(whole));
  const stream = client.stream('g');
  out.push(await stream.finalText());
  return out;
}
