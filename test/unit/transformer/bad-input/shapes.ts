/** A durable function around a piece of code that is nested `depth` levels. */
export type Shape = (depth: number) => string;

const durable = (body: string, before = ''): string =>
  `${before}const f = async (...xs: any[]): Promise<any> => xs[0] ?? 1;
const o: any = new Proxy(f, { get: (_, key) => (key === 'then' ? undefined : o), apply: () => o });
export async function main(x: any = 1): Promise<unknown> {
  'use durable';
  ${body}
}
`;

const nest = (open: string, inner: string, close: string): Shape => {
  return (depth) => durable(`return ${open.repeat(depth)}${inner}${close.repeat(depth)};`);
};

/** Everything that can be nested or chained without end. */
export const shapes: Readonly<Record<string, Shape>> = {
  parentheses: nest('(', 'await f(x)', ')'),
  arrays: nest('[', 'await f(x)', ']'),
  objects: nest('{ a: ', 'await f(x)', '}'),
  calls: (depth) => durable(`return typeof (await ${'o('.repeat(depth)}x${')'.repeat(depth)});`),
  'awaited calls': nest('await f(', 'x', ')'),
  'binary +': nest('', 'await f(x)', ' + x'),
  'binary + of awaits': nest('', 'await f(x)', ' + await f(x)'),
  'logical operators': (depth) => durable(`return await (f(x)${' && f(x)'.repeat(depth)});`),
  commas: (depth) => durable(`return (await f(x)${', await f(x)'.repeat(depth)});`),
  assignments: (depth) => durable(`let y: any; return ${'y = '.repeat(depth)}await f(x);`),
  ternaries: nest('x > 1 ? f(x) : ', 'await f(x)', ''),
  'ternaries in parentheses': nest('(x ? ', 'await f(x)', ' : 0)'),
  members: (depth) => durable(`return typeof (await o${'.a'.repeat(depth)});`),
  'optional members': (depth) => durable(`return typeof (await o${'?.a'.repeat(depth)}(x));`),
  elements: (depth) => durable(`return typeof (await o${'[0]'.repeat(depth)});`),
  'methods of members': (depth) => durable(`return typeof (await o${'.a'.repeat(depth)}(x));`),
  'method chains': (depth) => durable(`return typeof (await o${'.a(x)'.repeat(depth)});`),
  'calls of calls': (depth) => durable(`return typeof (await o${'(x)'.repeat(depth)});`),
  'then chains': nest('', 'await f(x)', '.then((v: any) => v)'),
  'non-null assertions': nest('', 'await f(x)', '!'),
  casts: nest('', 'await f(x)', ' as any'),
  'unary operators': nest('!', 'await f(x)', ''),
  awaits: nest('await ', 'f(x)', ''),
  'template literals': nest('`$' + '{', 'await f(x)', '}`'),
  'tagged templates': (depth) => durable(`return typeof (await o${'``'.repeat(depth)});`),
  blocks: (depth) => durable(`${'{'.repeat(depth)} return await f(x); ${'}'.repeat(depth)}`),
  ifs: (depth) => durable(`${'if (x) '.repeat(depth)}return await f(x);`),
  'else ifs': (depth) => durable(`${'if (x > 1) await f(x); else '.repeat(depth)}return await f(x);`),
  loops: (depth) => durable(`${'for (const y of [x]) '.repeat(depth)}return await f(y);`),
  tries: (depth) => durable(`${'try { '.repeat(depth)}return await f(x);${' } finally {}'.repeat(depth)}`),
  labels: (depth) =>
    durable(`${Array.from({ length: depth }, (_, i) => `l${i}: `).join('')}return await f(x);`),
  types: (depth) =>
    durable(`const y: ${'Array<'.repeat(depth)}any${'>'.repeat(depth)} = await f(x); return y.length;`),
  'object patterns': (depth) =>
    durable(`const ${'{ a: '.repeat(depth)}{}${'}'.repeat(depth)} = o; return await f(x);`),
  'code outside': (depth) =>
    durable('return await f(x);', `export const z = ${'['.repeat(depth)}${']'.repeat(depth)};\n`),
  'operators outside': (depth) =>
    durable('return await f(x);', `export const z = 1${' + 1'.repeat(depth)};\n`),
};

/** What has a scope of its own on each level. */
export const scopes: Readonly<Record<string, Shape>> = {
  arrows: (depth) =>
    durable(
      `const g: any = ${'async () => ('.repeat(depth)}f(x)${')'.repeat(depth)}; return typeof (await g());`,
    ),
  'arrows with blocks': (depth) =>
    durable(
      `return await (${'async (): Promise<any> => { return await ('.repeat(depth)}() => f(x)${')(); }'.repeat(depth)})();`,
    ),
  functions: (depth) =>
    durable(
      `${'return await g(); async function g(): Promise<any> {'.repeat(depth)} return await f(x); ${'}'.repeat(depth)}`,
    ),
  classes: (depth) =>
    durable(
      `${'return await new (class { async m(): Promise<any> { '.repeat(depth)} return await f(x); ${'} })().m();'.repeat(depth)}`,
    ),
};
