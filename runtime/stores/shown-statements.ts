/** The SQL for what runs show of themselves, and the contents of its rows. */
import { type Attributes, attributeFrom, shownAttributes } from '../base/attributes.ts';
import type { Row } from './row-sums.ts';

/** A column of the row `r` of a run. */
export const ATTRIBUTES =
  '(select json_group_object(name, value) from attributes where run = r.key) as attributes';

export const SHOWN_SQL = {
  setAttribute: `insert into attributes (run, name, value) values (?, ?, ?)
    on conflict (run, name) do update set value = excluded.value`,
  insertAction: 'insert into actions (run, data) values (?, ?)',
  actionsOf: `select a.seq, a.data, r.id from runs r cross join actions a on a.run = r.key
    where r.id = ?1 and a.seq > ?2 order by a.seq limit ?3`,
  actions:
    'select a.seq, a.data, r.id from actions a left join runs r on r.key = a.run where a.seq > ? order by a.seq limit ?',
  deleteAttribute: 'delete from attributes where run = ? and name = ?',
};

/** None where they were not read, or are damaged: no run is unusable because of them. */
export function attributesFrom({ attributes }: Row): Attributes {
  if (typeof attributes !== 'string' || attributes === '{}') return {};
  try {
    const texts = JSON.parse(attributes) as Readonly<Record<string, string>>;
    const stored = Object.entries(texts).map(([name, text]) => [name, attributeFrom(text)]);
    return shownAttributes(Object.fromEntries(stored));
  } catch {
    return {};
  }
}
