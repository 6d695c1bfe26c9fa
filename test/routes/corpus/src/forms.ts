import { charge, mail } from './steps.ts';

export const reports = {
  async monthly(months: number): Promise<number> {
    'use durable';
    let total = 0;
    const add = async (month: number): Promise<void> => {
      total += (await charge(month)).id;
    };
    for (let month = 1; month <= months; month++) await add(month);
    return total;
  },
};

// biome-ignore lint/complexity/noStaticOnlyClass: the form is what is tried here.
export class Newsletter {
  static async publish(...readers: string[]): Promise<string> {
    'use durable as newsletter';
    await Promise.all(readers.map((reader) => mail.send(reader, 'news')));
    return readers.join('+');
  }
}

export default async function greet(name = 'you'): Promise<string> {
  'use durable';
  await mail.send(name, 'hello');
  return `hello ${name}`;
}
