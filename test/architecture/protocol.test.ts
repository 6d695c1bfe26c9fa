import { expect, it } from 'vitest';
import { PROTOCOL, state } from '../../runtime/base/process-state.ts';
import * as compiled from '../../runtime/compiled.ts';
import { Definition } from '../../runtime/functions/definition.ts';

function namesOf(value: object): string[] {
  const names = new Set<string>();
  for (let at: object = value; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names].sort();
}

/**
 * When this fails, and the protocol has been released: raise PROTOCOL, unless a copy of before understands what is new. Then
 * `npx vitest run test/architecture -u`.
 */
it('has a shape that belongs to its protocol', async () => {
  const shape = {
    protocol: PROTOCOL,
    state: namesOf(state),
    definition: namesOf(new Definition({ id: 'id', file: 'file', line: 1, column: 1, steps: [] }, namesOf)),
    scope: namesOf(compiled.Scope.prototype),
    compiled: Object.keys(compiled).sort(),
  };
  await expect(`${JSON.stringify(shape, undefined, 2)}\n`).toMatchFileSnapshot('protocol.json');
});
