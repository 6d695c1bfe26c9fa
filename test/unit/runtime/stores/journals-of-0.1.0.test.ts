import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import ts from 'typescript';
import { expect, it } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { definitionOf } from '../../../../runtime/functions/definitions.ts';
import { createRuntime, fileStore, RunConflictError } from '../../../../runtime/index.ts';
import { transform } from '../../../../transformer/index.ts';

/** A store that 0.1.0 has written, with runs at all kinds of waits; `journals-of-0.1.0/make.ts` says how it was made. */

const FOLDER = fileURLToPath(new URL('../../../.tmp/journals-of-0.1.0/', import.meta.url));
const read = (name: string): Buffer => readFileSync(new URL(`journals-of-0.1.0/${name}`, import.meta.url));
const notes = (): string[] => (globalThis as { notes?: string[] }).notes?.splice(0) ?? [];

type Orders = Record<'order' | 'parcel' | 'basket' | 'nightly', AnyFunction> & {
  parts: { pack: AnyFunction };
};

it('a store of 0.1.0 goes on with functions whose ids have the package and the file in them', async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}runs.db`, gunzipSync(read('runs.db.gz')));
  const fileId = { package: '@shop/orders', path: 'src/orders.ts' };
  const { code, diagnostics } = transform(read('orders.ts').toString(), {
    fileName: 'src/orders.ts',
    fileId,
  });
  expect(diagnostics).toEqual([]);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  writeFileSync(`${FOLDER}orders.mjs`, ts.transpileModule(code, { compilerOptions }).outputText);
  const orders = (await import(/* @vite-ignore */ pathToFileURL(`${FOLDER}orders.mjs`).href)) as Orders;
  expect(definitionOf(orders.order)?.id).toBe('@shop/orders/src/orders.ts#order');

  const store = fileStore(`${FOLDER}runs.db`);
  const runtime = createRuntime({ store });
  try {
    const recovered = await runtime.recover();
    expect(recovered.map(({ id }) => id).sort()).toEqual([
      'basket',
      'of-basket',
      'packing',
      'signing',
      'waiting',
    ]);
    const resultOf = async (id: string): Promise<unknown> => (await runtime.get(id))?.result();
    expect(await resultOf('done')).toEqual(['book reserved', 'in cash', 'book shipped']);
    expect(notes()).toEqual([]);

    await (await runtime.get('waiting'))?.signal('paid', 'by card');
    expect(await resultOf('waiting')).toEqual(['pen reserved', 'by card', 'pen shipped']);
    await (await runtime.get('of-basket'))?.signal('paid', 1);
    expect(await resultOf('basket')).toEqual([['cup reserved', 1, 'cup shipped'], 'basket shipped']);
    await (await runtime.get('packing'))?.signal('packed');
    expect(await resultOf('packing')).toBe('lid shipped');
    await runtime.complete(read('token.txt').toString().trim(), 'Ada');
    expect(await resultOf('signing')).toEqual(['Ada', 'ink shipped']);
    expect(notes()).toEqual(['ship pen', 'ship cup', 'ship basket', 'ship lid', 'ship ink']);

    const listed = async (fn: string): Promise<string[]> => (await runtime.list({ fn })).map(({ id }) => id);
    for (const fn of ['order', '@shop/orders/src/orders.ts#order'])
      expect(await listed(fn)).toEqual(['done', 'waiting', 'of-basket']);
    expect(await listed('pack-part')).toEqual(['packing']);
    expect(await (await runtime.start(orders.order, [''], { id: 'done' })).result()).toEqual(
      await resultOf('done'),
    );
    await expect(runtime.start(orders.parcel, [''], { id: 'done' })).rejects.toThrow(RunConflictError);
    const schedule = await runtime.schedule('nightly', { cron: '0 3 * * *' }, orders.nightly, []);
    expect(schedule.next()).toBeInstanceOf(Date);
    schedule.stop();
  } finally {
    await runtime.close({ store: true });
  }
});
