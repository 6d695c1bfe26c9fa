/** All code of docs/testing.md, in a project that has this package installed: node:test, vitest, fake timers. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../../../docs/pages.ts';
import { compileInProcess } from '../../../support/compile-project.ts';
import { Project, tsconfig } from '../../../support/project.ts';
import { FULL, itInFull, sample } from '../../../support/tier.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const FAKE_TIMERS = `
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { crashSweep, createTestRuntime, lasting } from 'use-durable/testing';
import { askForRefund, subscribe } from './subscription.js';

beforeEach(() => mock.timers.enable());
afterEach(() => mock.timers.reset());

test('time jumps', async () => {
  const runtime = createTestRuntime({ steps: { sendMail: lasting('1 hour', () => {}) } });
  const run = await runtime.start(subscribe, ['ada@example.com', 3]);
  assert.equal((await run.result()).length, 3);
  assert.equal(runtime.now(), 90 * 86_400_000 + 3_600_000);
  assert.equal(Date.now(), 0);
  await runtime.close();
});

test('a step with timers of its own', async () => {
  const sendMail = () => new Promise<void>((resolve) => void setTimeout(resolve, 5_000));
  const runtime = createTestRuntime({ steps: { sendMail } });
  const run = await runtime.start(askForRefund, ['ada@example.com', 3]);
  await run.waitUntil('sendMail');
  mock.timers.tick(5_000);
  await run.signal('reason', 'none');
  await runtime.complete(await run.callback(), 'no');
  assert.equal(await run.result(), 'no: none');
  await runtime.close();
});

test('crashes', async () => {
  await crashSweep(subscribe, ['ada@example.com', 3]);
});
`;

const JOURNAL = `
import { writeFileSync } from 'node:fs';
import { createTestRuntime } from 'use-durable/testing';
import { subscribe } from './out/subscription.js';
const runtime = createTestRuntime();
const run = await runtime.start(subscribe, ['ada@example.com', 12]);
await runtime.advance('45 days');
writeFileSync('journals/subscribe.json', await run.exportJournal());
await runtime.close();
`;

describe('docs/testing.md', () => {
  const files = filesOf('docs/testing.md');
  const project = new Project('testing-docs', {
    'package.json': '{ "name": "user", "private": true, "type": "module" }',
    'tsconfig.json': tsconfig(),
    'src/fake-timers.test.ts': FAKE_TIMERS,
    'journal.js': JOURNAL,
    ...files,
  });

  /** Test files of the page, and the one above, with the number of tests in each. */
  const tests = sample(
    Object.entries({ ...files, 'src/fake-timers.test.ts': FAKE_TIMERS })
      .filter(([path]) => path.endsWith('.test.ts'))
      .map(([path, text]) => ({
        file: path.replace(/^src\/(.*)\.ts$/, 'out/$1.js'),
        count: text.match(/^ *test\(/gm)?.length ?? 0,
      })),
    3,
  );

  beforeAll(() => {
    mkdirSync(join(project.folder, 'journals'));
    // A link to the build is enough but for vitest, which treats a package otherwise that lies outside of `node_modules`.
    if (!FULL) return;
    const run = (command: string, ...args: string[]): void => {
      const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    };
    run('npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', project.folder);
    const tarball = readdirSync(project.folder).find((name) => name.endsWith('.tgz')) ?? '';
    const folder = join(project.folder, 'node_modules/use-durable');
    rmSync(folder);
    mkdirSync(folder);
    run('tar', '-xzf', join(project.folder, tarball), '--strip-components=1', '-C', folder);
  });

  it('shows programs, tests for node:test and vitest, and a configuration', () => {
    expect(Object.keys(files)).toEqual([
      'src/services.ts',
      'src/subscription.ts',
      'src/subscription.test.ts',
      'src/crashes.test.ts',
      'src/export.ts',
      'src/table.ts',
      'src/export.test.ts',
      'src/invoice.ts',
      'src/invoice.test.ts',
      'src/values.test.ts',
      'src/replay.test.ts',
      'vitest.config.ts',
      'src/subscription.spec.ts',
    ]);
  });

  it('compiles', { timeout: 120_000 }, () => {
    if (FULL) expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
    else expect(compileInProcess(project)).toEqual([]);
    expect(project.node('journal.js')).toEqual({ status: 0, output: '' });
  });

  it('passes under node:test, with real and with fake timers', { timeout: 120_000 }, () => {
    const paths = tests.map(({ file }) => file);
    const { status, output } = project.node('--test', '--test-reporter=tap', ...paths);
    expect(status, output).toBe(0);
    const count = tests.reduce((sum, file) => sum + file.count, 0);
    expect(count).toBe(FULL ? 21 : 12);
    expect(output).toMatch(new RegExp(`^# pass ${count}$`, 'm'));
    expect(output).not.toContain('Warning');
  });

  itInFull('tells of changed code in node:test', { timeout: 120_000 }, () => {
    const source = (files['src/subscription.ts'] ?? '').replace(
      'receipts.push(await',
      'await sendMail(email, "soon");\n    receipts.push(await',
    );
    project.write('src/subscription.ts', source);
    try {
      expect(project.tool('tspc', '-p', '.')).toEqual({ status: 0, output: '' });
      const { status, output } = project.node('--test', 'out/replay.test.js');
      expect(status).toBe(1);
      expect(output).toMatch(
        /event 1 is the outcome of step "chargePatiently" \(src\/subscription\.ts:11:\d+ of the code before, src\/subscription\.ts:12:\d+ now\)/,
      );
      expect(output).toMatch(/asks for step "sendMail" \(src\/subscription\.ts:11:\d+\)/);
    } finally {
      project.write('src/subscription.ts', files['src/subscription.ts'] ?? '');
    }
  });

  itInFull('passes under vitest, with real and with fake timers', { timeout: 120_000 }, () => {
    const { status, output } = project.tool('vitest', 'run', '--no-color');
    expect(status, output).toBe(0);
    expect(output).toMatch(/Tests {2}4 passed/);
  });
});
