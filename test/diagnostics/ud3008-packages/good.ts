import dayjs from 'dayjs';
import { addDays, isSameDay } from 'date-fns';
import _ from 'lodash';
import { DateTime } from 'luxon';
import { nanoid } from 'nanoid';
import { step } from 'use-durable';
import { v4 as uuid, v5 } from 'uuid';
import { note } from './note.ts';

export async function main(order: { id: string; due: Date }): Promise<unknown> {
  'use durable';
  const id = await step('id', () => uuid());
  await note('a', id);
  const short = await step(() => nanoid(8));
  const own = crypto.randomUUID();
  const named = v5(order.id, '6ba7b810-9dad-11d1-80b4-00c04fd430c8');
  const due = dayjs(order.due).add(1, 'day').toDate();
  const now = dayjs(Date.now());
  const at = DateTime.fromMillis(Date.now());
  const later = addDays(new Date(), 1);
  const groups = _.groupBy([1, 2, 3], (n) => n % 2);
  console.log(dayjs().format(), nanoid());
  await note('b', nanoid);
  const awaited = await nanoid();
  return [id, short, own, named, due, now, at, later, groups, awaited, isSameDay(order.due, later)];
}
