/** The durable functions that are measured. */
async function add(total: number, amount: number): Promise<number> {
  return total + amount;
}

/** One step after the other. */
export async function sequence(steps: number): Promise<number> {
  'use durable';
  let total = 0;
  for (let index = 0; index < steps; index++) total = await add(total, index);
  return total;
}

/** All steps at once. */
export async function fanOut(steps: number): Promise<number> {
  'use durable';
  const values = await Promise.all(Array.from({ length: steps }, (_, index) => add(0, index)));
  return values.length;
}
