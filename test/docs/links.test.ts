/** Links between pages lead to files and headings that are there; so do commands and settings. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PAGES } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string): string => readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');

/** What GitHub calls a heading in links. */
const anchorsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );

it.each(PAGES)('%s', (page) => {
  const file = join(root, page);
  const dead = [
    ...textOf(file)
      .replace(/`[^`]*`/g, '')
      .matchAll(/\]\(([^)]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path ?? '');
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
  expect(dead).toEqual([]);
});

it('all pages are in the README', () => {
  const readme = textOf(join(root, 'README.md'));
  const missing = PAGES.filter((page) => page !== 'README.md' && !readme.includes(`](${page})`));
  expect(missing).toEqual([]);
});

it.each(PAGES)('%s names scripts that there are', (page) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([a-z][\w:-]*)/g)];
  expect(named.map(([, name]) => name).filter((name) => !(name! in scripts))).toEqual([]);
});

it.each(PAGES)('%s has settings that can be read, and are complete', (page) => {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
  for (const [, text = ''] of blocks) {
    const settings = JSON.parse(text) as { compilerOptions?: Record<string, unknown>; sourceRoot?: string };
    const { compilerOptions } = settings;
    if (compilerOptions === undefined) continue;
    // The settings of Nest's command line have a member of the same name.
    if (settings.sourceRoot !== undefined) {
      expect(compilerOptions).toEqual({ plugins: ['use-durable/nest'] });
      continue;
    }
    expect(compilerOptions).toMatchObject({
      noEmitOnError: true,
      strict: true,
      plugins: [{ transform: 'use-durable/tspc', transformProgram: true }],
    });
  }
});

it.each(PAGES)('%s names files of the repository that there are', (page) => {
  const named = [
    ...textOf(join(root, page)).matchAll(/`((?:test|runtime|transformer|examples|bench)\/[\w./-]+)`/g),
  ];
  const missing = named
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, path)))
    // Those of test262, and one that a reader is to add.
    .filter((path) => !/^test\/language\/|^test\/diagnostics\/ud3023-/.test(path));
  expect(missing).toEqual([]);
});
