async function add(total: number, amount: number): Promise<number> {
  'use step';
  return total + amount;
}

export async function sequence(steps: number): Promise<number> {
  'use workflow';
  let total = 0;
  for (let index = 0; index < steps; index++) total = await add(total, index);
  return total;
}
