/** The command as a process: exit codes, what it prints where, and how wide. */
import { expect, it } from 'vitest';
import { command, run } from './support/command.ts';
import { CHARGE, folderOf, manifestOf, ORDER } from './support/folders.ts';

const project = (): string =>
  folderOf({
    'package.json': manifestOf(),
    'vite.config.ts': 'export default {};\n',
    'src/order.ts': ORDER,
    'src/charge.ts': CHARGE,
  });

it('explains itself', () => {
  const { status, output } = run('--help');
  expect(status).toBe(0);
  for (const text of ['init', 'doctor', 'Exit codes']) expect(output).toContain(text);
  expect(run('doctor', '--help').output).toContain('--json');
  expect(run('--version').output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('answers wrong usage with 2, and names the nearest command and option', () => {
  expect(run('doctr')).toMatchObject({ status: 2, errors: expect.stringContaining('Did you mean doctor?') });
  expect(run('init', '--drry-run')).toMatchObject({
    status: 2,
    errors: expect.stringContaining('Did you mean --dry-run?'),
  });
  expect(run()).toMatchObject({ status: 2, output: '' });
});

it('answers a folder without a project with 2', () => {
  const { status, output, errors } = run('doctor', folderOf({}));
  expect([status, output]).toEqual([2, '']);
  expect(errors).toContain('There is no package.json');
});

it('prints findings as text without colours in a pipe, and as JSON', async () => {
  const folder = project();
  const { status, output } = run('doctor', folder);
  expect(status).toBe(1);
  expect(output).toBe(`shop: 1 durable function in 1 file

src/order.ts:4
  order
  nothing compiles it

Build tools
  without the plugin: Vite (vite.config.ts:1)

error no-plugin
  vite.config.ts:1
  Vite builds durable functions as plain code: src/order.ts.
  Fix:
    import useDurable from 'use-durable/vite';
    plugins: [useDurable()]

1 error, 0 warnings, 0 notes
`);
  const json = await command('doctor', folder, '--json');
  expect(json.status).toBe(1);
  expect(JSON.parse(json.output)).toEqual({
    project: 'shop',
    files: [
      {
        file: 'src/order.ts',
        line: 4,
        functions: [{ id: 'shop/src/order.ts#order', version: expect.any(String) }],
        compiledBy: [],
      },
    ],
    tools: [{ tool: 'Vite', file: 'vite.config.ts', line: 1, entry: 'use-durable/vite', compiles: false }],
    findings: [
      {
        code: 'no-plugin',
        severity: 'error',
        file: 'vite.config.ts',
        line: 1,
        message: 'Vite builds durable functions as plain code: src/order.ts.',
        change: "import useDurable from 'use-durable/vite';\nplugins: [useDurable()]",
      },
    ],
  });
});

it('sets a project up, after which nothing is left to find', async () => {
  const folder = project();
  expect(await command('init', folder)).toMatchObject({
    status: 1,
    output: expect.stringContaining('no terminal'),
  });
  expect((await command('init', folder, '--yes', '--no-install')).status).toBe(0);
  expect(await command('doctor', folder)).toMatchObject({
    status: 0,
    output: expect.stringContaining('Nothing to mend.'),
  });
  expect((await command('init', folder)).output).toContain('Nothing to do');
});
