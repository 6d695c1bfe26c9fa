/** The types of the entries, as projects have them that check the types of what they install, next to those of the tools. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const COMPILERS = {
  'TypeScript 6': pathOf('node_modules/typescript/bin/tsc'),
  'TypeScript 7': pathOf('typescript7/node_modules/typescript/bin/tsc'),
};

describe.each(Object.entries(COMPILERS))('%s', (_, tsc) => {
  it.each(['tools', 'tsdown', 'bun'])('takes the plugins as those of their tools: types/%s', (name) => {
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', pathOf(`types/${name}`)], {
      cwd: pathOf('.'),
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
