/** What else the AWS SDK has for handlers written by hand. Their world is a file with a line for each call. */
import { appendFileSync } from 'node:fs';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';

interface Event {
  /** The file. */
  readonly world: string;
}

/** It takes a context of its own, so that its result is not kept: the context is carried out again. */
const LARGE = 100_000;

export const everything = withDurableExecution(async ({ world }: Event, context: DurableContext) => {
  const note = (line: string): void => appendFileSync(world, `${line}\n`);
  const large = await context.runInChildContext('large', async (child) => {
    const part = await child.step('part', async () => {
      note('part');
      return 'x'.repeat(LARGE);
    });
    return part.repeat(3);
  });
  const doubled = await context.map(
    'double',
    [1, 2, 3],
    (inner, item, index) =>
      inner.step(`double-${index}`, async () => {
        note(`double ${item}`);
        return item * 2;
      }),
    { maxConcurrency: 2 },
  );
  const looks = await context.waitForCondition(
    'ready',
    async (state: number) => {
      note(`look ${state}`);
      return state + 1;
    },
    {
      initialState: 0,
      waitStrategy: (state) =>
        state < 2 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
    },
  );
  const answer = await context.waitForCallback('answer', async (token) => note(`token ${token}`));
  const tripled = await context.invoke<object, number>('triple', 'triple', { n: 4, world });
  const flaky = await context.step(
    'flaky',
    async ({ attempt }) => {
      note(`attempt ${attempt}`);
      if (attempt < 2) throw new Error('again');
      return attempt;
    },
    { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 } }) },
  );
  const refused = await context
    .runInChildContext('refused', async (child) =>
      child.step(
        'refuse',
        async () => {
          note('refuse');
          throw new RangeError('refused');
        },
        { retryStrategy: () => ({ shouldRetry: false }) },
      ),
    )
    .catch((error: unknown) => (error as Error).message);
  return { large: large.length, doubled: doubled.getResults(), looks, answer, tripled, flaky, refused };
});

export const triple = withDurableExecution(
  async ({ n, world }: Event & { readonly n: number }, context: DurableContext) => {
    const tripled = await context.step('triple', async () => {
      appendFileSync(world, 'triple\n');
      return n * 3;
    });
    await context.wait({ seconds: 1 });
    return tripled;
  },
);

export const EVERYTHING = {
  result: {
    large: 3 * LARGE,
    doubled: [2, 4, 6],
    looks: 2,
    answer: 'yes',
    tripled: 12,
    flaky: 2,
    refused: 'refused',
  },
  calls: [
    'part',
    ...[1, 2, 3].map((item) => `double ${item}`),
    'look 0',
    'look 1',
    'token',
    'triple',
    'attempt 1',
    'attempt 2',
    'refuse',
  ],
};
