export async function main(): Promise<number> {
  'use durable';
  class Today extends Date {}
  return new Today().getTime();
}
