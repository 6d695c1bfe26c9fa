/** All code of README.md and docs/*.md: compiled as one program, then run. `pages.ts` says how a page says what it needs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileInProcess } from '../support/compile-project.ts';
import { Project, tsconfig } from '../support/project.ts';
import { PAGES, type Page, type PageFile, parsePage, readPage } from './pages.ts';

const pages = PAGES.map(readPage).filter(({ withPackages }) => !withPackages);
const folderOf = ({ name }: Page): string => `src/${name.replace(/^docs\//, '').replace(/\.md$/, '')}`;
const compiled = pages.flatMap((page) =>
  page.files
    .filter(({ notCompiled }) => notCompiled === undefined)
    .map((file) => ({ page, file, path: `${folderOf(page)}/${file.path}` })),
);
const titleOf = (page: Page, { path, line }: PageFile): string => `${page.name}:${line} ${path}`;

const project = new Project('docs-code', {
  'package.json': '{ "name": "pages", "private": true, "type": "module" }',
  'tsconfig.json': tsconfig({ target: 'es2024', noEmitOnError: false, jsx: undefined }),
  'run.js': readFileSync(new URL('run-files.js', import.meta.url), 'utf8'),
  ...Object.fromEntries(
    pages.map((page) => [`${folderOf(page)}/package.json`, '{ "name": "my-app", "type": "module" }']),
  ),
  ...Object.fromEntries(compiled.map(({ path, file }) => [path, `${file.text}\nexport {};\n`])),
});

/** What became of a file that was run. */
interface Ran {
  readonly printed: string;
  readonly error?: string;
}

let reported: string[];
let ran: Readonly<Record<string, Ran>>;
const toRun = compiled.filter(({ file }) => file.notRun === undefined && !file.path.endsWith('.d.ts'));

beforeAll(() => {
  reported = compileInProcess(project);
  const files = toRun.map(({ path }) => path.replace(/^src\/(.*)\.ts$/, './out/$1.js'));
  const { stdout, stderr } = spawnSync(process.execPath, ['run.js', ...files], {
    cwd: project.folder,
    env: { ...process.env, DURABLE_STORE: 'memory:' },
    encoding: 'utf8',
  });
  try {
    ran = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as typeof ran;
  } catch {
    throw new Error(`The runner of the pages has ended early.\n${stdout}${stderr}`);
  }
}, 120_000);

describe.each(compiled.map((each) => [titleOf(each.page, each.file), each] as const))(
  '%s',
  (_, { file, path }) => {
    it('is reported nothing of, but for what the page says', () => {
      const own = reported.filter((text) => text.startsWith(`${path}:`));
      const codes = own.map((text) => /^\S+ \d+ (UD\d+)/.exec(text)?.[1] ?? text);
      expect(codes, own.join('\n')).toEqual(file.reports);
    });

    it.skipIf(file.notRun !== undefined)(
      `runs${file.prints === undefined ? '' : ', and prints what the page says'}`,
      () => {
        const { error, printed } = ran[path.replace(/^src\/(.*)\.ts$/, './out/$1.js')] ?? {
          error: 'It was not run.',
        };
        expect(error).toBeUndefined();
        if (file.prints !== undefined) expect(printed).toBe(file.prints);
      },
    );
  },
);

it('reports nothing that belongs to no page', () => {
  expect(reported.filter((text) => !compiled.some(({ path }) => text.startsWith(`${path}:`)))).toEqual([]);
});

describe('a page', () => {
  const fence = '```';

  it('has files, hidden ones, and blocks with what is around them', () => {
    const { files } = parsePage(
      'x.md',
      `${fence}ts\n// src/a.ts\nconst a = 1;\n${fence}\n
<!-- file src/b.ts
const b = 1;
-->

${fence}ts\n// src/a.ts (continued)\nconst c = 2;\n${fence}

<!-- around
async function f() {
  // (the block)
}
-->
<!-- not run: it is a part -->
${fence}ts\nawait g();\n${fence}`,
    );
    expect(files.map(({ path, text }) => [path, text])).toEqual([
      ['src/a.ts', '// src/a.ts\nconst a = 1;\n\n// src/a.ts (continued)\nconst c = 2;\n'],
      ['src/b.ts', 'const b = 1;\n'],
      ['line-22.ts', 'async function f() {\n  await g();\n\n}\n'],
    ]);
    expect(files[2]?.notRun).toBe('it is a part');
  });

  it('says what is printed', () => {
    const { files } = parsePage(
      'x.md',
      `${fence}ts\n// src/a.ts\nf();\n${fence}\n<!-- printed by src/a.ts -->\n${fence}text\none\ntwo\n${fence}
${fence}ts\nconsole.log(1 + 1); // prints: 2\n${fence}`,
    );
    expect(files.map(({ prints }) => prints)).toEqual(['one\ntwo\n', '2\n']);
  });

  it('can say nothing that is not understood', () => {
    expect(() => parsePage('x.md', `<!-- not tested -->\n${fence}ts\nf();\n${fence}`)).toThrow('what does');
  });
});
