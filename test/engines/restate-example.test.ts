import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OUTPUT } from './load.ts';
import { freePort, RestateServer } from './restate-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = join(root, 'examples/03-restate');
const compiled = join(OUTPUT, 'example-restate');
const children: ChildProcess[] = [];
let server: RestateServer;

beforeAll(async () => {
  const tspc = join(root, 'node_modules/.bin/tspc');
  execFileSync(tspc, ['-p', example, '--outDir', compiled], { stdio: 'inherit' });
  server = await RestateServer.start();
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server?.stop();
});

/** Starts a part of the example, and resolves when it says that it is there. */
async function start(script: string, env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [join(compiled, script)], {
    env: { ...process.env, RESTATE_LOGGING: 'ERROR', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}.`);
}

it('the registration runs on Restate', async () => {
  const [jobs, port] = [String(await freePort()), String(await freePort())];
  await start('01-registration/src/job-api.js', { JOB_API_PORT: jobs });
  await start('03-restate/src/serve.js', { PORT: port, JOB_API_URL: `http://127.0.0.1:${jobs}` });
  await server.register(`http://127.0.0.1:${port}`);
  const user = { username: 'anna', email: 'anna@example.com', pause: '50ms' };
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([user]),
  };
  const sent = await fetch(`${server.ingress}/registerUser/anna/run/send`, init);
  expect(sent.status).toBe(202);
  const answer = await fetch(`${server.ingress}/restate/workflow/registerUser/anna/attach`);
  const body = await answer.text();
  expect([answer.status, body]).toEqual([200, expect.stringContaining('anna@example.com')]);
});
