/** Effects are lines in the file that the test reads. The process dies in the one that the test names. */
import { appendFileSync } from 'node:fs';

export function effect(text: string): void {
  appendFileSync(process.env.EFFECTS ?? 'effects.log', `${text}\n`);
  if (process.env.DIE_IN === text) process.kill(process.pid, 'SIGKILL');
}
