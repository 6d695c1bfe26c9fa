import { render, send } from './steps.ts';

export async function main(names: string[]): Promise<unknown> {
  'use durable';
  const notify = async (name: string): Promise<void> => {
    const text = await render(name);
    await send(name, text);
  };
  names.forEach(async (name) => {
    const text = await render(name);
    await send(name, text);
  });
  names.forEach(notify);
  names.map((name) => notify(name));
  names.forEach((name) => notify(name));
  notify('a');
  void notify('b');
  notify('c').catch(() => {});
  (async () => {
    for (const name of names) await notify(name);
  })();
  return 'early';
}
