import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Task, Verdict } from './worker.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const DEADLINE = 20_000;

/** One process that takes tests one by one; a new one is started where a test takes the old one down. */
export class Runner {
  #child: ChildProcess | undefined;

  run(task: Task): Promise<readonly Verdict[]> {
    this.#child ??= fork(WORKER, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const child = this.#child;
    return new Promise((resolve) => {
      const settle = (verdicts: readonly Verdict[]): void => {
        clearTimeout(timer);
        child.off('message', settle).off('exit', lost);
        resolve(verdicts);
      };
      const lost = (): void => {
        this.close();
        const detail = 'the process ended, or gave no result in time';
        settle([{ path: task.path, mode: 'body', status: 'different', detail }]);
      };
      const timer = setTimeout(lost, DEADLINE);
      child.on('message', settle).on('exit', lost);
      child.send(task);
    });
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

/** Runs all tasks, `size` of them at a time. What differs is run again alone, in a process that no test has touched. */
export async function runAll(tasks: readonly Task[], size: number): Promise<Verdict[]> {
  const queue = [...tasks];
  const verdicts: Verdict[] = [];
  const worker = async (): Promise<void> => {
    const runner = new Runner();
    for (let task = queue.shift(); task; task = queue.shift()) {
      const first = await runner.run(task);
      const suspect = first.some(isSuspect);
      if (suspect) runner.close();
      verdicts.push(...(suspect ? await runner.run(task) : first));
      if (suspect) runner.close();
    }
    runner.close();
  };
  await Promise.all(Array.from({ length: size }, worker));
  return verdicts.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** What an earlier test in the same process may have caused. */
function isSuspect({ status, detail }: Verdict): boolean {
  return status.startsWith('different') || (status === 'equal failure' && !detail.startsWith('SyntaxError'));
}
