import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';

const pool = mysql.createPool({ uri: process.env.MYSQL_URL ?? '', connectionLimit: 1, timezone: 'Z' });
export const close = () => pool.end();
export const reset = async () => {
  await pool.query('drop table if exists customers');
  await pool.query(
    'create table customers (id integer primary key, mail text unique, name text, since datetime)',
  );
};

const Line = z.object({ mail: z.email(), name: z.string().min(1), since: z.iso.date() });
const BATCH = 2;

const file = async () => `mail,name,since
ada@example.org,Ada,2024-01-02
not a mail,Bob,2024-01-03
eve@example.org,Eve,2024-02-01
zoe@example.org,Zoe,soon
kim@example.org,Kim,2025-05-05`;

interface Customer extends RowDataPacket {
  readonly mail: string;
  readonly since: Date;
}

export async function main() {
  'use durable';
  const [head = '', ...lines] = (await file()).split('\n');
  const keys = head.split(',');
  const good: z.infer<typeof Line>[] = [];
  const bad: { line: number; paths: string[] }[] = [];
  for (const [index, line] of lines.entries()) {
    const values = line.split(',');
    const parsed = Line.safeParse(Object.fromEntries(keys.map((key, at) => [key, values[at]])));
    if (parsed.success) good.push(parsed.data);
    else bad.push({ line: index + 2, paths: parsed.error.issues.map(({ path }) => path.join('.')) });
  }
  let added = 0;
  for (let from = 0; from < good.length; from += BATCH) {
    const rows = good.slice(from, from + BATCH).map(({ mail, name, since }) => [mail, name, since]);
    const [result] = await pool.query<ResultSetHeader>(
      'replace into customers (mail, name, since) values ?',
      [rows],
    );
    added += result.affectedRows;
  }
  const [found] = await pool.query<Customer[]>('select mail, since from customers order by since desc');
  return { added, bad, newest: found[0]?.mail, years: found.map(({ since }) => since.getUTCFullYear()) };
}
