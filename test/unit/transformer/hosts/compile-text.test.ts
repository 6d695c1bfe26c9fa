import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { concerned } from '../../../../transformer/base/given-file.ts';
import { compileText, messageOf, withInlineMap } from '../../../../transformer/hosts/compile-text.ts';

const folder = fileURLToPath(new URL('../../../.tmp/compile-text/', import.meta.url));
const SOURCE = `import { work } from './work.ts';
interface Order { readonly id: string }
export async function order(given: Order): Promise<void> {
  'use durable';
  await work(given.id);
}
`;
/** As a tool leaves it that strips types, and blank lines with them. */
const STRIPPED = `import { work } from './work.ts';
export async function order(given) {
  'use durable';
  await work(given.id);
}
`;

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules/other'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop" }');
  writeFileSync(join(folder, 'order.ts'), SOURCE);
  writeFileSync(join(folder, 'node_modules/other/order.ts'), SOURCE);
});

describe('compileText', () => {
  it('returns nothing for a file in which nothing concerns it', () => {
    expect(compileText('export const one = 1;', join(folder, 'one.ts'))).toBeUndefined();
    expect(
      compileText("export const text = 'use durable, they say';", join(folder, 'text.ts')),
    ).toBeUndefined();
  });

  it('takes paths and URLs, with what bundlers put behind them', () => {
    const plain = compileText(SOURCE, join(folder, 'order.ts'));
    expect(plain?.code).toContain('"id":"shop/order.ts#order"');
    for (const path of [`${join(folder, 'order.ts')}?v=1`, `file://${join(folder, 'order.ts')}?t=2#x`]) {
      expect(compileText(SOURCE, path)?.code).toBe(plain?.code);
    }
  });

  it('keeps the places and the version of the source where a tool has stripped its types', () => {
    const table = (code = ''): unknown => JSON.parse(/define\((\{.*?\})\);/.exec(code)?.[1] ?? '');
    const stripped = compileText(STRIPPED, join(folder, 'order.ts'));
    expect(stripped?.errors).toEqual([]);
    expect(table(stripped?.code)).toEqual(table(compileText(SOURCE, join(folder, 'order.ts'))?.code));
    expect(table(stripped?.code)).toMatchObject({ line: 3, steps: [{ id: 'work', line: 5 }] });
  });

  it('returns errors and warnings apart', () => {
    const source = SOURCE.replace(
      'await work(given.id);',
      'await work(given.id); await work(Math.max(), function* () {});',
    );
    const { errors, warnings } =
      compileText(SOURCE.replace("'use durable'", "'use durabel'"), join(folder, 'new.ts')) ?? {};
    expect(errors?.map(({ code }) => code)).toEqual(['UD1001']);
    expect(warnings).toEqual([]);
    expect(compileText(source, join(folder, 'new.ts'))?.errors).toEqual([]);
    expect(messageOf(errors![0]!)).toMatch(/^UD1001: .*\nSee use-durable\/docs\/diagnostics\.md#ud1001/s);
  });

  it('marks the branch that it adds, where coverage is counted, in a line that its map leads nowhere', () => {
    const path = join(folder, 'order.ts');
    const { code, map } = compileText(SOURCE, path, { coverage: true })!;
    expect(code).toContain(
      '/* v8 ignore if -- @preserve */ /* istanbul ignore if -- @preserve */\nif ($ === undefined)',
    );
    const line = code.split('\n').findIndex((text) => text.startsWith('if ($ === undefined)'));
    expect(code.split('\n')[line]).toMatch(/arguments\);$/);
    const lines = map!.mappings.split(';');
    expect(lines[line]).toBe('');
    expect(lines[line + 2]).not.toBe('');
    expect(compileText(SOURCE, path)?.code).not.toContain('ignore if');
  });

  it('names the source in its map as it is called in its folder', () => {
    expect(compileText(SOURCE, `${join(folder, 'order.ts')}?v=1`)?.map?.sources).toEqual(['order.ts']);
  });

  it('writes a map into the code', () => {
    const compiled = compileText(SOURCE, join(folder, 'order.ts'))!;
    const [, base64 = ''] =
      /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\n$/.exec(withInlineMap(compiled)) ?? [];
    expect(JSON.parse(Buffer.from(base64, 'base64').toString())).toEqual(
      JSON.parse(JSON.stringify(compiled.map)),
    );
    expect(withInlineMap({ code: 'x', map: null })).toBe('x');
  });
});

describe('concerned', () => {
  it('sees a directive that another tool has dropped, but looks at no installed file for that', () => {
    const without = SOURCE.replace("'use durable';", '');
    expect(concerned(without, join(folder, 'order.ts'))).toEqual({
      path: join(folder, 'order.ts'),
      written: SOURCE,
    });
    expect(concerned(without, join(folder, 'node_modules/other/order.ts'))).toBeUndefined();
  });

  it('leaves the files of this package alone', () => {
    const own = fileURLToPath(new URL('../../../../runtime/base/messages/steps.ts', import.meta.url));
    expect(concerned(SOURCE, own)).toBeUndefined();
  });
});
