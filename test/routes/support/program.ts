/** A small program with two steps, the second of which fails; it prints the stack of the error. */

/** Line and column of the `new Error` in it, and the line of its first step. */
export const THROWN = '4:31';
export const FIRST_STEP = 9;

export const PROGRAM = `import { createRuntime, memoryStore } from 'use-durable';
interface Amount { readonly value: number }
const charge = async (amount: Amount): Promise<number> => {
  if (amount.value > 1) throw new Error('too much');
  return amount.value;
};
export async function pay(amount: Amount): Promise<number> {
  'use durable';
  const one = await charge({ value: 1 });
  return one + (await charge({ value: amount.value + one }));
}
void (async () => {
  const runtime = createRuntime({ store: memoryStore() });
  const run = await runtime.start(pay, [{ value: 5 }]);
  await run.result().catch((error: Error) => console.log(error.stack));
  await runtime.close();
})();
`;

/** The same as CommonJS. */
export const COMMONJS = PROGRAM.replace(
  `import { createRuntime, memoryStore } from 'use-durable';`,
  `const { createRuntime, memoryStore } = require('use-durable');`,
).replace('export ', '');
