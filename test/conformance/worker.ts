import { dirname, join } from 'node:path';
import { execute, loadHarness } from './execute.ts';
import { isOfGenerator, readTest } from './test-file.ts';
import { type Mode, variantsOf } from './variants.ts';

/** The process that runs tests: each is sent to it, and its verdicts are sent back. */
export interface Task {
  readonly checkout: string;
  readonly path: string;
}

export type Status =
  /** Compiled, and it passes as the plain code does, after as many ticks. */
  | 'equal'
  /** Compiled, and stopped by the same error as the plain code: the test can't pass inside a module or a function. */
  | 'equal failure'
  /** A syntax error for Node as well as for the compiler, which leaves the file as it is. */
  | 'syntax error'
  /** Correct for Node, a syntax error for TypeScript's parser: left to the host. */
  | 'unparsed'
  | 'refused'
  | 'different ticks'
  | 'different'
  /** An asynchronous generator, refused by design. */
  | 'generator'
  /** Only for scripts in sloppy mode, or no async function to make durable. */
  | 'not applicable';

export interface Verdict {
  readonly path: string;
  readonly mode: Mode;
  readonly status: Status;
  readonly detail: string;
}

const MODES: readonly Mode[] = ['body', 'directives'];

let warm: Promise<unknown> | undefined;

async function judge({ checkout, path }: Task, mode: Mode): Promise<Verdict> {
  const verdict = (status: Status, detail = ''): Verdict => ({ path, mode, status, detail });
  if (isOfGenerator(path)) return verdict('generator');
  const test = readTest(checkout, path);
  if (['noStrict', 'module', 'raw'].some((flag) => test.flags.has(flag))) return verdict('not applicable');
  const variants = variantsOf(test, mode);
  if (!variants) return verdict('not applicable');
  const { plain, compiled, refusals } = variants;
  if (refusals.length > 0) return verdict('refused', refusals.join(', '));
  loadHarness(checkout, test.includes);
  const folder = join(checkout, 'test/language', dirname(path));
  // The first module that a process loads looks up more properties than the next.
  warm ??= execute('export const main = async () => {};', 'body', false, folder);
  await warm;
  const isAsync = test.flags.has('async');
  const expected = await execute(plain, mode, isAsync, folder);
  if (compiled === undefined)
    return expected.outcome.startsWith('SyntaxError') ? verdict('syntax error') : verdict('unparsed');
  const actual = await execute(compiled, mode, isAsync, folder);
  const both = `plain: ${expected.outcome} (${expected.ticks} ticks); compiled: ${actual.outcome} (${actual.ticks} ticks)`;
  if (actual.outcome !== expected.outcome) return verdict('different', both);
  if (actual.ticks !== expected.ticks) return verdict('different ticks', both);
  return expected.outcome === 'passed' ? verdict('equal') : verdict('equal failure', expected.outcome);
}

// A test may leave promises behind that nobody waits for.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
process.on('message', async (task: Task) => {
  const verdicts: Verdict[] = [];
  for (const mode of MODES) {
    try {
      verdicts.push(await judge(task, mode));
    } catch (error) {
      verdicts.push({
        path: task.path,
        mode,
        status: 'different',
        detail: `the runner failed: ${String(error)}`,
      });
    }
  }
  process.send?.(verdicts);
});
