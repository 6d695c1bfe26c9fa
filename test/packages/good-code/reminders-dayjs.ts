import dayjs, { type Dayjs } from 'dayjs';
import { sleep } from 'use-durable';

export const close = async () => {};

interface Visit {
  readonly who: string;
  readonly at: Dayjs;
}

const visits = async (): Promise<Visit[]> => [
  { who: 'ada', at: dayjs('2026-03-01T09:00:00') },
  { who: 'bob', at: dayjs('2026-02-28T18:30:00') },
];
const remind = async (who: string, at: Dayjs) => ({ who, sent: at.subtract(1, 'day') });

export async function main() {
  'use durable';
  const found = await visits();
  const lines: string[] = [];
  for (const { who, at } of found.toSorted((a, b) => a.at.diff(b.at))) {
    const { sent } = await remind(who, at);
    await sleep('1ms');
    lines.push(`${who}: ${sent.format('DD.MM. HH:mm')}, ${at.diff(sent, 'hour')} h before`);
  }
  const first = found[0]?.at;
  return { lines, first: first?.add(1, 'month').format('YYYY-MM-DD'), before: first?.isBefore(found[1]?.at) };
}
