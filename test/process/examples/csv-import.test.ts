import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { crashSweep, createTestRuntime } from 'use-durable/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as csv from '../../../examples/05-csv-import/src/import.ts';
import { FULL, itInFull } from '../../support/tier.ts';
import { compileExample, expectBuilt, removeCompiled, root } from './build.ts';
import { Lab } from './lab.ts';

const FILE = join(root, 'examples/05-csv-import/customers.csv');
const REJECTED = `line,problem
10,'radia.example.com' is not an e-mail address
31,the name is missing
54,the database knows no country 'Atlantis'
65,'a lot' is not an amount
90,line 2 has the same e-mail address
103,the database knows no country 'El Dorado'
`;

let dist: string;
let lab: Lab;
let importCustomers: typeof csv.importCustomers;

beforeAll(async () => {
  expectBuilt();
  dist = compileExample('csv-import', { example: '05-csv-import', compiler: FULL ? 'tspc' : 'transform' });
  process.env.CUSTOMERS_DB = ':memory:';
  ({ importCustomers } = (await import(pathToFileURL(join(dist, 'import.js')).href)) as typeof csv);
}, 120_000);
afterAll(removeCompiled);

beforeEach(({ onTestFinished }) => {
  const own = new Lab(dist);
  onTestFinished(() => own.close());
  lab = own;
});

function worker(dieAfter = 0) {
  const args = [lab.path, FILE, join(lab.folder, 'rejected.csv')];
  const env = { CUSTOMERS_DB: join(lab.folder, 'customers.db'), DATABASE_DELAY_MS: '1' };
  return lab.mortal(dieAfter, join(dist, 'worker.js'), args, env, lab.output);
}

/** @param kills how often a worker was killed */
async function expectImported(kills: number): Promise<void> {
  const last = worker();
  expect(await last.ended).toEqual({ code: 0, signal: null });
  expect(last.errors).toEqual([]);
  expect(lab.output.at(-1)).toBe('114 of 120 rows are saved, 6 are in rejected.csv');
  expect(readFileSync(join(lab.folder, 'rejected.csv'), 'utf8')).toBe(REJECTED);

  const db = new DatabaseSync(join(lab.folder, 'customers.db'), { readOnly: true });
  const rows = db.prepare('select email, name, writes from customers order by rowid').all();
  db.close();
  expect(rows).toHaveLength(114);
  expect(rows[0]).toMatchObject({ email: 'ada.okafor1@example.com', name: 'Ada Okafor' });
  expect(rows.find(({ name }) => name === 'Sato, Ken')).toBeDefined();
  // At each kill four rows at most are under way.
  const again = rows.reduce((sum, { writes }) => sum + Number(writes) - 1, 0);
  expect(again).toBeLessThanOrEqual(4 * kills);

  // The lines of the progress are those of an import that nobody killed. The last one before a kill may come twice.
  const progress = lab.output.flatMap((line) => /\d+ of 116$/.exec(line) ?? []);
  const expected = [20, 40, 60, 80, 100, 116].map((done) => `${done} of 116`);
  expect([...new Set(progress)]).toEqual(expected);
  expect(progress.length).toBeLessThanOrEqual(expected.length + kills);
}

async function kill(dieAfter: number): Promise<void> {
  expect(await worker(dieAfter).ended).toEqual({ code: null, signal: 'SIGKILL' });
}

describe('an import', () => {
  it('is resumed when its worker was killed in the middle', async () => {
    await kill(50);
    await expectImported(1);
    expect(lab.output.some((line) => /^the import of customers\.csv resumes; 5\d events/.test(line))).toBe(
      true,
    );
  });

  itInFull('is carried out at once, and only once', async () => {
    await expectImported(0);
    await expectImported(0);
  });

  itInFull('survives a kill at any place', { timeout: 300_000 }, async () => {
    // The first after the file was read, the last when the rejected rows were written.
    for (const dieAfter of [1, 2, 3, 4, 5, 20, 21, 77, 116, 117]) {
      lab = new Lab(dist);
      try {
        await kill(dieAfter);
        await expectImported(1);
      } finally {
        await lab.close();
      }
    }
  });

  itInFull('survives many kills', { timeout: 300_000 }, async () => {
    for (let kills = 0; kills < 10; kills++) await kill(10);
    await expectImported(10);
  });
});

describe('an import in the test runtime', () => {
  let file: string;
  beforeEach(({ onTestFinished }) => {
    const quiet = vi.spyOn(console, 'info').mockReturnValue();
    onTestFinished(() => quiet.mockRestore());
    file = join(lab.folder, 'small.csv');
    const rows = Array.from({ length: 7 }, (_, i) => `c${i}@example.com,"Name, ${i}",Japan,${i}`);
    writeFileSync(file, ['email,name,country,credit', ...rows, 'nobody,N,Japan,1', ''].join('\n'));
  });

  it('saves four rows at a time', async () => {
    let now = 0;
    let most = 0;
    const saveCustomer = async ({ name }: { name: string }): Promise<void> => {
      most = Math.max(most, ++now);
      await delay(2);
      now--;
      if (name === 'Name, 3') throw new Error('disk full');
    };
    const runtime = createTestRuntime({ steps: { saveCustomer } });
    const run = await runtime.start(importCustomers, [file, join(lab.folder, 'out.csv')]);
    expect(await run.result()).toEqual({
      rows: 8,
      saved: 6,
      rejected: [
        { line: 5, problem: 'disk full' },
        { line: 9, problem: "'nobody' is not an e-mail address" },
      ],
    });
    expect(most).toBe(4);
    await runtime.close();
  });

  it('does the same after every crash', async () => {
    const saved = new Set<string>();
    const { outcome } = await crashSweep(importCustomers, [file, join(lab.folder, 'out.csv')], {
      steps: { saveCustomer: ({ email }: { email: string }) => void saved.add(email) },
      outside: () => [...saved].sort(),
      reset: () => saved.clear(),
      nested: FULL,
    });
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { saved: 7 } });
  });
});

itInFull('npm run start:csv-import shows an import, and that it survives', async () => {
  const script = join(root, 'examples/05-csv-import/scripts/start.ts');
  const { output, errors, ended } = lab.run(script, [], { TMPDIR: lab.folder });
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(errors).toEqual([]);
  expect(output.filter((line) => line.includes('SIGKILL'))).toHaveLength(2);
  expect(output.filter((line) => line.startsWith('  ✓ '))).toHaveLength(2);
});
