import { dirname, join } from 'node:path';
import { execute, loadHarness } from './execute.ts';
import { readTest } from './test-file.ts';
import { type Mode, variantsOf } from './variants.ts';
import { compare, type Status, type Task, type Verdict } from './verdict.ts';

/** The process that runs tests: each is sent to it, and its verdicts are sent back. */
const MODES: readonly Mode[] = ['body', 'directives'];

let warm: Promise<unknown> | undefined;

/** Compiles a test; what is given back runs it. All is compiled before anything of the test runs. */
function prepare({ checkout, path, only }: Task, mode: Mode): () => Promise<Verdict> {
  const verdict = (status: Status, detail = ''): Verdict => ({ path, mode, status, detail });
  const test = readTest(checkout, path);
  if (['noStrict', 'module', 'raw'].some((flag) => test.flags.has(flag)))
    return () => Promise.resolve(verdict('not applicable'));
  const variants = variantsOf(test, mode);
  if (!variants) return () => Promise.resolve(verdict('not applicable'));
  const { plain, compiled, refusals } = variants;
  if (refusals.length > 0) return () => Promise.resolve(verdict('refused', refusals.join(', ')));
  return async () => {
    loadHarness(checkout, test.includes);
    const folder = join(checkout, 'test/language', dirname(path));
    // The first module that a process loads looks up more properties than the next.
    warm ??= execute('export const main = async () => {};', 'body', false, folder);
    await warm;
    const isAsync = test.flags.has('async');
    if (only) {
      const code = only.side === 'plain' ? plain : (compiled ?? plain);
      return { ...verdict('equal'), observed: await execute(code, mode, isAsync, folder) };
    }
    const expected = await execute(plain, mode, isAsync, folder);
    if (compiled === undefined)
      return expected.outcome.startsWith('SyntaxError') ? verdict('syntax error') : verdict('unparsed');
    return { ...verdict('equal'), ...compare(expected, await execute(compiled, mode, isAsync, folder)) };
  };
}

// A test may leave promises behind that nobody waits for.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
process.on('message', async (task: Task) => {
  const verdicts: Verdict[] = [];
  const failed = (mode: Mode, error: unknown): Verdict => ({
    path: task.path,
    mode,
    status: 'different',
    detail: `the runner failed: ${String(error)}`,
  });
  const runs = MODES.filter((mode) => task.only === undefined || task.only.mode === mode).map((mode) => {
    try {
      return { mode, run: prepare(task, mode) };
    } catch (error) {
      return { mode, run: () => Promise.resolve(failed(mode, error)) };
    }
  });
  for (const { mode, run } of runs) {
    try {
      verdicts.push(await run());
    } catch (error) {
      verdicts.push(failed(mode, error));
    }
  }
  process.send?.(verdicts);
});
