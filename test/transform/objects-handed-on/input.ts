import { effect, later } from '../../support/effects.ts';

// What a call gives that is at work, and that is used in one way: it is not asked for again once that is recorded.
const ask = (question: string): { text: Promise<string>; usage: Promise<number> } => {
  effect(`ask ${question}`);
  return { text: later(1, question), usage: later(2, question.length) };
};

async function whole(answer: ReturnType<typeof ask>): Promise<unknown> {
  return [await answer.text, await answer.usage];
}

async function save(value: unknown): Promise<unknown> {
  effect(`save ${JSON.stringify(value)}`);
  return later(1, value);
}

const options = (): { name: string } => ({ name: 'plain' });

const defer = (): { promise: Promise<number>; resolve: (value: number) => void } => {
  let resolve!: (value: number) => void;
  const promise = new Promise<number>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const first = ask('first');
  out.push(await save(await whole(first)));
  out.push(await save(await whole(ask('second'))));
  const third = ask('third');
  await save('between');
  out.push(await save(await third.text));
  for (const name of ['fourth', 'fifth']) {
    const answer = ask(name);
    out.push(name === 'fourth' ? await answer.text : await answer.usage);
  }
  out.push(await Promise.all(['sixth'].map(async (name) => {
    const answer = ask(name);
    return await answer.text;
  })));
  out.push(await ask('seventh').text);
  // Data, and what the function settles itself.
  const config = options();
  await save(config);
  out.push(await save(config.name));
  const once = defer();
  once.resolve(8);
  out.push(await once.promise, await save('last'), await once.promise);
  return out;
}
