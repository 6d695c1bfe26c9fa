import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Demo } from './demo.ts';
import { assertEndedWell } from './processes.ts';

/** A process of an example. Its lines are shown with its process id before them. */
export interface Watched {
  readonly pid: number;
  /**
   * The first line, of those so far and those to come, that the pattern matches.
   *
   * @throws Error if the process ends before it prints such a line
   */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Kills it with SIGKILL, and says so. */
  kill(when: string): Promise<void>;
  /**
   * Resolves when it has ended.
   *
   * @throws Error unless it ended well
   */
  ended(): Promise<void>;
}

/**
 * Starts a compiled script of the example.
 *
 * @param heading said below its process id
 * @param script below `dist`
 */
export async function watch(
  { folder, display, processes }: Demo,
  heading: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Watched> {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const again of waiting) again();
  };
  const child = await processes.start(script, join(folder, 'dist', script), args, env, (line, pid) => {
    lines.push(line);
    display.line(`  ${styleText('dim', String(pid))}  ${line}`);
    look();
  });
  display.heading(`Process ${child.pid} ${heading}`);
  void child.exited.then(look);

  const line = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const tryNow = (): void => {
        const match = lines.map((text) => pattern.exec(text)).find((found) => found !== null);
        if (match === undefined && child.exit === undefined) return;
        waiting.delete(tryNow);
        if (match !== undefined) return resolve(match);
        const message = [`${script} (process ${child.pid}) ended too early.`, ...child.errors].join('\n');
        reject(new Error(message));
      };
      waiting.add(tryNow);
      tryNow();
    });
  const kill = async (when: string): Promise<void> => {
    child.kill('SIGKILL');
    await child.exited;
    display.line(styleText('red', `  SIGKILL  process ${child.pid} is gone, ${when}`));
  };
  const ended = async (): Promise<void> => {
    await child.exited;
    assertEndedWell(child);
  };
  return { pid: child.pid, line, kill, ended };
}
