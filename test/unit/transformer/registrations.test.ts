import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';
import { compileInProcess } from '../../support/compile-project.ts';
import { Project, tsconfig } from '../../support/project.ts';

const HEAD = "import { registerClass } from 'use-durable';\n";
const fileId = { package: 'shop', path: 'src/classes.ts' };

const compiled = (source: string): string =>
  transform(HEAD + source, { fileName: 'src/classes.ts', fileId }).code.slice(HEAD.length);

const told = (name: string, local = name): string =>
  `{"name":"${name}","place":"shop/src/classes.ts#${local}"}`;

describe('registerClass at the level of a module', () => {
  it.each([
    [
      'class Refund {} registerClass(Refund);',
      `class Refund {} registerClass(Refund, void 0, ${told('Refund')});`,
    ],
    ["class A {} registerClass(A, { id: 'a' });", `class A {} registerClass(A, { id: 'a' }, ${told('A')});`],
    [
      'class A { static { registerClass(this); } }',
      `class A { static { registerClass(this, void 0, ${told('A')}); } }`,
    ],
    ['const A = class {}; registerClass(A);', `const A = class {}; registerClass(A, void 0, ${told('A')});`],
    [
      'const A = class B {}; registerClass(A);',
      `const A = class B {}; registerClass(A, void 0, ${told('B', 'A')});`,
    ],
    [
      "import { B as A } from './b.js'; registerClass(A);",
      `import { B as A } from './b.js'; registerClass(A, void 0, ${told('B', 'A')});`,
    ],
    [
      "import A from './a.js'; registerClass(A);",
      `import A from './a.js'; registerClass(A, void 0, ${told('A')});`,
    ],
    [
      "import * as m from './m.js'; registerClass(m.A);",
      `import * as m from './m.js'; registerClass(m.A, void 0, ${told('A', 'm.A')});`,
    ],
    [
      'export class A<T> { a?: T } if (true) registerClass<A<string>>(A);',
      `export class A<T> { a?: T } if (true) registerClass(A, void 0, ${told('A')});`,
    ],
  ])('is told the name and the place: %s', (source, expected) => {
    expect(compiled(source)).toBe(expected);
  });

  it.each([
    'function make() { class A {} registerClass(A); }',
    'for (const A of [Map]) registerClass(A);',
    'for (const n of [1, 2]) { class A {} registerClass(A); }',
    'let A = class {}; registerClass(A);',
    'class A {} registerClass(...[A]);',
    'registerClass(class A {});',
  ])('is left as it is where it may be about several classes: %s', (source) => {
    expect(compiled(source)).toBe(source);
  });

  it('is another function where it is not imported from here', () => {
    const code = "import { registerClass } from 'other';\nclass A {} registerClass(A);";
    expect(transform(code, { fileName: 'a.ts' }).code).toBe(code);
  });

  it('is told of a class in a file with an error too', () => {
    const { code, diagnostics } = transform(
      `${HEAD}class A {} registerClass(A);\nexport function* f() { 'use durable'; }`,
      { fileName: 'src/classes.ts', fileId },
    );
    expect(diagnostics).toHaveLength(1);
    expect(code).toContain(`registerClass(A, void 0, ${told('A')})`);
  });

  it('comes out of tspc the same, in a file without a durable function', () => {
    const project = new Project('registrations', {
      'package.json': JSON.stringify({ name: 'shop', type: 'module' }),
      'tsconfig.json': tsconfig(),
      'src/classes.ts': `${HEAD}export class Refund {\n  amount = 1;\n}\nregisterClass(Refund);\n`,
    });
    expect(compileInProcess(project)).toEqual([]);
    const output = ts.sys.readFile(`${project.folder}/out/classes.js`)!;
    expect(output.replaceAll(/\s+/g, '')).toContain(`registerClass(Refund,void0,${told('Refund')});`);
  });
});
