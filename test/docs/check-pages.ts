/** Compiles the code of pages as one program, runs it in one process, and compares what it prints with what the pages say. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileInProcess } from '../support/compile-project.ts';
import { tsconfig } from '../support/project.ts';
import { PAGES, type Page, type PageFile, readPage } from './pages.ts';

/** What became of a file that was run. */
interface Ran {
  readonly printed: string;
  readonly error?: string;
}

export interface Checked {
  /** The files of pages that need packages, or the others. */
  readonly withPackages: boolean;
  /** Where to write the sources of the pages, and what they are compiled to. */
  readonly folder: string;
  write(path: string, text: string): void;
  /** Of the compiler, over those of all pages. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const folderOf = ({ name }: Page): string => `src/${name.replace(/^docs\//, '').replace(/\.md$/, '')}`;
const titleOf = ({ name }: Page, { path, line }: PageFile): string => `${name}:${line} ${path}`;
const outputOf = (path: string): string => path.replace(/^src\/(.*)\.ts$/, './out/$1.js');

/** Declares the tests. */
export function checkPages({ withPackages, folder, write, options }: Checked): void {
  const pages = PAGES.map(readPage);
  const compiled = pages.flatMap((page) =>
    page.files
      .filter((file) => (file.withPackages ?? false) === withPackages && file.notCompiled === undefined)
      .map((file) => ({ page, file, path: `${folderOf(page)}/${file.path}` })),
  );
  let reported: readonly string[];
  let ran: Readonly<Record<string, Ran>>;

  beforeAll(async () => {
    write('package.json', '{ "name": "pages", "private": true, "type": "module" }');
    write('tsconfig.json', tsconfig({ target: 'es2024', ...options }));
    write('run.js', readFileSync(new URL('run-files.js', import.meta.url), 'utf8'));
    for (const page of pages)
      write(`${folderOf(page)}/package.json`, '{ "name": "my-app", "type": "module" }');
    for (const { path, file } of compiled) write(path, `${file.text}\nexport {};\n`);
    reported = compileInProcess({ folder });
    const toRun = compiled.filter(({ file }) => file.notRun === undefined);
    ran = await run(
      folder,
      toRun.map(({ path }) => outputOf(path)),
    );
  }, 120_000);

  describe.each(compiled.map((each) => [titleOf(each.page, each.file), each] as const))('%s', (_, each) => {
    const { file, path } = each;
    it('is reported nothing of, but for what the page says', () => {
      const own = reported.filter((line) => line.startsWith(`${path}:`));
      const codes = own.map((line) => /^\S+ \d+ (UD\d+)/.exec(line)?.[1] ?? line);
      expect(codes, own.join('\n')).toEqual(file.reports);
    });

    const prints = file.prints === undefined ? '' : ', and prints what the page says';
    it.skipIf(file.notRun !== undefined)(`runs${prints}`, () => {
      const { error, printed } = ran[outputOf(path)] ?? { error: 'It was not run.' };
      expect(error).toBeUndefined();
      if (file.prints !== undefined) expect(printed).toBe(file.prints);
    });
  });

  it('reports nothing that belongs to no page', () => {
    const others = reported.filter((line) => !compiled.some(({ path }) => line.startsWith(`${path}:`)));
    expect(others).toEqual([]);
  });
}

/** Not synchronously: the servers of the packages are in this process. */
async function run(folder: string, files: readonly string[]): Promise<Record<string, Ran>> {
  const child = spawn(process.execPath, ['run.js', ...files], {
    cwd: folder,
    env: { ...process.env, DURABLE_STORE: 'memory:' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, Ran>;
  } catch {
    throw new Error(`The process that runs the pages has ended early.\n${stdout}${stderr}`);
  }
}
