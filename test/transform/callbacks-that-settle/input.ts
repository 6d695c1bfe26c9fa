import { effect, fail, later } from '../../support/effects.ts';

async function act(name: string): Promise<string> {
  effect(`act ${name}`);
  return later(1, name);
}

async function bad(name: string): Promise<string> {
  effect(`bad ${name}`);
  return fail(1, new Error(name));
}

const shout = (text: string): string => text.toUpperCase();

// What `.then` is given by name settles promises of the function: a replay has to call it again.
export async function main(): Promise<unknown> {
  'use durable';
  const whole = Promise.withResolvers<string>();
  act('whole').then(whole.resolve, whole.reject);
  const apart = Promise.withResolvers<string>();
  const { resolve, reject } = apart;
  act('apart').then(resolve).catch(reject);
  const executor = await new Promise((done, refuse) => act('executor').then(done, refuse));
  let open!: (value: string) => void;
  const gate = new Promise<string>((done) => {
    open = done;
  });
  act('gate').then(open);
  const refused = await new Promise<string>((done, refuse) => bad('refused').then(done, refuse)).catch(
    (error: Error) => error.message,
  );
  const seen = new Set<unknown>();
  const add = seen.add.bind(seen);
  await act('added').then(add);
  const upper = shout;
  const texts = [await act('a').then(upper), await act('b').then(shout)];
  let finished = 0;
  const finish = (): void => {
    finished++;
  };
  await act('finished').finally(finish);
  return [await whole.promise, await apart.promise, executor, await gate, refused, [...seen], texts, finished];
}
