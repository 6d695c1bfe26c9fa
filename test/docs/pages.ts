/**
 * The code of the pages: README.md and docs/*.md. Comments of Markdown, which readers don't see, say what a block needs:
 *
 * - A block whose first line is `// src/order.ts` is that file of the page's project; `// src/order.ts (continued)`
 *   appends to it. `<!-- file src/main.ts`, text, `-->` is a file that the page doesn't show.
 * - Any other block is a file of its own. `<!-- around`, text, `-->` in front of it is the rest of that file, in which the
 *   line `// (the block)` is the place of the block.
 * - `// prints: text` is a line that the file prints when it is run. A block of text after `<!-- printed by src/main.ts -->`
 *   is all that it prints.
 * - `<!-- not run: reason -->`, `<!-- not compiled: reason -->`: exclusions. `<!-- reports UD4004: reason -->`: the compiler
 *   reports this code. `<!-- page not run: reason -->` is for all blocks of a page.
 * - `<!-- page with packages -->`, `<!-- with packages -->`: `npm run test:packages` compiles and runs the page, or one block,
 *   with the packages that it imports.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface PageFile {
  /** Relative to the project of the page. */
  readonly path: string;
  readonly text: string;
  /** Of the first block, in the page; 0 for a file that the page doesn't show. */
  readonly line: number;
  /** Codes that the compiler has to report. */
  readonly reports: readonly string[];
  /** Why it isn't run, or not compiled either. */
  readonly notRun?: string;
  readonly notCompiled?: string;
  /** It needs packages that only `npm run test:packages` has. */
  readonly withPackages?: boolean;
  /** All that it has to print, where the page says so. */
  readonly prints?: string;
}

export interface Page {
  /** `docs/runtime.md`. */
  readonly name: string;
  readonly files: readonly PageFile[];
}

/** All pages, without the one that is generated from tested fixtures. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'diagnostics.md')
    .map((name) => `docs/${name}`),
];

export const readPage = (name: string): Page => parsePage(name, readFileSync(join(root, name), 'utf8'));

/** The visible files of a page, by their paths. */
export const filesOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    readPage(name)
      .files.filter(({ line, path }) => line > 0 && !isFragment(path))
      .map(({ path, text }) => [path, text]),
  );

const isFragment = (path: string): boolean => /^line-\d+\.ts$/.test(path);

/** A comment, or a fenced block of code with its language. */
const PART = /^<!-- (?<comment>[\s\S]*?)-->$|^```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;
const PLACE = '// (the block)';

interface Draft extends Omit<PageFile, 'prints'> {
  prints?: string;
}

export function parsePage(name: string, page: string): Page {
  const files = new Map<string, Draft>();
  let comments: string[] = [];
  let end = 0;
  for (const match of page.matchAll(PART)) {
    const { comment, language, code = '' } = match.groups ?? {};
    // A comment is about the block right behind it.
    if (page.slice(end, match.index).trim() !== '') comments = [];
    end = match.index + match[0].length;
    if (comment !== undefined) {
      const hidden = /^file (\S+)\n([\s\S]*)$/.exec(comment);
      if (hidden) add(files, { path: hidden[1] ?? '', text: hidden[2] ?? '', line: 0, reports: [] });
      else comments.push(comment);
      continue;
    }
    const line = page.slice(0, match.index).split('\n').length + 1;
    if (language === 'ts') addBlock(files, code, line, comments);
    const [, printer] = /^printed by (\S+) $/m.exec(comments.join('\n')) ?? [];
    if (printer !== undefined) {
      const file = files.get(printer);
      if (file === undefined) throw new Error(`${name}:${line}: no ${printer} is there to print this`);
      file.prints = code;
    }
    comments = [];
  }
  const [, reason] = /^<!-- page not run: ([\s\S]*?) -->$/m.exec(page) ?? [];
  const withPackages = /^<!-- page with packages -->$/m.test(page);
  return {
    name,
    files: [...files.values()].map((file) =>
      withPrints({
        ...file,
        ...(withPackages && { withPackages }),
        ...(reason !== undefined && { notRun: reason }),
      }),
    ),
  };
}

/** Notes to a block: everything that can be said of it, and an error for anything else. */
function addBlock(files: Map<string, Draft>, code: string, line: number, comments: readonly string[]): void {
  const [, path = `line-${line}.ts`] = /^\/\/ (\S+\.[cm]?tsx?)(?: \(continued\))?\n/.exec(code) ?? [];
  let text = code;
  const notes: { reports: string[]; notRun?: string; notCompiled?: string; withPackages?: true } = {
    reports: [],
  };
  for (const comment of comments) {
    const [, what, rest = ''] =
      /^(around\n|not run: |not compiled: |reports |with packages |page )([\s\S]*)$/.exec(comment) ?? [];
    if (what === 'around\n')
      text = rest.includes(PLACE) ? rest.replace(PLACE, () => code) : `${rest}\n${code}`;
    else if (what === 'not run: ') notes.notRun = rest.trim();
    else if (what === 'not compiled: ') notes.notCompiled = rest.trim();
    else if (what === 'with packages ') notes.withPackages = true;
    else if (what === 'reports ') notes.reports.push(...rest.split(':')[0]!.split(', '));
    else if (what === undefined) throw new Error(`line ${line}: what does this comment say? ${comment}`);
  }
  add(files, { path, text, line, ...notes });
}

function add(files: Map<string, Draft>, file: Draft): void {
  const before = files.get(file.path);
  const reports = [...(before?.reports ?? []), ...file.reports];
  const text = before === undefined ? file.text : `${before.text}\n${file.text}`;
  files.set(file.path, { ...before, ...file, text, reports, line: before?.line || file.line });
}

/** What the comments `// prints: ...` say, in their order. */
function withPrints(file: Draft): PageFile {
  if (file.prints !== undefined) return file;
  const lines = [...file.text.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => `${text}\n`);
  return lines.length === 0 ? file : { ...file, prints: lines.join('') };
}
