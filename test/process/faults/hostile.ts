/**
 * A process for hostile situations. Arguments: path of the store, and what it does: `open` (a run of its own, and one that
 * all of them start), or `prune` (removes ended runs one after the other, and says so after each).
 */
import { createRuntime, fileStore } from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

const [path = '', what] = process.argv.slice(2);
const store = fileStore(path);
if (what === 'open') {
  const runtime = createRuntime({ store });
  const run = durable(async ($, text: string) => $.call('echo', async () => text)(), { id: 'echo' });
  const own = await runtime.start(run, ['own'], { id: `own ${process.pid}` });
  const same = await runtime.start(run, ['same'], { id: 'same' });
  console.log(JSON.stringify([await own.result(), await same.result()]));
  await runtime.close();
  await store.close();
} else {
  while (!(await store.prune(Date.now() + 1, 6)).done) console.log('removed');
}
