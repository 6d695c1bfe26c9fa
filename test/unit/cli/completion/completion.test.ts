import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { itInFull } from '../../../support/tier.ts';
import { run } from '../support/command.ts';

describe('completion', () => {
  it('knows the commands and their options', () => {
    const { status, output } = run('complete', '--', '');
    expect(status).toBe(0);
    const names = output.split('\n').map((line) => line.split('\t')[0]);
    expect(names).toEqual(expect.arrayContaining(['init', 'check', 'run', 'resume', 'completion']));
    expect(run('complete', '--', 'check', '--ag').output).toContain('--against\t');
  }, 30_000);

  itInFull(
    'prints a script that bash reads',
    () => {
      const { output } = run('completion', 'bash');
      expect(output).toContain('durable complete --');
      const read = spawnSync('bash', ['-n'], { input: output, encoding: 'utf8' });
      expect(read).toMatchObject({ status: 0, stderr: '' });
    },
    30_000,
  );

  itInFull(
    'refuses a shell that it does not know',
    () => {
      expect(run('completion', 'nosh')).toMatchObject({
        status: 2,
        errors: expect.stringContaining('Allowed choices are zsh, bash, fish, powershell.') as string,
      });
    },
    30_000,
  );
});
