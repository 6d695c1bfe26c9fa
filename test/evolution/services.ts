/** The outside world of the programs of this folder: what they call, in the order in which they call it. */
export const calls: string[] = [];

const called = async (name: string, args: readonly unknown[]): Promise<string> => {
  const text = `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  calls.push(text);
  await new Promise((resolve) => setImmediate(resolve));
  return text;
};

export const say = (...args: unknown[]): Promise<string> => called('say', args);
export const reserve = (...args: unknown[]): Promise<string> => called('reserve', args);
export const pay = (...args: unknown[]): Promise<string> => called('pay', args);
export const ship = (...args: unknown[]): Promise<string> => called('ship', args);
export const api = { add: (...args: unknown[]): Promise<string> => called('api.add', args) };

/** Fails the first time that it is called with an argument, in each run. */
export const failing = new Set<unknown>();
export async function flaky(arg: unknown): Promise<string> {
  const text = await called('flaky', [arg]);
  if (failing.has(arg)) return text;
  failing.add(arg);
  throw new Error('not yet');
}

/** A helper of the kind that isn't a part of the function. */
export const check = (n: number): void => {
  if (n === 1) throw new Error('refused');
};

/** What a helper answers that isn't part of the function. */
export const world = { open: true };
export const isOpen = (): boolean => world.open;

/** Takes until it is let go of. */
export const held: (() => void)[] = [];
export async function hold(...args: unknown[]): Promise<string> {
  const text = `hold(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  calls.push(text);
  await new Promise<void>((resolve) => held.push(resolve));
  return text;
}
