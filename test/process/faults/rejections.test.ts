import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { childFile, programFile, writePrograms } from './compile.ts';
import { EFFECTS } from './effects.ts';

beforeAll(writePrograms);

interface Report {
  readonly results: readonly unknown[];
  readonly warnings: readonly string[];
  readonly heard: readonly string[];
}

type Calls = readonly (readonly [fn: string, ...args: unknown[]])[];

function run(calls: Calls, flags: readonly string[] = [], node: readonly string[] = []) {
  const program = programFile('children', 'rejections');
  const args = [...node, childFile('rejecting'), program, JSON.stringify(calls), ...flags];
  // Nothing is written to this file: it makes the program act as in a worker.
  const env = { ...process.env, [EFFECTS]: '/dev/null' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  return { status, stderr, report: (): Report => JSON.parse(stdout) as Report };
}

const left = (fn: string, what: string, error: string): string =>
  `${what} in run "${fn}", and nobody had handled that when the run ended: ${error}`;

describe('a rejection that nobody has handled yet', () => {
  it('leaves the runs of a process alone, and is told if nobody handles it at all', () => {
    const { status, stderr, report } = run([
      ['early'],
      ['forgotten', true],
      ['forgotten', false],
      ['losers'],
      ['jobs', true],
      ['jobs', false],
      ['combined', true],
      ['combined', false],
      ['thrown'],
    ]);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const { results, warnings } = report();
    expect(results).toEqual([
      ['other 2', 'early takes no -1'],
      'RangeError: forgotten takes no -1',
      'other 2',
      ['second 4', 'third 6'],
      ['other 2', ['rejected', 'fulfilled']],
      'other 2',
      'two takes no -2',
      'other 2',
      [true],
    ]);
    expect([...warnings].sort()).toEqual(
      [
        left('forgotten false', 'The step "act" failed', 'RangeError: forgotten takes no -1'),
        left('jobs false', 'The step "anonymous.map/act" failed', 'RangeError: job 1 takes no -1'),
        left('combined false', 'The step "act#2" failed', 'RangeError: two takes no -2'),
        left('thrown', 'A promise was rejected', 'a text'),
      ].sort(),
    );
  });

  it('is heard by a listener of the process as well, and told all the same', () => {
    const { report } = run([['forgotten', false]], ['listen', 'reject']);
    const { results, warnings, heard } = report();
    expect(results).toEqual(['other 2']);
    expect(warnings).toHaveLength(1);
    expect(heard).toEqual(['RangeError: forgotten takes no -1', 'Error: of the process']);
  });

  it('ends the process as ever where it is none of a run', () => {
    const own = run([['early']], ['reject']);
    expect(own.status).toBe(1);
    expect(own.stderr).toMatch(/Error: of the process/);
    const foreign = run([['careless']]);
    expect(foreign.status).toBe(1);
    expect(foreign.stderr).toMatch(/RangeError: forgotten by foreign code/);
  });

  it('is left alone where Node is told to', () => {
    const { status } = run([['early']], ['reject'], ['--unhandled-rejections=none']);
    expect(status).toBe(0);
  });
});
