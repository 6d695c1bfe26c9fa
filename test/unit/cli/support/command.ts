/** The command, as a process, or in the one of the tests. */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import { runCommand } from '../../../../cli/commands.ts';
import { FULL } from '../../../support/tier.ts';

const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function runIn(cwd: string, args: readonly string[]): Ended {
  // Nobody looks at it, so it has no colours, whoever looks at the tests.
  const env = { ...process.env, FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    cwd,
    env,
  });
  return { status, output: stdout, errors: stderr };
}

/** As a process. */
export const run = (...args: string[]): Ended => runIn(process.cwd(), args);

/**
 * A command that leaves nothing behind in its process. In the quick tier it is called in this one, since a process of its own
 * loads the compiler first; in the full tier it has one.
 *
 * @param cwd the folder in which it is called
 */
export async function commandIn(cwd: string, args: readonly string[]): Promise<Ended> {
  if (FULL) return runIn(cwd, args);
  const printed = { output: '', errors: '' };
  const writing = (to: keyof typeof printed) => (text: string | Uint8Array) => {
    printed[to] += typeof text === 'string' ? text : Buffer.from(text).toString();
    return true;
  };
  const logging =
    (to: keyof typeof printed) =>
    (...values: unknown[]) => {
      printed[to] += `${format(...values)}\n`;
    };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(writing('output')),
    vi.spyOn(process.stderr, 'write').mockImplementation(writing('errors')),
    vi.spyOn(console, 'log').mockImplementation(logging('output')),
    vi.spyOn(console, 'error').mockImplementation(logging('errors')),
  ];
  const before = { folder: process.cwd(), code: process.exitCode };
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    await runCommand(args);
    return { status: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.exitCode = before.code;
    process.chdir(before.folder);
    for (const spy of spies) spy.mockRestore();
  }
}

export const command = (...args: string[]): Promise<Ended> => commandIn(process.cwd(), args);

/** A command that goes on until the test ends, as a process. */
export class Watching {
  private output = '';
  private read = 0;

  constructor(...args: string[]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
  }

  /** What it prints from here on, up to a text. */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.output.indexOf(text, this.read);
      if (at !== -1) {
        const from = this.read;
        this.read = at + text.length;
        return this.output.slice(from, this.read);
      }
      await wait(20);
    }
  }
}
