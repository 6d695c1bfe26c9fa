import { afterAll, describe, expect, it } from 'vitest';
import { transform } from '../../../../transformer/index.ts';
import { CompileApart } from './compile-apart.ts';

const compiler = new CompileApart();
afterAll(() => compiler.close());

const durable = `declare function charge(x: unknown): Promise<number>;
export async function main(x: unknown) {
  'use durable';
  return await charge(x);
}
`;
const javascript = durable
  .replace(/^declare.*\n/, 'import { charge } from "./charge.js";\n')
  .replace(': unknown', '');

/** Bytes as a tool that doesn't look at them would read them. */
const garbage = (length: number, seed: number): string => {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return new TextDecoder().decode(bytes);
};

/** Files with nothing in them to compile, or nothing that can be: they come back as they are. */
const untouched: Readonly<Record<string, string>> = {
  empty: '',
  'a byte order mark alone': '\uFEFF',
  'spaces and line ends': ' \t\r\n\u2028\u2029\n',
  'a directive alone': "'use durable'",
  'nothing but directives': "'use strict';\n'use durable';\n'use client';\n".repeat(50),
  'a hashbang alone': '#!/usr/bin/env node',
  'a hashbang and a directive': "#!/usr/bin/env node\n'use durable'",
  'a directive in a comment': "// 'use durable'\n/* 'use durable' */\nexport {};\n",
  'a directive in a string': 'export const text = "\'use durable\'";\n',
  'a directive in a template': "export const text = `\n'use durable'\n`;\n",
  'NUL bytes': '\0'.repeat(100),
  'NUL bytes around a directive': `\0\0'use durable'\0`,
  'half of the quotes': "'use durable",
  'an open comment': `${durable}/* 'use durable'`,
  'an open template': `${durable}\`\${`,
  'an open string': `${durable}'use durable`,
  'an open regular expression': `${durable}/use durable`,
  'a merge conflict': durable.replace(
    'return await',
    '<<<<<<< HEAD\n  return await\n=======\n  return\n>>>>>>> theirs\n',
  ),
  'another language': `fn main() { 'use durable: loop { break 'use durable; } }`,
  JSON: '{ "a": "\'use durable\'" }',
  HTML: "<!doctype html><script>'use durable'</script>",
  'lone surrogates outside of strings': `\uD800${durable}\uDC00`,
  'a NUL byte in the code': durable.replace('return', 'return\0'),
};

/** Files that look odd and are correct. */
const compiled: Readonly<Record<string, string>> = {
  'a byte order mark': `\uFEFF${durable}`,
  'CRLF line ends': durable.replaceAll('\n', '\r\n'),
  'CR line ends': durable.replaceAll('\n', '\r'),
  'mixed line ends': durable.replace('\n', '\r\n').replace(') {\n', ') {\u2028'),
  'a hashbang': `#!/usr/bin/env node\n${durable}`,
  'no line end at the end': durable.trimEnd(),
  'one line': durable.replaceAll('\n', ' '),
  'NUL bytes and lone surrogates in strings': durable.replace('charge(x)', "charge('\0\uD800\uDC00\uDC00')"),
  'many directives': durable.replace(
    "'use durable';",
    `${"'use strict';".repeat(100)}'use durable';${"'use client';".repeat(100)}`,
  ),
  'a directive without a semicolon': durable.replace("durable';", "durable'"),
  'a directive in double quotes': durable.replace("'use durable'", '"use durable"'),
  'a directive behind comments': durable.replace(
    "'use durable'",
    "/* a */ // b\n /** c */ 'use durable' /* d */",
  ),
  'a name of ten thousand letters': durable.replaceAll('charge', 'c'.repeat(10_000)),
  'a line of a million letters': durable.replace('charge(x)', `charge('${'x'.repeat(1_000_000)}')`),
};

describe('odd files', () => {
  it.each(Object.entries(untouched))('%s: comes back as it is', async (_, source) => {
    for (const fileName of ['odd.ts', 'odd.tsx', 'odd.js', 'odd.mjs']) {
      const verdict = await compiler.inspect({ fileName, source });
      expect(verdict.problem).toBeUndefined();
      expect(verdict.compiled).toBe(false);
    }
  });

  it.each(Object.entries(compiled))('%s: is compiled', async (_, source) => {
    for (const fileName of ['odd.ts', 'odd.tsx', 'odd.mts', 'odd.cts']) {
      const verdict = await compiler.inspect({ fileName, source });
      expect(verdict.problem).toBeUndefined();
      expect(verdict.compiled).toBe(true);
    }
  });

  it('binary garbage', async () => {
    const inputs = Array.from({ length: 100 }, (_, seed) => ({
      fileName: 'garbage.ts',
      source: `${garbage(seed * 20, seed)}'use durable'${garbage(2000, ~seed)}`,
    }));
    expect(await compiler.problems(inputs)).toEqual([]);
  });

  it.each([
    '',
    'a',
    '.ts',
    'a.',
    'a.txt',
    'a.vue',
    'a.json',
    'a.d.ts',
    '/',
    'a\0b.ts',
    '日本 語.ts',
    'C:\\a\\b.ts',
  ])('the file name %j', async (fileName) => {
    for (const source of [durable, javascript, '', '\0', "'use durable'"]) {
      expect((await compiler.inspect({ fileName, source })).problem).toBeUndefined();
    }
  });

  it('the extension decides the language', () => {
    const generic = durable.replace('charge(x)', 'charge(<number>x)');
    expect(transform(generic, { fileName: 'a.ts' }).code).not.toBe(generic);
    expect(transform(generic, { fileName: 'a.tsx' }).code).toBe(generic);
    const jsx = durable.replace('charge(x)', 'charge(<b>{await charge(x)}</b>)');
    expect(transform(jsx, { fileName: 'a.tsx' }).code).not.toBe(jsx);
    expect(transform(jsx, { fileName: 'a.ts' }).code).toBe(jsx);
  });
});
