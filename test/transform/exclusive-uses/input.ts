import { effect, fail, later } from '../../support/effects.ts';

interface Answer {
  readonly text: Promise<string>;
  readonly usage: Promise<number>;
}

let asked = 0;

function ask(): Answer {
  effect('ask');
  const number = ++asked % 1_000;
  return { text: later(1, number > 0 ? 'text' : ''), usage: later(1, 2) };
}

const broken = (): { readonly text: Promise<string> } => {
  effect('broken');
  const text = fail(1, new RangeError('no text'));
  text.catch(() => {});
  return { text };
};

async function save(value: string | number): Promise<string> {
  effect(`save ${value}`);
  return later(1, `${value}`);
}

async function early(way: number): Promise<unknown> {
  'use durable';
  const answer = ask();
  const saved = await save(way);
  if (saved === '1') return await answer.text;
  if (saved === '2') {
    await save('two');
    return answer.usage;
  }
  if (saved === '3') throw new Error(await answer.text);
  await save('behind');
  return answer.text;
}

async function arms(way: number): Promise<unknown> {
  'use durable';
  const answer = ask();
  let out: unknown;
  switch (await save(way)) {
    case '1':
      out = await answer.text;
      break;
    case '2': {
      out = await answer.usage;
      break;
    }
    case '3':
      return answer.text;
    default:
      if (way > 4) out = await answer.text;
      else out = (await save('which')) === 'which' ? await answer.usage : await answer.text;
  }
  await save('behind');
  return out;
}

async function rounds(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (const round of [1, 2, 3, 4]) {
    const answer = ask();
    if ((await save(round)) === '1') {
      out.push(await answer.text);
      continue;
    }
    if (round === 3) {
      out.push(await answer.usage);
      break;
    }
    out.push(await answer.text);
  }
  return out;
}

async function only(): Promise<unknown> {
  'use durable';
  const answer = ask();
  return answer.text;
}

async function atOnce(): Promise<unknown> {
  'use durable';
  await save('first');
  return ask().text;
}

async function resolvedWith(): Promise<unknown> {
  'use durable';
  const answer = ask();
  await save('first');
  return await Promise.resolve(answer.text);
}

async function failing(): Promise<unknown> {
  'use durable';
  const answer = broken();
  try {
    // Not caught here: it is rejected when the function is over.
    return answer.text;
  } catch {
    return 'caught';
  }
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (const way of [1, 2, 4]) out.push(await early(way));
  out.push(await early(3).catch((error: Error) => error.message));
  for (const way of [1, 2, 3, 4, 5]) out.push(await arms(way));
  out.push(await rounds(), await only(), await atOnce(), await resolvedWith());
  out.push(await failing().catch((error: Error) => `${error.name}: ${error.message}`));
  return out;
}
