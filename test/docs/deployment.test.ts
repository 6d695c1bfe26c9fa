/** The server of docs/deployment.md: stopped by SIGTERM in the middle of a step, and started again on its file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { Project } from '../support/project.ts';
import { buildPage } from './build-page.ts';
import { readPage } from './pages.ts';

const KEY = 'secret';

it('closes what it has under way, and another process resumes the rest', { timeout: 120_000 }, async () => {
  const { files } = readPage('docs/deployment.md');
  const project = new Project('deployment-docs', {
    'package.json': '{ "name": "my-app", "private": true, "type": "module" }',
  });
  buildPage(project, Object.fromEntries(files.map(({ path, text }) => [path, text])), 'out');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['out/main.js'], {
      cwd: project.folder,
      env: { ...process.env, PORT: String(port), API_KEY: KEY },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    while (!(await answers(`${url}/health`))) await new Promise((resolve) => setTimeout(resolve, 20));
    return child;
  };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };

  const first = await start();
  const charging = once(first.stdout!, 'data');
  const started = await fetch(`${url}/runs/order?id=7`, { method: 'POST', headers, body: '{"args":[5]}' });
  expect(started.status).toBe(200);
  await started.text();
  expect(String((await charging)[0])).toBe('charging\n');
  first.kill('SIGTERM');
  expect(await once(first, 'close')).toEqual([0, null]);

  const second = await start();
  let printed = '';
  second.stdout!.on('data', (text) => {
    printed += String(text);
  });
  const ended = async (): Promise<unknown> => {
    for (;;) {
      const run = (await (await fetch(`${url}/runs/7`, { headers })).json()) as { status: string };
      if (run.status !== 'running') return run;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  expect(await ended()).toEqual({ id: '7', status: 'completed', result: 'charged 5, shipped' });
  expect((await fetch(`${url}/runs/7`)).status).toBe(403);
  second.kill('SIGINT');
  expect(await once(second, 'close')).toEqual([0, null]);
  // The step had been closed with its outcome recorded.
  expect(printed).toBe('');
});

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.text().then(() => response.ok),
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
