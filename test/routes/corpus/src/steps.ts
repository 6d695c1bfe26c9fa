/** Steps: each writes a line to the file that the test reads. The process dies in the one that the test names. */
import { appendFileSync } from 'node:fs';

function effect(text: string): void {
  appendFileSync(process.env.EFFECTS ?? 'effects.log', `${text}\n`);
  if (process.env.DIE_IN === text) process.kill(process.pid, 'SIGKILL');
}

export interface Payment {
  readonly id: number;
  readonly at: Date;
}

export class OutOfStock extends Error {
  readonly item: string;

  constructor(item: string) {
    super(`${item} is out of stock`);
    this.name = 'OutOfStock';
    this.item = item;
  }
}

export async function reserve(item: string): Promise<string> {
  effect(`reserve ${item}`);
  if (item === 'lamp') throw new OutOfStock(item);
  return `r-${item}`;
}

export const charge = async (amount: number): Promise<Payment> => {
  effect(`charge ${amount}`);
  return { id: amount * 2, at: new Date(0) };
};

export const mail = {
  async send(to: string, text: string): Promise<void> {
    effect(`mail ${to} ${text}`);
  },
};
