/** A process that drives an execution of a hand-written handler, and is killed in front of or behind its n-th checkpoint. */
import { existsSync, readFileSync } from 'node:fs';
import { createLocalLambda } from '../../../runtime/engines/aws-local/index.ts';
import { fileStore } from '../../../runtime/stores/sqlite.ts';
import { bound } from './bound.ts';
import { everything, triple } from './everything.ts';
import { registration } from './registration.ts';

const [path = '', fn = '', event = '{}', moment = 'behind', appends = '0'] = process.argv.slice(2);
const { world } = JSON.parse(event) as { world: string };
const id = 'killed';
const store = fileStore(path);
let left = Number(appends);
const mortal = {
  ...store,
  append: async (batch: Parameters<typeof store.append>[0]) => {
    left--;
    if (left === 0 && moment === 'in front of') process.kill(process.pid, 'SIGKILL');
    const refused = await store.append(batch);
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return refused;
  },
};
const lambda = createLocalLambda({
  store: Object.setPrototypeOf(mortal, bound(store)),
  functions: { registration, everything, triple },
});
// Who is told a token answers, once that is recorded.
const answering = setInterval(() => {
  const told = existsSync(world) ? /^token (\w+)$/gm : undefined;
  for (const [, token = ''] of told === undefined ? [] : readFileSync(world, 'utf8').matchAll(told)) {
    lambda.completeCallback(token, 'yes').catch(() => {});
  }
}, 20);
const leftBehind = await lambda.recover();
const execution =
  leftBehind.find((handle) => handle.id === id) ?? (await lambda.start(fn, JSON.parse(event), { id }));
console.log(JSON.stringify(await execution.result()));
clearInterval(answering);
await lambda.close();
await store.close();
