import { createRuntime, fileStore, type Runtime } from 'use-durable';
// A run can be resumed when its function is loaded.
import './order.ts';
import { effect } from './steps.ts';

const shared = globalThis as { durableRuntime?: Runtime };

/** The runtime of this process, however many bundles this module is in. It is made when it is first needed. */
export const durable = (): Runtime => {
  shared.durableRuntime ??= create();
  return shared.durableRuntime;
};

function create(): Runtime {
  effect('runtime');
  return createRuntime({ store: fileStore(process.env.STORE ?? 'runs.db') });
}
