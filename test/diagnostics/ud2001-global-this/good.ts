export async function main(): Promise<number> {
  'use durable';
  return globalThis.Math.random() + globalThis.Date.now();
}
