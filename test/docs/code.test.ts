/** All code of README.md and docs/*.md but for the pages that need packages, which `test/packages` checks. */
import { describe, expect, it } from 'vitest';
import { Project } from '../support/project.ts';
import { checkPages } from './check-pages.ts';
import { parsePage } from './pages.ts';

const project = new Project('docs-code', {});

checkPages({
  withPackages: false,
  folder: project.folder,
  write: (path, text) => project.write(path, text),
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
