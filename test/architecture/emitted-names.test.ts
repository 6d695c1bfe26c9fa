import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { handName as runtimeHandName } from '../../runtime/base/keys.ts';
import * as compiled from '../../runtime/compiled.ts';
import { handName } from '../../transformer/body/name-sites.ts';
import { compile, fixtures } from '../support/fixtures.ts';

const MISTAKES = fileURLToPath(new URL('../diagnostics/', import.meta.url));

/** Names that compiled code uses, from everything the fixtures compile to. */
function emittedNames(): { readonly module: Set<string>; readonly scope: Set<string> } {
  const module = new Set<string>();
  const scope = new Set<string>();
  for (const fixture of [...fixtures(), ...fixtures(MISTAKES)]) {
    const { code } = compile(fixture);
    for (const [, name = ''] of code.matchAll(/\$durable\.(\w+)\(/g)) module.add(name);
    for (const [, name = ''] of code.matchAll(/(?:\$\d*|\$durable\.ambient\(\))\.(\w+)\b/g)) scope.add(name);
  }
  return { module, scope };
}

describe('names that the compiler emits', () => {
  const emitted = emittedNames();

  it('exist in compiled.ts as functions', () => {
    expect(emitted.module.size).toBeGreaterThan(5);
    for (const name of emitted.module)
      expect((compiled as Record<string, unknown>)[name], name).toBeTypeOf('function');
  });

  it('exist on Scope', () => {
    expect(emitted.scope.size).toBeGreaterThan(15);
    for (const name of emitted.scope) expect(name in compiled.Scope.prototype, name).toBe(true);
  });

  it('cover all that compiled.ts offers', () => {
    // Types and what only tests call.
    const others = new Set(['Scope', 'runPlain']);
    expect(Object.keys(compiled).filter((name) => !emitted.module.has(name) && !others.has(name))).toEqual(
      [],
    );
  });

  it.each(['charge card', 'charge', 'a-b', 'a/b c', 'x[1] y', 'say "hi" now', 'größe', '', 'a#2 b'])(
    'names by hand are the same on both sides: %j',
    (name) => {
      expect(handName(name)).toBe(runtimeHandName(name));
    },
  );
});
