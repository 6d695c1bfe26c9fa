/**
 * What `use-durable` means in a program that is not compiled: the plain meaning that compiled code is compared with.
 */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

export function sleep(duration: number | string | Date): Promise<void> {
  let ms: number;
  if (duration instanceof Date) ms = duration.getTime() - Date.now();
  else if (typeof duration === 'number') ms = duration;
  else {
    const [, amount = '0', unit = 'ms'] = /^([\d.]+)\s*(\w+)$/.exec(duration) ?? [];
    ms = Number(amount) * (UNITS[unit] ?? 1);
  }
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function step<T>(...args: [() => T | Promise<T>] | [string, () => T | Promise<T>]): Promise<T> {
  const body = args.length === 1 ? args[0] : args[1];
  return await body();
}

/** Nothing is written anywhere. */
export function registerClass(): void {}

export { sleep as pause };
