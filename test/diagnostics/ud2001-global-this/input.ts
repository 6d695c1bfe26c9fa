export async function main(): Promise<number> {
  'use durable';
  const everything = globalThis;
  return everything.Math.random();
}
