import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../transformer/analyze.ts';
import { transform } from '../../transformer/index.ts';

/** The version of a function, and the fingerprints of its sites, from the table in what is compiled. */
function compiled(code: string, fileName = 'order.ts'): { version: string; prints: Record<string, string> } {
  const { code: output, functions, diagnostics } = transform(code, { fileName });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const table = JSON.parse(/define\((\{.*?\})\);/.exec(output)![1]!) as {
    version: string;
    steps: { id: string; print: string }[];
  };
  expect(functions[0]?.version).toBe(table.version);
  return {
    version: table.version,
    prints: Object.fromEntries(table.steps.map(({ id, print }) => [id, print])),
  };
}

const IMPORTS = `import { sleep, step } from 'use-durable';\nimport { charge, notify, db } from './services.js';\n`;
const inFunction = (body: string): string =>
  `${IMPORTS}export async function order(n: number, list: string[]) {\n  'use durable';\n${body}\n}\n`;

const BODY = `
  const total = n * 2;
  let count = 0;
  for (const item of list) {
    await charge(item, { amount: total, tags: ['new'] });
    count += 1;
  }
  if (count > 1 && total !== 0) await notify(\`\${count} items\`, /x+/g, -1, total ?? 0);
  await step('save', () => db.save(total, count));
  return await notify('done');`;

const reference = compiled(inFunction(BODY));

describe('a code version', () => {
  const SAME: Readonly<Record<string, string>> = {
    'one line': inFunction(BODY.replace(/\n\s*/g, ' ')),
    'other indentation and empty lines': inFunction(BODY.replaceAll('\n', '\n\n\t\t')),
    comments: inFunction(BODY.replaceAll(';\n', '; // why\n').replace('{ amount', '/* how much */ { amount')),
    'double quotes': inFunction(BODY.replace("'new'", '"new"').replaceAll("'save'", '"save"')),
    'trailing commas': inFunction(BODY.replace("['new'] }", "['new',], }").replace("'done')", "'done',)")),
    'no semicolons': inFunction(BODY.replaceAll(/;$/gm, '')),
    parentheses: inFunction(
      BODY.replace('n * 2', '((n) * (2))').replace("await notify('done')", "(await (notify('done')))"),
    ),
    types: inFunction(
      BODY.replace('const total =', 'const total: number =')
        .replace('item, {', 'item as string, {')
        .replace('total, count)', 'total!, count satisfies number)'),
    ),
    'types of parameters': inFunction(BODY).replace('list: string[]', 'list: readonly string[]'),
    'type parameters and a return type': inFunction(BODY).replace(
      'order(n: number, list: string[])',
      'order<T extends string>(n: number, list: T[]): Promise<unknown>',
    ),
    'const where let was': inFunction(BODY.replace('const total', 'let total')),
    'windows line ends': inFunction(BODY).replaceAll('\n', '\r\n'),
    'code around it': inFunction(BODY).replace(
      'export async',
      `const other = 1;\ninterface A { x: 1 }\nexport async`,
    ),
    'the order of imports': inFunction(BODY).replace(IMPORTS, IMPORTS.split('\n').reverse().join('\n')),
    'an id of its own': inFunction(BODY)
      .replace('order(', 'placeOrder(')
      .replace("'use durable'", "'use durable as order'"),
    'properties in quotes': inFunction(BODY.replace('amount:', "'amount':").replace('db.save', "db['save']")),
  };
  for (const [what, code] of Object.entries(SAME)) {
    it(`is the same with ${what}`, () => {
      expect(compiled(code).version).toBe(reference.version);
      expect(compiled(code).prints).toEqual(reference.prints);
    });
  }

  it('is the same in JavaScript', () => {
    const { outputText } = ts.transpileModule(inFunction(BODY), {
      compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    });
    expect(compiled(outputText, 'order.js')).toEqual(reference);
  });

  it('is the same in the tree that ts-patch is given', () => {
    const sourceFile = ts.createSourceFile('order.ts', inFunction(BODY), ts.ScriptTarget.ES2022, true);
    expect(analyze(ts, sourceFile, 'order.ts').functions[0]?.version).toBe(reference.version);
  });

  it('is the same whatever the file is called', () => {
    expect(compiled(inFunction(BODY), 'src/deep/order.ts')).toEqual(reference);
  });

  const OTHER: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a condition': ['count > 1', 'count > 2'],
    'an operator': ['count += 1', 'count -= 1'],
    'a prefix': ['-1', '+1'],
    'a text': ["'done'", "'over'"],
    'a number': ['n * 2', 'n * 3'],
    'a regular expression': ['/x+/g', '/x+/i'],
    'a template': [' items`', ' pieces`'],
    'a property': ['amount:', 'sum:'],
    'a logical operator': ['total ?? 0', 'total || 0'],
    'the order of statements': [
      'const total = n * 2;\n  let count = 0;',
      'let count = 0;\n  const total = n * 2;',
    ],
    'a name': ['item', 'thing'],
    'a loop': ['for (const item of list)', 'for (const item in list)'],
    'an await that is dropped': ["await step('save'", "void step('save'"],
    'an optional call': ['db.save(total', 'db.save?.(total'],
    'what a step does': ['db.save(total, count)', 'db.save(count, total)'],
    'a declaration that disposes': ['const total', 'using total'],
  };
  for (const [what, [from, to]] of Object.entries(OTHER)) {
    it(`is another with ${what}`, () => {
      expect(BODY).toContain(from);
      expect(transformVersion(inFunction(BODY.replaceAll(from, to)))).not.toBe(reference.version);
    });
  }

  /** Some of these are warned of, or refused; the version is that of the code all the same. */
  function transformVersion(code: string): string | undefined {
    return transform(code, { fileName: 'order.ts' }).functions[0]?.version;
  }
});

describe('a fingerprint', () => {
  const printOf = (body: string, id = 'charge'): string => {
    const print = compiled(inFunction(body)).prints[id];
    expect(print, `${id} in ${body}`).toBeDefined();
    return print!;
  };
  const ALIKE: Readonly<Record<string, readonly [string, string]>> = {
    'a variable under another name': [
      'const a = n + 1; await charge(a);',
      'const b = n + 1; await charge(b);',
    ],
    'a variable, and what it stands for': ['const a = n + 1; await charge(a);', 'await charge(n + 1);'],
    'a result, and a variable that holds it': [
      'await charge(await notify(n));',
      'const a = await notify(n); await charge(a);',
    ],
    'a promise that is awaited later': [
      'await charge(await notify(n));',
      'const p = notify(n); await charge(await p);',
    ],
    'a parameter of a callback': [
      'await Promise.all(list.map((x) => charge(x)));',
      'await Promise.all(list.map((y) => charge(y)));',
    ],
    'an item of a list': [
      'for (const x of list) await charge(x);',
      'for (let i = 0; i < list.length; i++) await charge(list[i]);',
    ],
    'a destructured property': [
      'const { a } = await db.load(); await charge(a);',
      'const { a: b } = await db.load(); await charge(b);',
    ],
    'a caught error': [
      'try { await notify(1); } catch (e) { await charge(e); }',
      'try { await notify(1); } catch (error) { await charge(error); }',
    ],
    'a result of a call whose arguments were changed': [
      'const a = await notify(1); await charge(a);',
      'const a = await notify(2); await charge(a);',
    ],
  };
  for (const [what, [one, other]] of Object.entries(ALIKE)) {
    it(`is the same for ${what}`, () => expect(printOf(one)).toBe(printOf(other)));
  }
  const DIFFERENT: Readonly<Record<string, readonly [string, string]>> = {
    'other arguments': ['await charge(1);', 'await charge(2);'],
    'other parameters': ['await charge(n);', 'await charge(list);'],
    'other callbacks': ['await charge(() => 1);', 'await charge(() => 2);'],
    'a changed variable': ['const a = 1; await charge(a);', 'let a = 1; a += 1; await charge(a);'],
    'other properties of one value': [
      'const { a, b } = await db.load(); await charge(a); void b;',
      'const { a, b } = await db.load(); await charge(b); void a;',
    ],
    'other results of one name': [
      'const a = await notify(1); const b = await notify(2); await charge(a); void b;',
      'const a = await notify(1); const b = await notify(2); await charge(b); void a;',
    ],
    'like variables that are changed': [
      'let a = 0; let b = 0; a++; b++; await charge(a);',
      'let a = 0; let b = 0; a++; b++; await charge(b);',
    ],
  };
  for (const [what, [one, other]] of Object.entries(DIFFERENT)) {
    it(`is another for ${what}`, () => expect(printOf(one)).not.toBe(printOf(other)));
  }

  it('takes a closure that calls itself through a step', () => {
    expect(
      printOf(
        'const again = async (k: number): Promise<unknown> => (k > 0 ? await charge(again, k) : 0); return await again(n);',
      ),
    ).toMatch(/^[\w-]{10}$/);
  });
});
