import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SAME_ON_EVERY_NODE } from '../nodes/same-on-every-node.ts';
import { APART, LONG, pathsOf, SHARING, sharedFiles } from '../support/order-of-files.ts';
import { floorOf, PARTS } from './floors.ts';
import { circlesIn, ROOT, readModules } from './modules.ts';

const PARTS_OF_THE_PACKAGE = ['transformer', 'runtime', 'cli'] as const;

const everything = readModules([...PARTS_OF_THE_PACKAGE, 'bench', 'docs', 'examples', 'test']);
const modules = new Map(
  [...everything].filter(([file]) => PARTS_OF_THE_PACKAGE.some((part) => file.startsWith(`${part}/`))),
);

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
};

/** What is loaded from outside: by users, by compiled code, as a worker thread, as a command. */
const ENTRIES: readonly string[] = [
  ...Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.default],
  ),
  ...new Set(Object.values(manifest.bin)),
]
  .map((target) => target.replace('./dist/', '').replace('.js', '.ts'))
  // `build/page.ts` makes one file of it.
  .concat('runtime/dashboard/page/main.tsx');

const packagesOf = (part: string): string[] => [
  ...new Set(
    [...modules.values()]
      .filter(({ file }) => file.startsWith(`${part}/`))
      .flatMap(({ imports }) =>
        imports.flatMap(({ file, specifier }) => (file === undefined ? [specifier] : [])),
      ),
  ),
];

describe('floors', () => {
  it('hold every file', () => {
    expect(modules.size).toBeGreaterThan(200);
    expect([...modules.keys()].filter((file) => floorOf(file) === undefined)).toEqual([]);
  });

  it('are all there', () => {
    const empty = Object.values(PARTS)
      .flat()
      .filter(
        ({ path }) => ![...modules.keys()].some((file) => file === path || file.startsWith(`${path}/`)),
      );
    expect(empty).toEqual([]);
  });

  it('import from their own and from those before them, types included', () => {
    const upwards: string[] = [];
    for (const { file, imports } of modules.values())
      for (const { file: target } of imports) {
        if (target === undefined) continue;
        const [part, targetPart] = [file.split('/', 1)[0], target.split('/', 1)[0]];
        if (part === 'cli' && (targetPart === 'transformer' || /^runtime\/tools(\.ts|\/)/.test(target)))
          continue;
        const isBelow = floorOf(target)! <= floorOf(file)!;
        if (targetPart !== part || !isBelow) upwards.push(`${file} -> ${target}`);
      }
    expect(upwards).toEqual([]);
  });

  it('are shown in docs/architecture.md, in their order', () => {
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    for (const [part, list] of Object.entries(PARTS)) {
      const rows = list.map(({ path, purpose }) => `| ${path.slice(part.length + 1)} | ${purpose} |`);
      expect(page).toContain(
        `### ${part}/\n\n| floor | what it is for |\n| --- | --- |\n${rows.join('\n')}\n`,
      );
    }
  });

  it('have no circles, types included', () => {
    expect(circlesIn(modules)).toEqual([]);
  });
});

describe('nothing is dead', () => {
  it('every file is reached from an entry', () => {
    const reached = new Set<string>();
    const open = [...ENTRIES];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const { file: next } of modules.get(file)?.imports ?? []) if (next !== undefined) open.push(next);
    }
    expect(ENTRIES.filter((file) => !modules.has(file))).toEqual([]);
    expect([...modules.keys()].filter((file) => !reached.has(file))).toEqual([]);
  });

  it('every export is imported by another file', () => {
    const used = new Set<string>();
    for (const { imports } of everything.values())
      for (const { file, names } of imports) for (const name of names) used.add(`${file} ${name}`);
    const dead = [...modules.values()]
      .filter(({ file }) => !ENTRIES.includes(file) && !used.has(`${file} *`))
      .flatMap(({ file, exports, source }) =>
        exports
          // A type is needed where another export is of it, too.
          .filter(({ name, isType }) => !isType || source.text.split(new RegExp(`\\b${name}\\b`)).length <= 2)
          .map(({ name }) => `${file} ${name}`),
      )
      .filter((one) => !used.has(one));
    expect(dead).toEqual([]);
  });
});

it('files that comments and the page of the architecture name are there', () => {
  const known = new Set([...everything.keys()].map((file) => file.split('/').at(-1)));
  const texts = [...modules.values()].map(({ file, source }) => [file, source.text] as const);
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const named = [...texts, ['docs/architecture.md', page] as const].flatMap(([file, text]) =>
    [...text.matchAll(/^(?:\s*(?:\*|\/\/|\/\*\*)|[^\s/]).*/gm)].flatMap(([line]) =>
      [...line.matchAll(/`[\w/.-]*?([\w-]+\.ts)\\?`/g)].map((found) => `${file}: ${found[1]}`),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((one) => !known.has(one.split(': ')[1]))).toEqual([]);
});

it('test files that are named by the order, the sharing of processes and the other Nodes are there', () => {
  const names = [...LONG, ...SHARING, ...APART, ...SAME_ON_EVERY_NODE.map(([file]) => file)];
  expect(names.filter((name) => pathsOf([name]).length === 0)).toEqual([]);
  const shared = sharedFiles();
  const paths = [...pathsOf(LONG), ...shared];
  expect(new Set(paths).size).toBe(paths.length);
  expect(pathsOf(APART).filter((path) => shared.includes(path))).toEqual([]);
});

describe('what is imported from outside', () => {
  it('is nothing at all for the replay machine, which is free of clocks and randomness too', () => {
    const file = 'runtime/journal/replay-machine.ts';
    expect(modules.get(file)?.imports.filter((one) => one.file === undefined)).toEqual([]);
    expect(modules.get(file)?.source.text).not.toMatch(
      /Date\.now|new Date|Math\.random|performance\.|setTimeout|setImmediate|process\./,
    );
  });

  it('is typescript, magic-string with the codec of its maps, and six modules of Node for the transformer', () => {
    expect(packagesOf('transformer').sort()).toEqual([
      '@jridgewell/sourcemap-codec',
      'magic-string',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:module',
      'node:path',
      'node:url',
      'typescript',
    ]);
  });

  it('is commander, its completion, typescript and modules of Node for the command line tool', () => {
    const outside = packagesOf('cli').filter((name) => !name.startsWith('node:'));
    expect(outside.sort()).toEqual(['@bomb.sh/tab/commander', 'commander', 'typescript']);
  });

  it('is the SDK of an engine only in what is written for it, and there when it is needed', () => {
    const named = [...modules.values()].filter(({ imports }) =>
      imports.some(({ specifier }) => /^@(aws|restatedev)\//.test(specifier)),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const { file, source } of named) {
      expect(file).toMatch(/^runtime\/engines\//);
      // Types leave no trace; the values are imported where a handler is made.
      const statements =
        source.text.match(/^(import|export)(?! type)[^;]*from '@(aws|restatedev)[^;]*;/gm) ?? [];
      expect(statements, file).toEqual([]);
    }
  });
});
