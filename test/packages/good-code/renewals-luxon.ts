import { DateTime, Duration } from 'luxon';
import { sleep } from 'use-durable';

export const close = async () => {};

interface Contract {
  readonly id: string;
  readonly since: string;
  readonly every: string;
}

const contracts = async (): Promise<Contract[]> => [
  { id: 'a', since: '2024-01-31', every: 'P1M' },
  { id: 'b', since: '2024-02-29', every: 'P1Y' },
];
const invoice = async (id: string, due: string) => `${id} ${due}`;

export async function main(until = '2024-05-01') {
  'use durable';
  const end = DateTime.fromISO(until, { zone: 'Europe/Berlin' });
  const sent: string[] = [];
  for (const { id, since, every } of await contracts()) {
    const period = Duration.fromISO(every);
    let due = DateTime.fromISO(since, { zone: 'Europe/Berlin' });
    while (due < end) {
      sent.push(await invoice(id, due.toISODate() ?? ''));
      await sleep('1ms');
      due = due.plus(period);
    }
    sent.push(`${id} next ${due.toFormat('dd.MM.yyyy')} ${due.diff(end, 'days').days}`);
  }
  return sent;
}
