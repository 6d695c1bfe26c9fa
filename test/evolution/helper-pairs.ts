import type { Pair } from './pairs.ts';

const pair = (edit: string, verdict: Pair['verdict'], before: string, after: string): Pair => ({
  edit,
  verdict,
  before,
  after,
});

/** What calls, and what runs that come by find. */
const decided = (before: string, test: string): string =>
  `${before} const a = await reserve(n); if (${test}) await pay(a); await sleep('1ms'); return a;`;

/** Edits of code that decides something from a distance: helpers, heads of loops without calls, and the defaults of patterns. */
export const HELPER_PAIRS: readonly Pair[] = [
  pair(
    'a helper in a condition',
    'parks',
    decided('const isLarge = (x: number) => x > 0;', 'isLarge(n)'),
    decided('const isLarge = (x: number) => x > 1;', 'isLarge(n)'),
  ),
  pair(
    'a helper of the helper in a condition',
    'parks',
    decided('const isMore = (x: number) => x > 0; const isLarge = (x: number) => isMore(x);', 'isLarge(n)'),
    decided('const isMore = (x: number) => x > 1; const isLarge = (x: number) => isMore(x);', 'isLarge(n)'),
  ),
  pair(
    'a helper that is declared behind all calls',
    'parks',
    `const a = await reserve(n); if (isLarge(n)) await pay(a); await sleep('1ms'); return a; function isLarge(x: number) { return x > 0; }`,
    `const a = await reserve(n); if (isLarge(n)) await pay(a); await sleep('1ms'); return a; function isLarge(x: number) { return x > 1; }`,
  ),
  pair(
    'a variable that a helper in a condition reads',
    'parks',
    decided('let most = 5; function isLarge(x: number) { return x > most; } most = 0;', 'isLarge(n)'),
    decided('let most = 5; function isLarge(x: number) { return x > most; } most = 1;', 'isLarge(n)'),
  ),
  pair(
    'a method of a class of the function',
    'parks',
    decided(
      'class Limit { allows(x: number) { return x > 0; } } const limit = new Limit();',
      'limit.allows(n)',
    ),
    decided(
      'class Limit { allows(x: number) { return x > 1; } } const limit = new Limit();',
      'limit.allows(n)',
    ),
  ),
  pair(
    'a static field of a class of the function',
    'parks',
    decided('class Limit { static least = 0; }', 'n > Limit.least'),
    decided('class Limit { static least = 1; }', 'n > Limit.least'),
  ),
  pair(
    'a list for which a helper counts',
    'parks',
    decided('let count = 0; const add = () => { count++; }; [1].forEach(add);', 'count > 1'),
    decided('let count = 0; const add = () => { count++; }; [1, 2].forEach(add);', 'count > 1'),
  ),
  pair(
    'a helper that nothing uses',
    'free',
    decided('const isLarge = (x: number) => x > 0; void isLarge;', 'n > 0'),
    decided('const isLarge = (x: number) => x > 1; void isLarge;', 'n > 0'),
  ),
  pair(
    'the head of a loop without a body',
    'parks',
    decided('let count = 0; while (count++ < 3) {}', 'count > 4'),
    decided('let count = 0; while (count++ < 5) {}', 'count > 4'),
  ),
  pair(
    'the head of a loop whose counter nothing reads',
    'free',
    decided('let count = 0; while (count++ < 3) {}', 'n > 0'),
    decided('let count = 0; while (count++ < 5) {}', 'n > 0'),
  ),
  pair(
    'a loop that assigns a variable',
    'parks',
    decided('let last = 0; for (last of [1, 2]) {}', 'last > 2'),
    decided('let last = 0; for (last of [1, 2, 3]) {}', 'last > 2'),
  ),
  pair(
    'what a switch without calls changes',
    'parks',
    decided('let count = n; switch (count++) { case 9: break; }', 'count > 2'),
    decided('let count = n; switch ((count += 5)) { case 9: break; }', 'count > 2'),
  ),
  pair(
    'a call as the default of a property',
    'parks',
    `const o: any = {}; const { id } = o; const a = await pay(n); await sleep('1ms'); return [a, id];`,
    `const o: any = {}; const { id = await reserve(n) } = o; const a = await pay(n); await sleep('1ms'); return [a, id];`,
  ),
  pair(
    'a call as the default of an element',
    'parks',
    `const list: any[] = []; const [id] = list; const a = await pay(n); await sleep('1ms'); return [a, id];`,
    `const list: any[] = []; const [id = await reserve(n)] = list; const a = await pay(n); await sleep('1ms'); return [a, id];`,
  ),
  pair(
    'a call as the default of an item of a loop',
    'parks',
    `const list: any[] = [{}]; for (const { id } of list) await pay(n); await sleep('1ms'); return 1;`,
    `const list: any[] = [{}]; for (const { id = await reserve(n) } of list) await pay(n); await sleep('1ms'); return 1;`,
  ),
  pair(
    'a value for which the default does not come',
    'parks',
    `let id: any; ({ id = await reserve(n) } = {} as any); const a = await pay(n); await sleep('1ms'); return [a, id];`,
    `let id: any; ({ id = await reserve(n) } = { id: 1 } as any); const a = await pay(n); await sleep('1ms'); return [a, id];`,
  ),
  pair(
    'a list that is spread into the arguments of a closure',
    'parks',
    `const twice = async (x: number, y = 0) => { if (y > 0) await say(x); }; await reserve(n); await twice(...([1] as const)); await pay(n); await sleep('1ms'); return 1;`,
    `const twice = async (x: number, y = 0) => { if (y > 0) await say(x); }; await reserve(n); await twice(...([1, 2] as const)); await pay(n); await sleep('1ms'); return 1;`,
  ),
];
