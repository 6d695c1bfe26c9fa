import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError, jsonInput } from '../../../../cli/base/json-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a value on the command line', () => {
  it('is JSON, or in a file', () => {
    const path = join(folder, 'order.json');
    writeFileSync(path, '{ "id": 7 }\n');
    expect(jsonInput('--input', '"a"')).toBe('a');
    expect(jsonInput('--input', `@${path}`)).toEqual({ id: 7 });
  });

  it.each([
    ['{"a":"}",}', 'line 1, column 10', '         ^'],
    ['[1,2,]', 'line 1, column 6', '     ^'],
    ['{"a": 1', 'line 1, column 8', '       ^'],
    ['{a:1}', 'line 1, column 2', ' ^'],
    ['', 'line 1, column 1', '^'],
    ['"x', 'line 1, column 3', '  ^'],
    ['{\n  "a": nil\n}', 'line 2, column 9', '        ^'],
    [`[${'1,'.repeat(50)}x]`, 'line 1, column 102', `${' '.repeat(30)}^`],
  ])('shows the mistake in %j', (text, place, mark) => {
    const message = messageOf(() => jsonInput('--input', text));
    expect(message).toContain(`--input: the text is not JSON. `);
    expect(message).toContain(` at ${place}:\n`);
    expect(message.split('\n').find((line) => /^ *\^$/.test(line))).toBe(`  ${mark}`);
  });

  it('says how a text is written', () => {
    expect(messageOf(() => jsonInput('--input', 'order-7'))).toContain(`'"order-7"'`);
    expect(messageOf(() => jsonInput('--input', '{a}'))).not.toContain('quotes');
  });

  it('says which file can not be read', () => {
    const path = join(folder, 'none.json');
    expect(messageOf(() => jsonInput('--input', `@${path}`))).toContain(
      `--input: ${path} can't be read: ENOENT`,
    );
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}
