import { ask, open, save, startAll } from './services.ts';

export async function main(names: readonly string[]): Promise<unknown> {
  'use durable';
  const { text, usage } = ask('why');
  await save(await text);
  const [first, second] = open();
  const both = await Promise.all([first, second]);
  const answer = ask('two members');
  await save(await answer.text);
  const tokens = await answer.usage;
  const again = ask('one member, twice');
  for (const name of names) await save(name + (await again.text));
  const list = await Promise.all([ask('a').text, ask('b').text]);
  const alias = ask('by another name').text;
  const inside = { answer: ask('in an object') };
  const read = async (one: ReturnType<typeof ask>): Promise<string> => one.text.then((said) => said.trim());
  const spread = { ...ask('spread') };
  let late: ReturnType<typeof ask> | undefined;
  late = ask('in a variable');
  const started = startAll(names);
  const all = [await Promise.all(started), await alias, await inside.answer.text, await read(ask('by a parameter'))];
  for (const one of startAll(names)) await save(await one);
  const mapped = await Promise.all(names.map((name) => ask(name).text));
  return usage.then(async (count) => [count, both, tokens, list, all, mapped, await spread.text, await late?.text]);
}
