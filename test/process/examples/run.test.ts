import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GREETED, runGreet } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-run-'));
const env = { DURABLE_STORE: join(folder, 'runs.db') };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples/run.ts', () => {
  it('compiles a file and runs it; the same id again is the same run', async () => {
    const args = ['--id', 'first'];
    expect(await runGreet('local', 'Ada', { env, args })).toMatchObject({ status: 0, output: GREETED });
    expect(await runGreet('local', 'Ada', { env, args })).toMatchObject({
      status: 0,
      output: "'Hello Hello Ada'\n",
    });
  });

  it('ends with the error of the function', async () => {
    const { status, errors } = await runGreet('local', 'nobody', { env });
    expect(status).toBe(1);
    expect(errors).toContain('RangeError: nobody is here');
  });

  it('says which engines there are', async () => {
    const { status, errors } = await runGreet('abacus', 'Ada');
    expect(status).toBe(1);
    expect(errors).toContain('--engine local|lambda|restate');
  });

  it('says where it looked for a Restate server', async () => {
    const { status, errors } = await runGreet('restate', 'Ada', {
      env: { RESTATE_ADMIN: 'http://127.0.0.1:1' },
    });
    expect(status).toBe(1);
    expect(errors).toContain('No Restate server answers at http://127.0.0.1:1');
  });
});
