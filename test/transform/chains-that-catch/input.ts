import { effect, fail, later } from '../../support/effects.ts';

async function bad(name: string): Promise<string> {
  effect(`bad ${name}`);
  return fail(1, new Error(name));
}

async function ok(name: string): Promise<string> {
  effect(`ok ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  const note = (text: string): string => {
    log.push(text);
    return text;
  };
  await bad('1').catch((e: Error) => {
    log.push(e.message);
  });
  await ok('2').then(note);
  await bad('3').then(note, (e: Error) => note(`rejected ${e.message}`));
  await ok('4').finally(() => {
    log.push('finally 4');
  });
  await bad('5').catch(async (e: Error) => {
    log.push(await ok(`compensate ${e.message}`));
  });
  const value = await bad('6')
    .then((v) => v.length)
    .catch(() => -1);
  const late = bad('7');
  const handled = late.catch((e: Error) => note(`late ${e.message}`));
  await ok('8');
  await handled;
  try {
    await bad('9').finally(() => note('finally 9'));
  } catch (e) {
    log.push(`thrown ${(e as Error).message}`);
  }
  const background = ok('10').then(async (v) => note(`${v} ${await ok('11')}`));
  log.push('before');
  await background;
  return { log, value };
}
