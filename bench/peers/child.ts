import type { Contender } from './contender.ts';
import { WORKS } from './works.ts';

/** One contender in a process of its own, which does a piece of work when it is told to. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'absent' }
  | { readonly type: 'done'; readonly ms: number };

const [module = '', name = '', folder = ''] = process.argv.slice(2);
const contender = ((await import(module)) as Record<string, Contender>)[name];
const session = await contender?.open(folder);
const answer = (message: Answer): void => void process.send?.(message);

process.on('message', (message: { readonly work: number } | 'close') => {
  if (message === 'close') void session?.close().then(() => process.exit(0));
  else void perform(message.work);
});
answer({ type: session === undefined ? 'absent' : 'ready' });

async function perform(index: number): Promise<void> {
  const { runs, steps } = WORKS[index]!;
  const start = performance.now();
  const sums = await Promise.all(Array.from({ length: runs }, () => session!.run(steps)));
  const ms = performance.now() - start;
  const expected = (steps * (steps - 1)) / 2;
  const wrong = sums.find((sum) => sum !== expected);
  if (wrong !== undefined) throw new Error(`A run of ${name} gave ${wrong} in place of ${expected}.`);
  answer({ type: 'done', ms });
}
