import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Task, Verdict } from './verdict.ts';
import { compare } from './verdict.ts';

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
        const modes = task.only ? [task.only.mode] : (['body', 'directives'] as const);
        settle(modes.map((mode) => ({ path: task.path, mode, status: 'different', detail })));
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

/** Runs all tasks, `size` of them at a time. What differs is run again, each program in a process of its own. */
export async function runAll(tasks: readonly Task[], size: number): Promise<Verdict[]> {
  const queue = [...tasks];
  const verdicts: Verdict[] = [];
  const worker = async (): Promise<void> => {
    const runner = new Runner();
    for (let task = queue.shift(); task; task = queue.shift()) {
      const found = await runner.run(task);
      if (!found.some(isSuspect)) verdicts.push(...found);
      else {
        runner.close();
        for (const verdict of found) verdicts.push(await again(runner, task, verdict));
      }
    }
    runner.close();
  };
  await Promise.all(Array.from({ length: size }, worker));
  return verdicts.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** What an earlier program in the same process may have caused. */
function isSuspect({ status, detail }: Verdict): boolean {
  return status.startsWith('different') || (status === 'equal failure' && !detail.startsWith('SyntaxError'));
}

async function again(runner: Runner, task: Task, verdict: Verdict): Promise<Verdict> {
  if (!isSuspect(verdict)) return verdict;
  const observed = [];
  for (const side of ['plain', 'compiled'] as const) {
    const [one] = await runner.run({ ...task, only: { mode: verdict.mode, side } });
    runner.close();
    if (!one?.observed) return one ?? verdict;
    observed.push(one.observed);
  }
  const [plain, compiled] = observed;
  return plain && compiled ? { ...verdict, ...compare(plain, compiled) } : verdict;
}
