import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../../transformer/index.ts';
import { fixtures } from '../../../support/fixtures.ts';
import { durableDiagnostics, durableProgram, isTyped, STRICT } from '../../../support/typed.ts';

const FOLDER = fileURLToPath(new URL('../../../diagnostics/', import.meta.url));
const VIRTUAL = fileURLToPath(new URL('../../../.tmp/typed/', import.meta.url));
const GOOD = /^good\.(ts|tsx|js)$/;

const paths = (list: readonly { folder: string; file: string }[]): string[] =>
  list.map(({ folder, file }) => folder + file);

describe('diagnostics with types', () => {
  const mistakes = fixtures(FOLDER).filter(({ name }) => isTyped(name));
  const wrong = durableProgram(paths(mistakes));

  it.each(mistakes)('$name is reported', ({ name, folder, file, source }) => {
    // Each line that is marked by nothing else is right for TypeScript itself.
    const errors = wrong.getSemanticDiagnostics(wrong.getSourceFile(folder + file));
    expect(
      errors.filter((error) => error.source !== 'use-durable').map(({ messageText }) => messageText),
    ).toEqual([]);
    const diagnostics = durableDiagnostics(wrong, folder + file);
    expect([...new Set(diagnostics.map(({ code }) => code))]).toEqual([name.split('-')[0]?.toUpperCase()]);
    expect(diagnostics.map(({ line, message }) => `${line}: ${message}`)).toMatchSnapshot();
    for (const { message } of diagnostics) expect(message).not.toContain('{}');
    // Syntax alone has nothing to say about it.
    expect(transform(source, { fileName: file }).diagnostics).toEqual([]);
  });

  const good = fixtures(FOLDER, GOOD);
  const right = durableProgram(paths(good));

  it.each(good)('$name: ordinary code beside it is not', ({ folder, file }) => {
    expect(durableDiagnostics(right, folder + file)).toEqual([]);
  });
});

describe('one file', () => {
  const check = (texts: Readonly<Record<string, string>>, options = STRICT): string[] => {
    const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [VIRTUAL + name, text]));
    const program = durableProgram(Object.keys(files), files, options);
    return Object.keys(files).flatMap((name) =>
      durableDiagnostics(program, name).map(
        ({ code, line, message }) => `${code} ${line} ${message.split(':')[0]}`,
      ),
    );
  };
  const ORDER = "export class Order { id = ''; total() { return 1; } }\n";
  const USE = `import { Order } from './order.ts';
    async function load() { return new Order(); }
    export async function main() { 'use durable'; return (await load()).total(); }
  `;

  it('says of an object that is read on in what types are sure of, once', () => {
    const rows = 'export async function* readRows() { yield 1; }\n';
    const main = `import { readRows } from './rows.ts';
      export async function main() { 'use durable'; const rows = readRows(); return (await rows.next()).value; }
    `;
    const codes = check({ 'main.ts': main, 'rows.ts': rows }).map((line) => line.split(' ')[0]);
    expect(codes).toEqual(['UD2006']);
  });

  it('knows a class that another file of the program registers', () => {
    const register =
      "import { registerClass } from 'use-durable';\nimport { Order } from './order.ts';\nregisterClass(Order);\n";
    const renamed = register
      .replace('registerClass }', 'registerClass as known }')
      .replace('registerClass(', 'known(');
    expect(check({ 'order.ts': ORDER, 'use.ts': USE })).toHaveLength(1);
    expect(check({ 'order.ts': ORDER, 'use.ts': USE, 'classes.ts': register })).toEqual([]);
    expect(renamed).toContain('known(Order)');
    expect(check({ 'order.ts': ORDER, 'use.ts': USE, 'classes.ts': renamed })).toEqual([]);
  });

  it('reports no class where any may be registered', () => {
    const all =
      "import { registerClass } from 'use-durable';\nexport const known = (cls: any) => registerClass(cls);\n";
    expect(check({ 'order.ts': ORDER, 'use.ts': USE, 'classes.ts': all })).toEqual([]);
  });

  it('knows a class that brings its own encoding along, and one that is tested with instanceof', () => {
    const own = ORDER.replace('total()', '[encode]() { return this.id; } total()');
    expect(
      check({ 'order.ts': `const encode = Symbol.for('use-durable.encode');\n${own}`, 'use.ts': USE }),
    ).toEqual([]);
    expect(
      check({ 'order.ts': ORDER, 'use.ts': `${USE}export const is = (x: unknown) => x instanceof Order;` }),
    ).toEqual([]);
  });

  it('takes the parameters of a function as its input only where it starts a run', () => {
    const main = "export async function main(visit: () => void) { 'use durable'; visit(); }\n";
    const start =
      "import { createRuntime } from 'use-durable';\nimport { main } from './main.ts';\ncreateRuntime().start(main, [() => {}]);\n";
    const child =
      "import { main } from './main.ts';\nexport async function other() { 'use durable'; await main(() => {}); }\n";
    const plain = "import { main as run } from './main.ts';\nexport const go = () => run(() => {});\n";
    expect(check({ 'main.ts': main })).toEqual([expect.stringMatching(/^UD4002 1/)]);
    expect(check({ 'main.ts': main, 'child.ts': child })).toEqual([]);
    expect(check({ 'main.ts': main, 'child.ts': child, 'start.ts': start })).toEqual([
      expect.stringMatching(/^UD4001 1/),
    ]);
    expect(check({ 'main.ts': main, 'plain.ts': plain })).toEqual([expect.stringMatching(/^UD4001 1/)]);
  });

  it('looks behind the signatures of overloads', () => {
    const child = `export async function child(n: number): Promise<() => number>;
      export async function child(n: string): Promise<() => number>;
      export async function child(n: number | string) { 'use durable'; return () => Number(n); }
      export class Steps {
        static async child(n: number): Promise<() => number>;
        static async child(n: string): Promise<() => number>;
        static async child(n: number | string) { 'use durable'; return () => Number(n); }
      }\n`;
    const use = `import { child, Steps } from './child.ts';
      async function fill(list: string[], n: number): Promise<void>;
      async function fill(list: string[], n: string): Promise<void>;
      async function fill(list: string[], n: number | string) { list.push(String(n)); }
      export async function main() {
        'use durable';
        const list: string[] = [];
        await fill(list, 1);
        return [(await child(1))(), (await Steps.child('1'))(), list];
      }\n`;
    expect(check({ 'child.ts': child, 'use.ts': use })).toEqual([expect.stringMatching(/^UD4003 8/)]);
  });

  it('looks at no more than a part of a type without an end', () => {
    const source = `interface Deep<T> { readonly next: Deep<T[]>; readonly other: Deep<{ value: T }>; readonly value: T }
      async function load(): Promise<Deep<string>> { return null as never; }
      export async function main() { 'use durable'; return (await load()).value; }`;
    expect(check({ 'deep.ts': source })).toEqual([]);
  });

  it('guesses nothing about JavaScript', () => {
    const source =
      "async function load() { return () => 1; }\nexport async function main() { 'use durable'; return (await load())(); }\n";
    expect(check({ 'main.js': source }, { ...STRICT, checkJs: true })).toEqual([]);
    expect(check({ 'main.ts': source })).toHaveLength(1);
  });

  it('works without strict checks', () => {
    const source = `interface Reply { text: string; close?(): void; parent?: Reply }
      async function load(): Promise<Reply> { return null; }
      export async function main() { 'use durable'; return (await load()).text; }`;
    expect(check({ 'main.ts': source }, { ...STRICT, strict: false })).toEqual([]);
  });
});

it('a warning is a warning of the compiler', () => {
  const name = `${VIRTUAL}env.ts`;
  const text = "export async function main() { 'use durable'; return process.env.A; }\n";
  const program = durableProgram([name], { [name]: text });
  const found = program
    .getSemanticDiagnostics(program.getSourceFile(name))
    .map(({ category, code }) => [category, code]);
  expect(found).toEqual([[ts.DiagnosticCategory.Warning, 993009]]);
});
