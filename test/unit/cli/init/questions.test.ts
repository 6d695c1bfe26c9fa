/** The questions of `init` on a terminal, whose answers the test gives. */
import { beforeEach, expect, it, vi } from 'vitest';
import { StoppedError } from '../../../../cli/base/terminal.ts';
import { init } from '../../../../cli/init/init.ts';
import { folderOf, manifestOf, read } from '../support/folders.ts';

const answers: (boolean | Error)[] = [];
const asked: string[] = [];

vi.mock(import('../../../../cli/base/terminal.ts'), async (original) => ({
  ...(await original()),
  isInteractive: () => true,
  ask: async (question) => {
    asked.push(question);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? false;
  },
}));

const CONFIG = 'export default {};\n';
const project = (): string =>
  folderOf({ 'package.json': manifestOf(), 'rollup.config.js': CONFIG, 'vite.config.js': CONFIG });

beforeEach(() => {
  asked.length = 0;
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

it('are one for each tool, and what is refused stays as it is', async () => {
  const folder = project();
  answers.push(false, true);
  expect(await init(folder, {})).toBe(1);
  expect(asked).toEqual(['Write vite.config.js?', 'Write rollup.config.js?']);
  expect(read(folder, 'vite.config.js')).toBe(CONFIG);
  expect(read(folder, 'rollup.config.js')).toContain('useDurable()');
  answers.push(true);
  expect(await init(folder, {})).toBe(0);
  expect(asked.slice(2)).toEqual(['Write vite.config.js?']);
});

it('end with Ctrl+C, and what was agreed to before is written', async () => {
  const folder = project();
  answers.push(true, new StoppedError('stopped'));
  await expect(init(folder, {})).rejects.toThrow(StoppedError);
  expect(read(folder, 'vite.config.js')).toContain('useDurable()');
  expect(read(folder, 'rollup.config.js')).toBe(CONFIG);
});

it('are not asked with --yes, --dry-run and --json', async () => {
  for (const options of [{ json: true }, { dryRun: true }, { yes: true }]) await init(project(), options);
  expect(asked).toEqual([]);
});
