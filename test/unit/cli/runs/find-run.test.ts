import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findRun, withSource } from '../../../../cli/runs/find-run.ts';
import { fileStore } from '../../../../runtime/index.ts';
import { started, worker } from '../../runtime/stores/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a run is found by its id or the beginning of it', async () => {
  const path = join(folder, 'runs.db');
  const store = fileStore(path);
  for (const id of ['order-1', 'order-12', 'mail-7']) await store.create(id, started(), worker('me'));
  const find = (given: string): Promise<string> => withSource(path, (source) => findRun(source, given));
  // An id counts more than the beginning of another one.
  expect(await find('order-1')).toBe('order-1');
  expect(await find('m')).toBe('mail-7');
  await expect(find('order')).rejects.toThrow(
    `Several runs in ${path} begin with "order": order-1, order-12. Write more of the id.`,
  );
  await expect(find('ordre-12')).rejects.toThrow(
    `There is no run "ordre-12" in ${path}. Is it order-12, or order-1?`,
  );
  await expect(find('')).rejects.toThrow('There is no run ""');
  await expect(find('something else')).rejects.toThrow(/"something else" in [^ ]+runs\.db\.$/);
  await expect(withSource(join(folder, 'none.db'), async () => 1)).rejects.toThrow('There is no store at');
  await store.close();
});
