import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodeResult } from '../../../../runtime/values/codec.ts';
import * as everything from '../../../support/kinds-of-values.ts';
import { durableDiagnostics, durableProgram, STRICT } from '../../../support/typed.ts';

const kinds: Readonly<Record<string, () => Promise<unknown>>> = { ...everything };
const names = Object.keys(kinds);
const FILE = fileURLToPath(new URL('../../../.tmp/typed/kinds.ts', import.meta.url));
const program = durableProgram(
  [FILE],
  {
    [FILE]: [
      "import * as kinds from '../../support/kinds-of-values.ts';",
      "export async function main() { 'use durable';",
      ...names.map((name) => `  await kinds.${name}();`),
      '}',
    ].join('\n'),
  },
  { ...STRICT, lib: [...(STRICT.lib ?? []), 'lib.dom.d.ts'] },
);
const reported = new Map(durableDiagnostics(program, FILE).map((one) => [names[one.line - 3], one.message]));

describe('the codec and the checks with types agree', () => {
  it.each(names)('%s', async (name) => {
    const fault = await Promise.resolve()
      .then(async () => encodeResult(await kinds[name]?.(), 'result'))
      .then(() => undefined)
      .catch((error: Error) => error.message);
    const message = reported.get(name);
    expect(message === undefined, `${fault} / ${message}`).toBe(fault === undefined);
    // Both name the same part of the value.
    if (fault && message)
      expect(partOf(/: (result\S*)/, message, '`')).toBe(partOf(/: (result\S*)/, fault, '0'));
  });

  it('looks at some of both', () => {
    expect(reported.size).toBeGreaterThan(20);
    expect(names.length - reported.size).toBeGreaterThan(20);
  });
});

const partOf = (pattern: RegExp, text: string, without: string): string | undefined =>
  pattern.exec(text.replaceAll('`', ''))?.[1]?.replaceAll(without, '');
