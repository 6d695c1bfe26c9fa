/** The pages of the package that its catalogues are written to. */
import { readFileSync } from 'node:fs';
import { styled } from '../base/terminal.ts';

const PAGES = ['diagnostics.md', 'errors.md'] as const;

/** What a page says of a code. */
export interface Section {
  readonly code: string;
  /** In the package. */
  readonly page: string;
  /** Markdown. */
  readonly text: string;
}

/** Whether it is written as codes are. */
export const isCode = (text: string): boolean =>
  /^(ud\d+|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$/i.test(text) && text === text.toUpperCase();

/** Undefined if there is no such code. */
export function sectionOf(code: string): Section | undefined {
  for (const page of PAGES)
    for (const [found, text] of sectionsOf(page))
      if (found === code.toUpperCase()) return { code: found, page: `docs/${page}`, text };
  return undefined;
}

export const codesOf = (): readonly string[] => PAGES.flatMap((page) => [...sectionsOf(page).keys()]);

function sectionsOf(page: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const part of readPage(page).split(/^### /m).slice(1)) {
    const [code = '', ...lines] = part.split('\n');
    // A chapter may follow.
    const end = lines.findIndex((line) => line.startsWith('## '));
    sections.set(
      code.trim(),
      lines
        .slice(0, end === -1 ? undefined : end)
        .join('\n')
        .trim(),
    );
  }
  return sections;
}

/** The same place from the sources and from what is built, but for one folder. */
function readPage(page: string): string {
  for (const folder of ['../../docs', '../../../docs']) {
    try {
      return readFileSync(new URL(`${folder}/${page}`, import.meta.url), 'utf8');
    } catch {
      // The other one.
    }
  }
  return '';
}

export function printSection({ code, page, text }: Section): void {
  console.log(styled('bold', code));
  let isCodeBlock = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) isCodeBlock = !isCodeBlock;
    else console.log(isCodeBlock ? `  ${styled('cyan', line)}` : line.replace(/\*(\w+)\*/g, '$1'));
  }
  console.log(styled('dim', `\n${page}#${code.toLowerCase()} in the package`));
}
