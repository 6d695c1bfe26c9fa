import type { Idiom } from './idioms.ts';

/** Something that happens between the call of a step and its outcome, and changes what the step was given. */
const later = (changes: readonly string[], s: { readonly a: number; readonly b: number }): string =>
  changes[(s.a + s.b) % changes.length]!;

/** A step sees what it was given at its call, also when it is called again after a crash. */
export const GIVEN: Readonly<Record<string, Idiom>> = {
  givenList: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = [${value}];`,
      `const ${name}p = publish(${name}, ${ctx.ms()})${s.b % 2 === 0 ? '' : '.then((text) => text.length)'};`,
      later(
        [
          `${name}.push(${s.a});`,
          `${name}.length = 0;`,
          `${name}[0]! += await quick(${s.b});`,
          `${name}.reverse().push(await quick(${s.a}));`,
        ],
        s,
      ),
      ctx.show(`String(await ${name}p).length * 10 + ${name}.length`),
    ],
  },
  givenObject: {
    steps: 3,
    lines: (ctx, s, name, value) => [
      `const ${name} = { n: ${value}, tags: new Set(['new']), inner: { list: [${s.a}] as number[] } };`,
      `const ${name}p = publish(${name}, ${ctx.ms()});`,
      `const ${name}q = publish({ ...${name}, tags: ${name}.tags.size, last: ${name}.inner }, ${ctx.ms()});`,
      `${name}.n += await quick(${s.b});`,
      later(
        [
          `${name}.tags.add('late');`,
          `${name}.inner.list.push(${name}.n);`,
          `${name}.inner = { list: [] };`,
          `delete (${name} as { n?: number }).n;`,
        ],
        s,
      ),
      ctx.show(`(await ${name}p).length * 100 + (await ${name}q).length`),
    ],
  },
  capturedBySteps: {
    steps: 3,
    lines: (ctx, s, name, value) => [
      `let ${name} = ${value};`,
      `const ${name}list = [${s.a}];`,
      `const ${name}p = step(${s.a % 2 === 0 ? "'publish', " : ''}() => publish(${s.b % 2 === 0 ? name : `[${name}, ${name}list]`}, ${ctx.ms()}));`,
      later(
        [`${name}++;`, `${name} = await quick(${s.b});`, `${name} += await get(${s.a}, ${ctx.ms()});`],
        s,
      ),
      `${name}list.push(${name});`,
      ctx.show(`(await ${name}p).length * 10 + ${name}`),
      ctx.show(`(await step(() => publish([${name}, ${name}list], ${ctx.ms()}))).length`),
    ],
  },
  givenReceiver: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const ${name} = { n: ${value}, save(ms: number) { return publish(this.n, ms); } };`,
      `const ${name}p = ${s.b % 2 === 0 ? `${name}.save(${ctx.ms()})` : `save.call(${name}, ${ctx.ms()})`};`,
      s.a % 2 === 0 ? `${name}.n += await quick(${s.a});` : `${name}.n++;`,
      ctx.show(`(await ${name}p).length * 10 + ${name}.n`),
    ],
  },
  /** Branches that share a list, and give it to steps as it grows. */
  givenByBranches: {
    steps: 4,
    lines: (ctx, s, name, value) => [
      `const ${name}: number[] = [];`,
      `const ${name}all = await Promise.all([${value}, ${s.a}].map(async (n, index) => {`,
      `${name}.push(await get(n, index === 0 ? ${ctx.ms()} : ${100_000}));`,
      `return await publish(${s.b % 2 === 0 ? name : `{ list: ${name}, index }`}, index === 0 ? ${200_000} : ${ctx.ms()});`,
      '}));',
      ctx.show(`${name}all.join().length`),
    ],
  },
};
