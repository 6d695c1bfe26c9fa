export const ask = (_question: string): { text: Promise<string>; usage: Promise<number> } => ({
  text: Promise.resolve('because'),
  usage: Promise.resolve(3),
});

export const open = (): [Promise<number>, Promise<number>] => [Promise.resolve(1), Promise.resolve(2)];

export const save = async (text: string): Promise<string> => text;

export const options = (): { retries: number; names: string[] } => ({ retries: 3, names: ['a'] });

export const load = async (names: readonly string[]): Promise<{ rows: readonly string[] }> => ({ rows: names });

export const startAll = (names: readonly string[]): Promise<string>[] => names.map((name) => Promise.resolve(name));
