import { render, send, watch } from './steps.ts';

export async function main(names: string[]): Promise<unknown> {
  'use durable';
  const seen: string[] = [];
  const notify = async (name: string): Promise<void> => {
    const text = await render(name);
    await send(name, text);
  };
  const first = notify('a');
  const rest = names.map(async (name) => {
    await notify(name);
    seen.push(name);
  });
  // One step, which has begun when the function goes on.
  names.forEach(async (name) => {
    await send(name, 'hello');
  });
  names.forEach(async (name) => await send(name, 'bye'));
  names.forEach((name) => seen.push(name));
  const note = async (name: string): Promise<void> => {
    seen.push(name);
  };
  void note('b');
  await notify('c').catch(() => {});
  await watch(async (name) => {
    void (async () => {
      await render(name);
      await send(name, 'seen');
    })();
  });
  const gate = Promise.withResolvers<string>();
  void (async () => {
    const text = await render('gate');
    gate.resolve(text);
  })();
  seen.push(await gate.promise);
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  void (async () => {
    await notify('gate');
    open();
  })();
  await opened;
  const jobs: Promise<void>[] = [];
  names.forEach((name) => {
    jobs.push(notify(name));
  });
  await Promise.all([first, ...rest, ...jobs]);
  return await (async () => {
    await notify('d');
    return seen;
  })();
}
