import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { crashEverywhere } from '../../support/crash.ts';
import { emitThroughText, type Fixture, load } from '../../support/fixtures.ts';

/** No fixture, since TypeScript reports `a?.#b` where it compiles itself: other hosts take it, as it is JavaScript. */
const SOURCE = `
import { effect, later } from '../../support/effects.ts';

const act = async (name) => {
  effect(\`act \${name}\`);
  return later(1, name);
};

export const main = async () => {
  'use durable';
  let count = 0;
  class Door {
    #knock = async (times) => \`\${await act(times)}!\`;
    async knockOn(other) {
      return await other?.#knock(++count);
    }
  }
  const door = new Door();
  return [await door.knockOn(), await door.knockOn(door), count];
};
`;

describe('a private name behind ?.', () => {
  it('means what it means in plain code', async () => {
    const fixture: Fixture = {
      name: 'optional-private-names',
      file: 'input.js',
      folder: '',
      source: SOURCE,
    };
    const { main } = await load(fixture, 'text', emitThroughText(fixture));
    const { outcome, effects } = await crashEverywhere(main as AnyFunction, []);
    expect(outcome).toEqual({ status: 'fulfilled', value: [undefined, '1!', 1] });
    expect(effects.map(({ name }) => name)).toEqual(['act 1']);
  });
});
