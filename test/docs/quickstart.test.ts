/** The first example of README.md and docs/quickstart.md: built as the page says, started, killed, and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, fileStore } from '../../runtime/index.ts';
import { compileInProcess } from '../support/compile-project.ts';
import { Project } from '../support/project.ts';
import { buildPage } from './build-page.ts';
import { filesOf } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Settings {
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly compilerOptions?: { readonly noEmitOnError?: boolean; readonly plugins?: readonly object[] };
}

interface Followed {
  readonly project: Project;
  readonly settings: Settings;
  readonly sources: Readonly<Record<string, string>>;
  readonly starts: readonly string[];
}

/** What a page has been followed to: its settings, its sources, and what it says that each start prints. */
function follow(name: string): Followed {
  const page = readFileSync(join(root, name), 'utf8');
  const files = [...page.matchAll(/^```jsonc?\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const [pkg = '', tsconfig = ''] = files;
  // The wait is shorter, so that the test is.
  const sources = Object.fromEntries(
    Object.entries(filesOf(name)).map(([path, text]) => [path, text.replace("'10s'", "'2s'")]),
  );
  const project = new Project(`quickstart-${name.replace(/\W/g, '-')}`, {
    'package.json': pkg,
    // The declarations of the package are checked by test/process/package.
    'tsconfig.json': tsconfig.replace('"strict"', '"skipLibCheck": true,\n    "strict"'),
    ...sources,
  });
  const starts = [...page.matchAll(/^<!-- (?:first|second|third) start -->\n```text\n([\s\S]*?)^```$/gm)];
  return {
    project,
    sources,
    settings: { ...JSON.parse(pkg), ...JSON.parse(tsconfig) } as Settings,
    starts: starts.map(([, text = '']) => text),
  };
}

/** What a page shows of compiled code. */
const emittedBlocks = (name: string): string[] =>
  [...readFileSync(join(root, name), 'utf8').matchAll(/^<!-- emitted -->\n```js\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text.replace("'10s'", "'2s'"),
  );

/** Compiled code has all parts of the block, which `…` separates, in their order. */
function assertEmitted({ folder }: Project, block: string): void {
  const squeeze = (text: string): string => text.replace(/ \/\/ .*$/gm, '').replace(/\s/g, '');
  let rest = squeeze(readFileSync(join(folder, 'dist/main.js'), 'utf8'));
  for (const part of block.split('…').map(squeeze)) {
    const at = rest.indexOf(part);
    expect(at, `${part}\nis not in\n${rest}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + part.length);
  }
}

/** What a process prints until it ends, or is killed in its wait. */
async function start({ folder }: Project, end: 'ends' | 'is killed'): Promise<string> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const closed = once(child, 'close');
  if (end === 'is killed') {
    await waits(join(folder, 'runs.db'));
    child.kill('SIGKILL');
  }
  await closed;
  return printed;
}

/** Resolves when the run of a file has begun to sleep. */
async function waits(path: string): Promise<void> {
  while (!existsSync(path)) await delay(20);
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  try {
    for (;;) {
      const events = (await (await runtime.get('sign-up-ada'))?.events()) ?? [];
      if (events.some(({ type }) => type === 'wait-set')) return;
      await delay(20);
    }
  } finally {
    await runtime.close({ store: true });
  }
}

const PAGES = ['README.md', 'docs/quickstart.md'] as const;
const pages = new Map<string, Followed>();

// Before the processes are started: this process can't look at them while it compiles.
beforeAll(() => {
  for (const name of PAGES) {
    const page = follow(name);
    pages.set(name, page);
    // One of them as the page says; the settings of both are the same.
    if (name === 'README.md') buildPage(page.project, page.sources, 'dist');
    else expect(compileInProcess(page.project)).toEqual([]);
  }
}, 120_000);

describe.each(PAGES)('%s', (name) => {
  it('has settings, and compiled code, as they are', () => {
    const { project, settings } = pages.get(name)!;
    expect(settings.type).toBe('module');
    expect(settings.scripts).toEqual({ build: 'tspc', start: 'node dist/main.js' });
    expect(settings.compilerOptions?.noEmitOnError).toBe(true);
    expect(settings.compilerOptions).toEqual(pages.get('docs/quickstart.md')?.settings.compilerOptions);
    for (const block of emittedBlocks(name)) assertEmitted(project, block);
  });
});

describe.concurrent.each(PAGES)('%s', (name) => {
  it('shows a program that survives a kill', { timeout: 120_000 }, async () => {
    const { project, starts } = pages.get(name)!;
    expect(starts).toHaveLength(3);
    expect(await start(project, 'is killed')).toBe(starts[0]);
    expect(await start(project, 'ends')).toBe(starts[1]);
    expect(await start(project, 'ends')).toBe(starts[2]);
  });
});
