class Day extends Date {}

export async function main(): Promise<number> {
  'use durable';
  return new Day(Date.now()).getTime();
}
