import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { itInFull } from '../../support/tier.ts';
import { expectBuilt, root } from './build.ts';
import { Lab, type Started, until } from './lab.ts';

let lab: Lab;
let temporary: string;

beforeAll(expectBuilt);
beforeEach(({ onTestFinished }) => {
  const own = new Lab('');
  onTestFinished(() => own.close());
  lab = own;
  temporary = join(lab.folder, 'tmp');
  mkdirSync(temporary);
});

const start = (args: readonly string[], env: Readonly<Record<string, string>>): Started =>
  lab.run(join(root, 'examples/01-registration/scripts/start.ts'), args, { TMPDIR: temporary, ...env });

/** The ids of all processes that it told of. */
const pidsIn = (output: readonly string[]): number[] => [
  ...new Set([...output.join('\n').matchAll(/[Pp]rocess (\d+)/g)].map(([, pid]) => Number(pid))),
];

function expectNothingLeft(output: readonly string[]): void {
  for (const pid of pidsIn(output)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(readdirSync(temporary)).toEqual([]);
}

const KEPT = [
  '  ✓ validateUser ran exactly once (journal: 1, its own line of output: 1)',
  '  ✓ startJob ran exactly once (journal: 1, job API: 1)',
  '  ✓ checkStatus ran 3 times (journal: 3, job API: 3)',
];

describe('npm start', () => {
  it('kills the worker after the job has started, and goes on', async () => {
    const { output, errors, ended } = start([], { REGISTRATION_PAUSE: '1s' });
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(errors).toEqual([]);
    const text = output.join('\n');
    expect(text).toMatch(
      /recorded {2}startJob returned.*SIGKILL {3}process \d+ is gone.*recorded {2}run completed/s,
    );
    expect(text).toMatch(/^ {2}startJob +\d+ ms +1 +\d+ +━+$/m);
    expect(text).toContain('"totalWaitTime": "約15秒"');
    expect(output.filter((line) => line.includes('太郎: look 1: not yet'))).toHaveLength(1);
    expect(output).toEqual(expect.arrayContaining(KEPT));
    // The job API and two workers.
    expect(pidsIn(output)).toHaveLength(3);
    expectNothingLeft(output);
  });

  itInFull('runs straight through with --no-crash', async () => {
    const { output, errors, ended } = start(['--no-crash'], { REGISTRATION_PAUSE: '10ms' });
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(errors).toEqual([]);
    expect(output.join('\n')).not.toContain('SIGKILL');
    expect(output).toEqual(expect.arrayContaining(KEPT));
    expect(pidsIn(output)).toHaveLength(2);
    expectNothingLeft(output);
  });

  itInFull('says so when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { errors, ended } = start([], { JOB_API_PORT: String(port) });
      expect(await ended).toEqual({ code: 1, signal: null });
      expect(errors.join('\n')).toMatch(
        new RegExp(`The job API could not start on port ${port}: .*EADDRINUSE`),
      );
    } finally {
      server.close();
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  itInFull('stops everything on Ctrl-C', async () => {
    const { pid, output, errors, ended } = start([], { REGISTRATION_PAUSE: '20s' });
    await until('the second worker is there', () => pidsIn(output).length === 3);
    process.kill(pid, 'SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(errors).toEqual(['Stopped by SIGINT.']);
    expectNothingLeft(output);
  });
});
