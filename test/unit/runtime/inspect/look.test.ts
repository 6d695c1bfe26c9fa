import { expect, it } from 'vitest';
import { createRuntime, memoryStore } from '../../../../runtime/index.ts';
import { factsOf, findRecordedRun } from '../../../../runtime/inspect/look.ts';
import { whyOf } from '../../../../runtime/inspect/why.ts';
import { deploy } from '../../../evolution/deploy.ts';

it('what a live run waits for is found through its store', async () => {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  const main = await deploy('looked-at', `await reserve(n); await waitFor('go'); return await ship(n);`);
  const handle = await runtime.start(main, [1] as never, { id: 'a' });
  while ((await handle.events()).length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  const source = store.inspect();
  const run = (await findRecordedRun(source, 'a'))!;
  expect([...run.manifests.keys()]).toEqual(['looked-at']);
  const facts = await factsOf(source, run, Date.now());
  expect(facts).toMatchObject({
    workers: 1,
    standing: { owner: { state: 'alive' } },
    others: [],
    messages: [],
  });
  expect(whyOf(run, facts)).toMatchObject([
    { kind: 'signal', name: 'go', byCode: true, place: { file: 'order.ts', line: 8 } },
  ]);
  expect(await findRecordedRun(source, 'b')).toBeUndefined();
  await runtime.close({ store: true });
});
