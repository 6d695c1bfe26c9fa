import dayjs from 'dayjs';
import _ from 'lodash';
import sample from 'lodash/sample';
import { DateTime } from 'luxon';
import { ObjectId } from 'mongodb';
import { nanoid } from 'nanoid';
import { ulid } from 'ulid';
import { v4 as uuid } from 'uuid';
import { note } from './note.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const id = uuid();
  await note('a', id);
  await note('b', id);
  const due = dayjs().add(1, 'day').toDate();
  const at = DateTime.now().plus({ days: 1 });
  const keys = [nanoid(), ulid(), new ObjectId(), _.random(1, 6), sample([1, 2])];
  const names = ['x', 'y'].map(nanoid);
  return [due, at, keys, names, global.crypto.getRandomValues, Array.from({ length: 2 }, () => nanoid(8))];
}
