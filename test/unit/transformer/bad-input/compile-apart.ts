import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Input, Verdict } from './inspect.ts';

const INSPECTOR = fileURLToPath(new URL('inspector.ts', import.meta.url));

/**
 * Compiles inputs in a process of its own: a test can't stop a compiler that hangs in its own thread, and the depth at
 * which the stack ends should be that of a process, not what a test runner leaves of it.
 */
export class CompileApart {
  readonly #deadline: number;
  #child: ChildProcess | undefined;

  /** @param deadline ms that one input may take */
  constructor(deadline = 10_000) {
    this.#deadline = deadline;
  }

  /** Rejects where the compiler takes longer than the deadline, or takes its process down. */
  inspect(input: Input): Promise<Verdict> {
    this.#child ??= fork(INSPECTOR, { serialization: 'advanced' });
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const give = (verdict: Verdict): void => {
        settle();
        resolve(verdict);
      };
      const exit = (): void => lose('the process ended');
      const lose = (what: string): void => {
        settle();
        this.close();
        reject(new Error(`${what} on ${input.fileName}: ${input.source.slice(0, 200)}`));
      };
      const timer = setTimeout(() => lose(`no result after ${this.#deadline} ms`), this.#deadline);
      const settle = (): void => {
        clearTimeout(timer);
        child.off('message', give).off('exit', exit);
      };
      child.on('message', give).on('exit', exit);
      child.send(input);
    });
  }

  /** Inspects several inputs; gives those with a problem, with what it is. */
  async problems(inputs: Iterable<Input>): Promise<string[]> {
    const found: string[] = [];
    for (const input of inputs) {
      const { problem } = await this.inspect(input);
      if (problem !== undefined) found.push(`${problem}\n--- ${input.fileName}\n${input.source}`);
    }
    return found;
  }

  close(): void {
    this.#child?.kill();
    this.#child = undefined;
  }
}
