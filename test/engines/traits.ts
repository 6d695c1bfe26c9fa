/** What each engine can do and what it can't. `contract.ts` proves every word of it, docs/engines.md shows it. */
import { type Capabilities, FEATURES, type Traits } from './harness.ts';

const everything = Object.fromEntries(
  Object.keys(FEATURES).map((feature) => [feature, true]),
) as unknown as Capabilities;

/** No engine: the function itself. */
export const plain: Traits = { name: 'plain', can: everything, crashes: ['never'] };

export const memory: Traits = { name: 'memory', can: everything, crashes: ['never', 'replay'] };

export const file: Traits = { name: 'file', can: everything, crashes: ['never', 'kill'] };

export const restate: Traits = { name: 'restate', can: everything, crashes: ['never', 'replay', 'kill'] };
