/** The command as a process. */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

export function run(...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, output: stdout, errors: stderr };
}

/** A command that goes on until the test ends. */
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
