import { expect, it } from 'vitest';
import { commandsOf } from '../../../../cli/project/commands.ts';

const programs = (script: string): readonly string[] =>
  commandsOf({ script }).map(({ program, args }) => [program, ...args].join(' '));

it.each([
  ['tsc -p . && vite build', ['tsc -p .', 'vite build']],
  ['npx tsx src/main.ts', ['tsx src/main.ts']],
  ['cross-env NODE_ENV=test A=1 node --test', ['node --test']],
  ['PORT=1 node src/main.ts; echo done', ['node src/main.ts', 'echo done']],
  ['pnpm exec vitest run', ['vitest run']],
  ['./node_modules/.bin/tsc', ['tsc']],
  ['node -e "a && b" | tee log', ['node -e a && b', 'tee log']],
  ['concurrently "vite" \'tsc -w\'', ['vite', 'tsc -w']],
  ['A=\'b c\' B="d e" tsx src/main.ts', ['tsx src/main.ts']],
  ['', []],
])('%j', (script, expected) => {
  expect(programs(script)).toEqual(expected);
});
