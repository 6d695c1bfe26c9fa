import type { Idiom } from './idioms.ts';

/** Ways of functions and promises from where they are made to where they are used. */
export const FLOWS: Readonly<Record<string, Idiom>> = {
  alias: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = ${s.a % 2 === 0 ? 'get' : `${value} % 2 === 0 ? get : async (n: number, ms = 1) => (await quick(n)) + ms`};`,
      `const ${name}p = ${name}(${value}, ${ctx.ms()});`,
      ctx.show(`(await ${name}(${s.b}, 1)) * 10 + (await ${name}p)`),
    ],
  },
  chosen: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = async (n: number) => (await get(n, ${ctx.ms()})) + 1;`,
      ctx.show(
        `(await (${value} % 2 === 0 ? ${name} : quick)(${s.a})) * 10 + (await (${s.b % 2 === 0 ? 'api.maybe' : name} ?? quick)(${s.b}))`,
      ),
    ],
  },
  table: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `let ${name}calls = 0;`,
      `const ${name} = {\nquick,\nown: async (n: number) => {\n${name}calls++;\nreturn await get(n, ${ctx.ms()});\n},\n};`,
      `for (const key of ['quick', 'own'] as const) ${ctx.show(`await ${name}[key](${value})`)}`,
      s.a % 2 === 0 ? ctx.show(`${name}calls`) : '',
    ],
  },
  reassigned: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `let ${name}: (n: number) => Promise<number> = quick;`,
      ctx.show(`await ${name}(${value})`),
      `${name} = async (n) => n + (await get(${s.a}, ${ctx.ms()}));`,
      ctx.show(`await ${name}(${value})`),
    ],
  },
  starter: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = (n: number) => get(n, ${ctx.ms()});`,
      `const ${name}p = ${name}(${value});`,
      ctx.show(`await ${name}(${s.a})`),
      ctx.show(`await ${name}p`),
    ],
  },
  starterOfMany: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = (n: number) => ({ list: [get(n, ${ctx.ms()})], p: quick(${s.a}) });`,
      `const { list: ${name}list, p: ${name}p } = ${name}(${value});`,
      ctx.show(`(await Promise.all(${name}list))[0]! * 10 + (await ${name}p)`),
    ],
  },
  field: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `class ${name}C {`,
      '#p: Promise<number> | undefined;',
      'readonly q: Promise<number>;',
      'n = 0;',
      `constructor(n: number) {\nthis.q = quick(n);\n}`,
      `get(n: number): Promise<number> {\nthis.#p ??= get(n, ${ctx.ms()});\nreturn this.#p;\n}`,
      `run = async (n: number): Promise<number> => {\nthis.n += await this.get(n);\nreturn this.n + (await this.q);\n};`,
      '}',
      `const ${name} = new ${name}C(${value});`,
      ctx.show(`(await ${name}.run(${s.a})) * 10 + (await ${name}.run(1))`),
    ],
  },
  nestedLists: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const [[${name}p], { q: ${name}q }] = [[get(${value}, ${ctx.ms()})], { q: quick(${s.a}) }] as const;`,
      ctx.show(`(await ${name}p) * 10 + (await ${name}q)`),
    ],
  },
  setOfPromises: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = new Set<Promise<number>>();`,
      `${name}.add(get(${value}, ${ctx.ms()})).add(quick(${s.a}));`,
      s.b % 2 === 0
        ? `for (const p of ${name}) ${ctx.show('await p')}`
        : ctx.show(`(await Promise.all([...${name}, ${s.a}])).reduce((n, m) => n * 10 + m, 0)`),
    ],
  },
  thenByName: {
    steps: 3,
    lines: (ctx, s, name, value) => [
      `const ${name} = async (n: number) => n + (await get(n, ${ctx.ms()}));`,
      `const ${name}p = quick(${value}).then(${s.a % 2 === 0 ? name : 'quick'}).then((v) => quick(v));`,
      ctx.show(`await ${name}p`),
    ],
  },
  thenOfAll: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `let ${name} = 0;`,
      `await Promise.all([get(${value}, ${ctx.ms()}), quick(${s.a})]).then(([p, q]) => {\n${name} = p! * 10 + q!;\n});`,
      ctx.show(name),
    ],
  },
  resolvedThen: {
    steps: 1,
    lines: (ctx, _s, name, value) => [
      `const ${name} = await Promise.resolve(${value}).then((n) => get(n, ${ctx.ms()}));`,
      ctx.show(name),
    ],
  },
  catchingThen: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = risky(${value}, ${ctx.ms()}).catch(async (error: Failure) => error.code + (await quick(${s.a})));`,
      ctx.show(`await ${name}`),
    ],
  },
  inTest: {
    steps: 3,
    alone: true,
    lines: (ctx, s, name, value) => [
      `let ${name} = ${value};`,
      `for (let i = 0; i < 2 && (${name} = await get(${name}, ${ctx.ms()})) > ${s.a % 4}; i++) ${name} += 2;`,
      ctx.show(name),
    ],
  },
  literals: {
    steps: 3,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = { ...(await load(${value}, ${ctx.ms()})), [\`k\${await quick(${s.a})}\`]: [...(await items(${s.b}, ${ctx.ms()}))] };`,
      ctx.show(`${name}.id + Object.keys(${name}).length * 10`),
    ],
  },
  logicalAssignment: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name}: { p?: number; q: number } = { q: ${value} };`,
      `${name}.p ??= await get(${s.a}, ${ctx.ms()});`,
      `${name}.q &&= await quick(${s.b});`,
      ctx.show(`${name}.p * 10 + ${name}.q`),
    ],
  },
  fromHelper: {
    steps: 1,
    lines: (ctx, _s, name, value) => [
      `const ${name} = await Promise.all([...'ab'].flatMap((_, i) => (i === 0 ? [get(${value}, ${ctx.ms()})] : [])));`,
      ctx.show(`${name}[0]!`),
    ],
  },
  overFunctions: {
    steps: 2,
    alone: true,
    lines: (ctx, _s, name, value) => [
      `for (const ${name} of [get, quick, async (n: number) => n]) ${ctx.show(`await ${name}(${value})`)}`,
    ],
  },
  factory: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `const ${name} = async (m: number) => {\nconst first = await get(m, ${ctx.ms()});\nreturn { next: async (n: number) => first + (await quick(n)), peek: () => first };\n};`,
      `const { next: ${name}next, peek: ${name}peek } = await ${name}(${value});`,
      ctx.show(`(await ${name}next(${s.a})) * 10 + ${name}peek()`),
    ],
  },
  inherits: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      `class ${name}B {\nasync go(n: number): Promise<number> {\nreturn get(n, ${ctx.ms()});\n}\n}`,
      `class ${name}C extends ${name}B {\ncalls = 0;\noverride async go(n: number): Promise<number> {\nthis.calls++;\nreturn (await super.go(n)) + (await quick(this.calls));\n}\n}`,
      ctx.show(`await new ${name}C().go(${value} + ${s.a})`),
    ],
  },
  memo: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = new Map<number, Promise<number>>();`,
      `const ${name}of = (n: number): Promise<number> => {\nlet p = ${name}.get(n);\nif (!p) {\np = get(n, ${ctx.ms()});\n${name}.set(n, p);\n}\nreturn p;\n};`,
      ctx.show(
        `(await ${name}of(${value})) * 100 + (await ${name}of(${value})) * 10 + (await ${name}of(${s.a}))`,
      ),
    ],
  },
  serial: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `let ${name}: Promise<unknown> = Promise.resolve();`,
      `const ${name}lock = <T>(fn: () => Promise<T>): Promise<T> => {\nconst turn = ${name}.then(fn);\n${name} = turn.catch(() => {});\nreturn turn;\n};`,
      ctx.show(
        `(await Promise.all([${name}lock(() => get(${value}, ${ctx.ms()})), ${name}lock(async () => (await quick(${s.a})) * 2)])).reduce((n, m) => n * 10 + m)`,
      ),
    ],
  },
  syncForeign: {
    steps: 1,
    lines: (ctx, _s, name, value) => [
      `const ${name} = apply((n) => get(n, ${ctx.ms()}), ${value});`,
      ctx.show(`await ${name}`),
    ],
  },
};
