/** The first example of README.md and docs/quickstart.md: built as the page says, started, killed, and started again. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileInProcess } from '../support/compile-project.ts';
import { Project } from '../support/project.ts';
import { filesOf } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Settings {
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly compilerOptions?: { readonly noEmitOnError?: boolean; readonly plugins?: readonly object[] };
}

/** What a page has been followed to: its settings, its sources, and what it says that each start prints. */
function follow(name: string): { project: Project; settings: Settings; starts: readonly string[] } {
  const page = readFileSync(join(root, name), 'utf8');
  const files = [...page.matchAll(/^```jsonc?\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const [pkg = '', tsconfig = ''] = files;
  // The wait is shorter, so that the test is.
  const sources = Object.entries(filesOf(name)).map(([path, text]) => [path, text.replace("'10s'", "'1s'")]);
  const project = new Project(`quickstart-${name.replace(/\W/g, '-')}`, {
    'package.json': pkg,
    'tsconfig.json': tsconfig,
    ...Object.fromEntries(sources),
  });
  const starts = [...page.matchAll(/^<!-- (?:first|second|third) start -->\n```text\n([\s\S]*?)^```$/gm)];
  return {
    project,
    settings: { ...JSON.parse(pkg), ...JSON.parse(tsconfig) } as Settings,
    starts: starts.map(([, text = '']) => text),
  };
}

/** What a page shows of compiled code. */
const emittedBlocks = (name: string): string[] =>
  [...readFileSync(join(root, name), 'utf8').matchAll(/^<!-- emitted -->\n```js\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text.replace("'10s'", "'1s'"),
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

/** What a process prints until it ends, or has printed this. */
async function start({ folder }: Project, killedAfter?: string): Promise<string> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    // A step is recorded right after it has printed its line; the wait is long beside that.
    if (printed === killedAfter) setTimeout(() => child.kill('SIGKILL'), 100);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return printed;
}

describe.each(['README.md', 'docs/quickstart.md'])('%s', (name) => {
  it('shows a program that survives a kill', { timeout: 120_000 }, async () => {
    const { project, settings, starts } = follow(name);
    expect(settings.type).toBe('module');
    expect(settings.scripts).toEqual({ build: 'tspc', start: 'node dist/main.js' });
    expect(settings.compilerOptions?.noEmitOnError).toBe(true);
    expect(compileInProcess(project)).toEqual([]);
    for (const block of emittedBlocks(name)) assertEmitted(project, block);
    expect(starts).toHaveLength(3);
    expect(await start(project, starts[0])).toBe(starts[0]);
    expect(await start(project)).toBe(starts[1]);
    expect(await start(project)).toBe(starts[2]);
  });
});
