/** `durable steps` and `durable explain`, in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SOURCE } from '../../runtime/inspect/order.ts';
import { commandIn } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'order.ts'), SOURCE);
writeFileSync(join(folder, 'plain.ts'), 'export const one = 1;\n');

const durable = (...args: string[]) => commandIn(folder, args);

it('steps lists ids, kinds, places and texts', async () => {
  const { status, output } = await durable('steps', 'order.ts');
  expect(status).toBe(0);
  expect(output).toMatch(/order {2}version \S+\n {2}stock +step +5:\d+ +stock\(line\)\n {2}waitFor +signal/);
  expect(output).toMatch(/ {2}charge +step +9:\d+ +Take the money\n/);
  const { functions } = JSON.parse((await durable('steps', 'order.ts', 'invoice', '--json')).output) as {
    functions: { id: string; steps: object[] }[];
  };
  expect(functions).toMatchObject([{ steps: [{ id: 'ask', kind: 'step', line: 25, text: 'ask(lines)' }] }]);
  expect(await durable('steps', 'order.ts', 'none')).toMatchObject({
    status: 2,
    errors: expect.stringContaining('It has order, invoice.'),
  });
  expect((await durable('steps', 'none.ts')).errors).toContain('There is no file none.ts.');
  expect((await durable('steps', 'plain.ts')).errors).toContain('has no durable function');
});

it('explain says what a code means and what to do', async () => {
  const diagnostic = await durable('explain', 'UD3001');
  expect(diagnostic.output).toContain('changed inside a step');
  expect(diagnostic.output).toContain('Return the value from the step and assign it outside.');
  expect((await durable('explain', 'ud3001')).output).toBe(diagnostic.output);
  const error = JSON.parse((await durable('explain', 'NON_DETERMINISM', '--json')).output) as object;
  expect(error).toMatchObject({ code: 'NON_DETERMINISM', page: 'docs/errors.md' });
  expect((await durable('explain', 'USE_DURABLE_BLOCKED')).output).toContain('parked as `blocked`');
  expect(await durable('explain', 'NON_DETERMINSM')).toMatchObject({
    status: 2,
    errors: expect.stringContaining('Is it NON_DETERMINISM'),
  });
  expect((await durable('explain', 'UD9999')).errors).toContain('There is no code UD9999.');
});

it('explain says what a key means', async () => {
  const { output } = await durable('explain', 'lines.map[2]/stock#2[3]');
  expect(output).toContain('lines.map[2]: inside of call 3 of lines.map');
  expect(output).toContain('the id stock#2, time 4 that the run comes to it');
  expect((await durable('explain', '"charge card"')).output).toContain(
    'the step that is named "charge card"',
  );
});

it('explain shows what a file is compiled to', async () => {
  const { output } = await durable('explain', 'order.ts');
  expect(output).toContain('(definitions of the functions)');
  expect(output).toContain('$.call("charge", charge)(lines)');
  const { lines } = JSON.parse((await durable('explain', 'order.ts', '--json')).output) as {
    lines: { line: number; source: string; compiled: string }[];
  };
  expect(lines[8]).toEqual({
    line: 9,
    source: '    await charge(lines);',
    compiled: '    await $.call("charge", charge)(lines);',
  });
  expect(await durable('explain', 'plain.ts')).toMatchObject({ status: 2 });
  expect((await durable('explain', './none.ts')).errors).toContain('There is no file ./none.ts.');
});
