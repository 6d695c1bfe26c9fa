/** A process that drives the execution that its arguments name, and is killed behind its n-th checkpoint. */
import { createLocalLambda } from '../../../runtime/engines/aws-local/index.ts';
import { fileStore } from '../../../runtime/stores/sqlite.ts';
import { registration } from './registration.ts';

const [path = '', id = '', event = '{}', appends = '0'] = process.argv.slice(2);
const store = fileStore(path);
let left = Number(appends);
const mortal = {
  ...store,
  append: async (batch: Parameters<typeof store.append>[0]) => {
    const refused = await store.append(batch);
    if (--left === 0) process.kill(process.pid, 'SIGKILL');
    return refused;
  },
};
const lambda = createLocalLambda({
  store: Object.setPrototypeOf(mortal, bound(store)),
  functions: { registration },
});
const execution = await lambda.start('registration', JSON.parse(event), { id });
console.log(JSON.stringify(await execution.result()));
await lambda.close();
await store.close();

/** The methods of a store, with itself as `this`. */
function bound<T extends object>(target: T): T {
  return new Proxy(target, {
    get: (object, key) => {
      const value: unknown = Reflect.get(object, key, object);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}
