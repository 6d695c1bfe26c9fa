import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../runtime/engines/aws-lambda/index.ts';
import { expectBuilt, root } from '../process/examples/build.ts';

const EXAMPLE = join(root, 'examples/02-aws-lambda');
const EVENT = JSON.parse(readFileSync(join(root, 'examples/01-registration/event.json'), 'utf8')) as object;
const jobs: ChildProcess[] = [];
let handler: LambdaHandler;

beforeAll(async () => {
  expectBuilt();
  const output = execFileSync(process.execPath, ['scripts/bundle.ts'], { cwd: EXAMPLE, encoding: 'utf8' });
  expect(output).toMatch(/^bundle\/index\.mjs: \d+ KB$/m);
  // What is deployed: nothing of this repository is imported by it.
  const path = join(EXAMPLE, 'bundle/index.mjs');
  ({ handler } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { handler: LambdaHandler });
}, 120_000);
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const child of jobs.splice(0)) child.kill('SIGKILL');
  await forgetConnections();
  await LocalDurableTestRunner.teardownTestEnvironment();
});
afterAll(() => {
  for (const child of jobs) child.kill('SIGKILL');
});

/** What `fetch` keeps of one test, timers of skipped time among it, keeps the process of the next from its end. */
async function forgetConnections(): Promise<void> {
  const key = Symbol.for('undici.globalDispatcher.1');
  const agent = Reflect.get(globalThis, key) as
    | { constructor: new () => object; destroy(): Promise<void> }
    | undefined;
  if (agent === undefined) return;
  Reflect.set(globalThis, key, new agent.constructor());
  await agent.destroy();
}

/** Starts the job API, whose jobs are done after so many looks. */
async function startJobs(pending: number): Promise<void> {
  const script = fileURLToPath(new URL('../../examples/01-registration/src/job-api.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, JOB_API_PORT: '0', JOB_API_PENDING: String(pending) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  jobs.push(child);
  const [line] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])) as [unknown];
  const url = /http:\S+/.exec(String(line))?.[0];
  if (url === undefined) throw new Error(`The job API did not start: ${line}`);
  vi.stubEnv('JOB_API_URL', url);
}

/** As `registration.json` shows it, after so many looks. */
function completed(attempt: number): unknown {
  const fixture = new URL('../process/examples/fixtures/registration.json', import.meta.url);
  return JSON.parse(readFileSync(fixture, 'utf8'), (_key, value: unknown) => {
    if (value === '<ISO 8601 time>') return expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    if (value === '<number of the poll that succeeded>') return attempt;
    return value === '約<5 × attempt>秒' ? `約${5 * attempt}秒` : value;
  });
}

describe('the registration, bundled for Lambda', () => {
  // In this order: what `fetch` keeps of timers that were skipped does not fire afterwards.
  for (const [mode, skipTime, attempts] of [
    ['in real time', false, 1],
    ['in skip-time', true, 3],
  ] as const) {
    it(`gives the result ${mode}, with named operations and each line once`, async () => {
      await startJobs(attempts - 1);
      await LocalDurableTestRunner.setupTestEnvironment({ skipTime });
      const info = vi.spyOn(console, 'info').mockImplementation(() => {});
      const runner = new LocalDurableTestRunner({ handlerFunction: handler });
      const execution = await runner.run({ payload: EVENT });
      expect(execution.getResult()).toEqual(completed(attempts));
      const looks = Array.from({ length: attempts }, (_, i) => (i === 0 ? '' : `[${i}]`));
      expect(
        execution.getOperations().map((operation) => [operation.getName(), operation.getType()]),
      ).toEqual([
        ['validateUser', 'STEP'],
        ['startJob', 'STEP'],
        ...looks.flatMap((look) => [
          [`sleep${look}`, 'WAIT'],
          [`checkStatus${look}`, 'STEP'],
        ]),
        ['sendWelcome', 'STEP'],
      ]);
      const lines = info.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith('太郎: '));
      expect(lines).toEqual([
        '太郎: the registration is valid',
        expect.stringMatching(/^太郎: job \S+ started at \S+$/),
        ...looks.slice(1).map((_, i) => `太郎: look ${i + 1}: not yet`),
        `太郎: look ${attempts}: done`,
      ]);
    });
  }

  it('fails with the message of the step, which is called once', async () => {
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
    const info = vi.spyOn(console, 'info').mockImplementation(() => {});
    const execution = await new LocalDurableTestRunner({ handlerFunction: handler }).run({
      payload: { username: '太郎' },
    });
    expect(execution.getStatus()).toBe('FAILED');
    expect(execution.getError().errorMessage).toBe(
      'The registration is not valid: the e-mail address is missing.',
    );
    expect(info.mock.calls).toEqual([['validateUser: looking at the input']]);
  });

  it('is deployed by a template that names what is in the bundle', () => {
    const template = readFileSync(join(EXAMPLE, 'template.yaml'), 'utf8');
    expect(template).toMatch(/^ {6}CodeUri: bundle\/$/m);
    const [, file, name] = /^ {6}Handler: (\w+)\.(\w+)$/m.exec(template) ?? [];
    expect([file, name, typeof handler]).toEqual(['index', 'handler', 'function']);
    expect(template).toMatch(/^ {6}DurableConfig:$/m);
  });
});
