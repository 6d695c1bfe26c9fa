/** `durable dev` as a process, whose worker is another one. */
import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { itInFull } from '../../../support/tier.ts';
import { folderOf, write } from '../support/folders.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const shopOf = (word: string): string => `import { word } from './word.ts';
console.log('worker ' + process.pid + ' says ' + word);
export async function order(n: number) { 'use durable'; return ${word}; }
`;

describe('durable dev', () => {
  itInFull(
    'starts the worker again after a change, a kill and an error',
    async () => {
      const folder = folderOf({
        'package.json': '{ "name": "shop", "type": "module" }',
        'shop.ts': shopOf('n'),
        'word.ts': "export const word = 'one';\n",
      });
      symlinkSync(root, join(folder, 'node_modules/use-durable'));
      const child = spawn(
        process.execPath,
        [join(root, 'cli/main.ts'), 'dev', 'shop.ts', '--store', 'a.db'],
        {
          cwd: folder,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data: Buffer) => (output += String(data)));
      /** The first group of what is printed next. */
      const next = async (pattern: RegExp): Promise<string> => {
        for (;;) {
          const found = pattern.exec(output);
          if (found !== null) {
            output = output.slice(found.index + found[0].length);
            return found[1] ?? '';
          }
          if (child.exitCode !== null) throw new Error(`it has ended:\n${output}`);
          await wait(20);
        }
      };
      const first = await next(/worker (\d+) says one/);
      await next(/works on a\.db/);

      // A file that only another one imports.
      write(folder, 'word.ts', "export const word = 'two';\n");
      await next(/word\.ts was changed/);
      const second = await next(/worker (\d+) says two/);
      expect(second).not.toBe(first);
      await next(/works on a\.db/);

      process.kill(Number(second), 'SIGKILL');
      await next(/the worker was ended by SIGKILL/);
      await next(/worker (\d+) says two/);
      await next(/works on a\.db/);

      write(folder, 'shop.ts', shopOf('(n'));
      await next(/shop\.ts can't be loaded/);
      await next(/Waiting for a change/);
      write(folder, 'shop.ts', shopOf('n'));
      const last = await next(/worker (\d+) says two/);
      await next(/works on a\.db/);

      child.kill('SIGINT');
      expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
      expect(() => process.kill(Number(last), 0)).toThrow('ESRCH');
    },
    120_000,
  );
});
