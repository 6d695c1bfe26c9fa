import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { compile } from './compile.ts';
import { Processes } from './processes.ts';
import { Display } from './ui.ts';

export interface Demo {
  /** The folder of the example, compiled to `dist`. */
  readonly folder: string;
  readonly display: Display;
  readonly processes: Processes;
  /** For stores and databases; removed at the end. */
  readonly temporary: string;
  /** Shows whether a promise was kept. */
  check(ok: boolean, text: string): void;
}

/**
 * Compiles an example, shows it, and ends this process: with code 0 if every check was kept. Nothing that it started or wrote
 * is left behind, also when it fails or is stopped by a signal.
 *
 * @param script `import.meta.url` of a script in the folder `scripts` of the example
 */
export async function demonstrate(script: string, show: (demo: Demo) => Promise<void>): Promise<void> {
  const folder = fileURLToPath(new URL('..', script));
  const display = new Display();
  const processes = new Processes(folder);
  const temporary = mkdtempSync(join(tmpdir(), 'use-durable-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));

  let leaving = false;
  // The first reason to leave decides. What fails because of it is not reported.
  const leave = async (code: number, reason?: string): Promise<void> => {
    if (leaving) return;
    leaving = true;
    if (reason !== undefined) display.fail(reason);
    await processes.stop();
    process.exit(code);
  };
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => void leave(code, `Stopped by ${signal}.`));
  }

  let kept = true;
  const check = (ok: boolean, text: string): void => {
    kept &&= ok;
    display.line(`  ${styleText(ok ? 'green' : 'red', ok ? '✓' : '✗')} ${text}`);
  };
  try {
    display.line('Compiling with tspc ...');
    await compile(processes);
    await show({ folder, display, processes, temporary, check });
    await leave(kept ? 0 : 1);
  } catch (error) {
    const { message, cause } = error as Error;
    await leave(1, cause instanceof Error ? `${message} (${cause.message})` : message);
  }
}
