/** The steps for GitHub Actions in docs/changing-code.md, as a runner executes them, with a `gh` that keeps what it is told. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { itInFull } from '../../../support/tier.ts';
import { folderOf, manifestOf, write } from '../support/folders.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(here('../../../../docs/changing-code.md'), 'utf8');
const [, workflow = ''] = /```yaml\n(on: pull_request[\s\S]*?)```/.exec(page) ?? [];

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const checkout = (body: string): string => `export const charge = async (n: number) => n;
export const ship = async (n: number) => n;
export async function checkout(n: number) {
  'use durable';
  ${body}
}
`;

interface Step {
  readonly run: string;
  readonly mayFail: boolean;
}

/** The `run:` lines, without the one that installs. */
const steps = (): readonly Step[] =>
  workflow
    .split(/^ {6}- /m)
    .slice(1)
    .flatMap((text) => {
      const run = /^run: (.*)$/m.exec(text)?.[1];
      return run === undefined || run === 'npm ci'
        ? []
        : [{ run, mayFail: text.includes('continue-on-error: true') }];
    });

/** A project whose branch changes a durable function, and the two commands that steps call. */
function project(): { readonly folder: string; readonly bin: string } {
  const bin = folderOf({
    npx: `#!/bin/sh\n[ "$1" = durable ] || exit 9\nshift\nexec "${process.execPath}" "${here('../../../../cli/main.ts')}" "$@"\n`,
    // As the real one: there is no comment to edit at first.
    gh: `#!/bin/sh
echo "$*" >> "$GH_LOG"
case "$*" in *--edit-last) [ -f "$GH_LOG.comment" ] || exit 1;; esac
cp durable.md "$GH_LOG.comment"
`,
  });
  for (const name of ['npx', 'gh']) chmodSync(join(bin, name), 0o755);
  const folder = folderOf({
    'package.json': manifestOf(),
    'order.ts': checkout('await charge(n); return await ship(n);'),
  });
  git(folder, 'init', '-q', '-b', 'work');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
  git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  return { folder, bin };
}

describe('the steps', { timeout: 120_000 }, () => {
  itInFull('write the comment, and edit it the next time', () => {
    const { folder, bin } = project();
    const log = join(bin, 'log');
    writeFileSync(log, '');
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      FORCE_COLOR: undefined,
      GITHUB_BASE_REF: 'main',
      PR: '7',
      GH_LOG: log,
    };
    const runAll = (): readonly (number | null)[] =>
      steps().map(({ run, mayFail }) => {
        const { status, stderr } = spawnSync('bash', ['-e', '-c', run], {
          cwd: folder,
          env,
          encoding: 'utf8',
        });
        if (!mayFail) expect(status, stderr).toBe(0);
        return status;
      });
    expect(steps()).toHaveLength(2);
    expect(workflow).toMatch(/^ {10}PR: \$\{\{ github\.event\.number \}\}$/m);
    write(folder, 'order.ts', checkout('await ship(0); await charge(n); return await ship(n);'));
    git(folder, 'commit', '-qam', 'second');
    expect(runAll()).toEqual([1, 0]);
    const create = 'pr comment 7 --body-file durable.md';
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([`${create} --edit-last`, create]);
    expect(readFileSync(`${log}.comment`, 'utf8')).toMatch(
      /^\| 🔴 \| `checkout` order\.ts:3 \| breaking \|$/m,
    );
    write(folder, 'order.ts', checkout('await charge(n); return await ship(n + 1);'));
    git(folder, 'commit', '-qam', 'third');
    expect(runAll()).toEqual([0, 0]);
    expect(readFileSync(log, 'utf8').trim().split('\n').slice(2)).toEqual([`${create} --edit-last`]);
    expect(readFileSync(`${log}.comment`, 'utf8')).toMatch(/^\| 🟢 \| `checkout` order\.ts:3 \| free \|$/m);
  });
});
