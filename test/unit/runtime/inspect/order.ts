/** A durable function, and journals of it. */
import type { Manifest } from '../../../../runtime/functions/manifest.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import type { RunRecord, RunStatus } from '../../../../runtime/stores/store.ts';
import { compile } from '../../../../transformer/compile.ts';

export const SOURCE = `import { createCallback, sleep, startChild, waitFor } from 'use-durable';
import { ask, charge, refund, ship, stock } from './shop.js';
export async function order(lines: string[]): Promise<string> {
  'use durable';
  await Promise.all(lines.map(async (line) => await stock(line)));
  const by = await waitFor('approved');
  try {
    // step: Take the money
    await charge(lines);
    if (by) await ship(lines);
    const question = await createCallback({ timeout: '1 day' });
    await ask(question.token);
    await question.result();
    const other = await startChild(invoice, [lines]);
    await other.result();
  } catch {
    await refund(lines);
  }
  await sleep('3 days');
  const late = await waitFor('receipt', { timeout: '1 hour' });
  return 'done';
}
export async function invoice(lines: string[]): Promise<void> {
  'use durable';
  await ask(lines);
}
`;

export const FN = 'shop/src/order.ts#order';
const { manifests } = compile(
  SOURCE,
  { fileName: 'src/order.ts', fileId: { package: 'shop', path: 'src/order.ts' } },
  'none',
);

export const MANIFESTS: ReadonlyMap<string, Manifest> = new Map(
  [...manifests].map(([fn, manifest]) => [fn, { fn, file: 'src/order.ts', ...manifest } as Manifest]),
);

export const START = Date.UTC(2026, 4, 1, 12);

export const started: JournalEvent = {
  type: 'run-started',
  version: 3,
  fn: FN,
  input: '1j[["a"]]',
  seed: 'seed',
  at: START,
  code: { [FN]: 'v1' },
};

export const step = (
  key: string,
  at: number,
  more: { ok?: boolean; attempt?: number } = {},
): JournalEvent => ({
  type: 'step',
  key,
  ok: true,
  value: '1j1',
  startedAt: START + at - 500,
  at: START + at,
  attempt: 1,
  worker: 'w1',
  ...more,
});

export const record = (status: RunStatus = 'running', reason: string | null = null): RunRecord => ({
  id: 'order-7',
  fn: FN,
  status,
  reason,
  createdAt: START,
  updatedAt: START,
  attributes: {},
});
