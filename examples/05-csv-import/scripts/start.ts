/* Imports a file of 120 customers. The worker is killed twice under way, and started again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { type Demo, demonstrate } from '../../scripts/demo.ts';
import { type Watched, watch } from '../../scripts/watched.ts';

async function main(demo: Demo): Promise<void> {
  const { folder, display, temporary, check } = demo;
  const database = join(temporary, 'customers.db');
  const rejected = join(temporary, 'rejected.csv');
  const args = [join(temporary, 'runs.db'), join(folder, 'customers.csv'), rejected];
  const env = { CUSTOMERS_DB: database, DATABASE_DELAY_MS: '50' };
  const startWorker = (heading: string): Promise<Watched> => watch(demo, heading, 'worker.js', args, env);

  let worker = await startWorker('imports customers.csv');
  for (const line of [/ 40 of/, / 80 of/]) {
    await worker.line(line);
    // Into the middle of the next rows.
    await delay(25);
    await worker.kill('and four rows are under way');
    worker = await startWorker('resumes the import');
  }
  await worker.ended();

  display.heading('Rejected rows');
  for (const line of readFileSync(rejected, 'utf8').trimEnd().split('\n')) display.line(`  ${line}`);

  display.heading('Promise');
  const db = new DatabaseSync(database, { readOnly: true });
  const count = (where: string): number =>
    Number(db.prepare(`select count(*) as n from customers where ${where}`).get()?.n);
  const all = count('true');
  const again = count('writes > 1');
  db.close();
  check(all === 114, `${all} customers are in the database, each of them once`);
  check(again <= 8, `rows that were written again, of the four under way at each kill: ${again}`);
}

await demonstrate(import.meta.url, main);
