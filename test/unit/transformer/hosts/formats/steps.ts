export class Refused extends Error {
  readonly reason = 'refused';
}

export async function double(n: number): Promise<number> {
  if (n < 0) throw new Refused('negative');
  return n * 2;
}
