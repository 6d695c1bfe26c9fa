/** Steps: each writes a line to the file that the test reads. The process dies in the one that the test names. */
import { appendFileSync } from 'node:fs';

export function effect(text: string): void {
  appendFileSync(process.env.EFFECTS ?? 'effects.log', `${text}\n`);
  if (process.env.DIE_IN === text) process.kill(process.pid, 'SIGKILL');
}

export async function charge(item: string): Promise<string> {
  effect(`charge ${item}`);
  return `paid ${item}`;
}

export async function pack(item: string): Promise<void> {
  effect(`pack ${item}`);
}

export async function ask(item: string, token: string): Promise<void> {
  effect(`ask ${item} ${token}`);
}

export const carrier = {
  async ship(item: string, by: string): Promise<string> {
    effect(`ship ${item} ${by}`);
    return `shipped for ${by}`;
  },
};
