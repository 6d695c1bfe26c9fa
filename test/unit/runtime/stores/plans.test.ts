import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../../../runtime/stores/sqlite.ts';
import { SQL } from '../../../../runtime/stores/statements.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-plans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How SQLite goes about a statement on the tables of a store. */
function planOf(sql: string): readonly string[] {
  const path = join(folder, 'runs.db');
  void fileStore(path).close();
  const db = new DatabaseSync(path);
  const plan = db.prepare(`explain query plan ${sql}`).all();
  db.close();
  return plan.map(({ detail }) => String(detail));
}

describe('what a worker asks many times a second of a file with a million sleeping runs', () => {
  it.each(['parked', 'nextDue'] as const)('%s goes by when runs are due, and sorts nothing', (name) => {
    const plan = planOf(SQL[name]);
    expect(plan[0]).toContain('USING INDEX runs_parked');
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
  });

  it.each(['listWith', 'listWithBlindly'] as const)(
    '%s goes by the first attribute, and sorts nothing',
    (name) => {
      const plan = planOf(SQL[name]);
      expect(plan[0]).toContain('USING COVERING INDEX attributes_by_value (name=? AND value=? AND run>?)');
      expect(plan.join('\n')).not.toContain('TEMP B-TREE');
    },
  );

  it('orphaned looks at runs that are held, and at no others', () => {
    const runs = planOf(SQL.orphaned).filter((step) => /\bruns\b/.test(step));
    expect(runs.length).toBeGreaterThan(0);
    for (const step of runs) expect(step).toContain('runs_held');
  });
});
