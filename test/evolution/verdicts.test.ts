import { describe, expect, it } from 'vitest';
import { type Edit, judge, type KnownCode } from '../../runtime/functions/edits.ts';
import { knownCodeOf } from '../support/known-code.ts';
import { sourceOf } from './deploy.ts';

const codeOf = (body: string): KnownCode => knownCodeOf(sourceOf('edited', body)).get('edited')!;

const FIRST_LINE =
  sourceOf('edited', 'await')
    .split('\n')
    .findIndex((line) => line.includes('await')) + 1;
/** Lines of the body, the first is 1. */
const shown = ({ kind, verdict, what, old, now, reached }: Edit) =>
  [
    `${kind} ${what} ${verdict}`,
    old && old.line - FIRST_LINE + 1,
    now && now.line - FIRST_LINE + 1,
    reached.join(' '),
  ] as const;

const editsOf = (before: string, after: string) => judge(codeOf(before), codeOf(after)).edits.map(shown);

describe('an edit is told with both places and the calls behind it', () => {
  it('of calls that are added, removed and moved', () => {
    expect(
      editsOf(
        'await reserve(n);\nawait pay(n);\nawait sleep(1);\nreturn 1;',
        'await reserve(n);\nawait sleep(1);\nawait pay(n);\nawait ship(n);\nreturn 1;',
      ),
    ).toEqual([
      ['moved pay passed', 2, 3, 'pay sleep'],
      ['added ship free', undefined, 4, ''],
    ]);
    expect(editsOf('await reserve(n);\nawait pay(n);', 'await reserve(n);')).toEqual([
      ['removed pay passed', 2, undefined, 'pay'],
    ]);
  });

  it('of a condition', () => {
    expect(
      editsOf(
        'await reserve(n);\nif (n > 1)\n  await pay(n);\nawait sleep(1);',
        'await reserve(n);\n\nif (n > 2)\n  await pay(n);\nawait sleep(1);',
      ),
    ).toEqual([['decision if passed', 2, 3, 'pay sleep']]);
  });

  it('of calls of one name once, where it is not certain which is which', () => {
    expect(
      editsOf(
        "await say('a');\nawait pay(n);\nawait say('b');\nawait sleep(1);",
        "await say('0');\nawait say('a');\nawait pay(n);\nawait say('b');\nawait sleep(1);",
      ),
    ).toEqual([['uncertain say breaking', 1, 1, 'say pay say#2 sleep']]);
  });

  it('of arguments, which are free', () => {
    expect(editsOf('await pay(n);\nawait sleep(1);', 'await pay(n + 1);\nawait sleep(1);')).toEqual([
      ['arguments pay free', 1, 1, ''],
    ]);
  });

  it('in a loop, which leads back to what comes before', () => {
    expect(
      editsOf(
        "await reserve(n);\nfor (const x of ['p']) {\n  await say(x);\n  await pay(x);\n}\nawait sleep(1);",
        "await reserve(n);\nfor (const x of ['p']) {\n  await say(x);\n  await ship(x);\n  await pay(x);\n}\nawait sleep(1);",
      ),
    ).toEqual([['added ship passed', undefined, 4, 'say pay sleep']]);
  });

  it('in a closure, which may be called from where it is named', () => {
    expect(
      editsOf(
        'await reserve(n);\nconst go = async () => await pay(n);\nawait ship(n);\nawait go();',
        'await reserve(n);\nconst go = async () => { await say(n); return await pay(n); };\nawait ship(n);\nawait go();',
      ),
    ).toEqual([['added say passed', undefined, 2, 'pay ship']]);
  });

  it('of a call whose arguments may change while it is under way', () => {
    const body =
      'const list = [n];\nconst p = reserve(list);\nlist.push(2);\nawait pay(n);\nreturn [await p];';
    expect(editsOf(body, body.replace('return [await p]', 'return { p: await p }'))).toEqual([
      ['drifting reserve breaking', 2, 2, 'reserve pay'],
    ]);
  });

  it('where the source of one side is not at hand: not free, whatever manifests say', () => {
    const { course: _, ...old } = codeOf('await reserve(n);\nawait pay(n);');
    const { edits, verdict } = judge(old, codeOf('await reserve(n);\nif (n) await pay(n);'));
    expect(verdict).toBe('breaking');
    expect(edits.map(({ kind }) => kind)).toContain('unknown');
  });

  it('of a function that is gone', () => {
    expect(judge(codeOf('await reserve(n);'), undefined)).toMatchObject({
      fn: 'edited',
      verdict: 'breaking',
      edits: [{ kind: 'gone', reached: ['reserve'] }],
    });
  });
});

describe('what decides nothing is no edit', () => {
  const BEFORE = `
    const order = { n, tags: ['a'] };
    const total = order.n * 2;
    const list = [];
    let told = 0;
    if (order.n > 5) await ship(order);
    for (const tag of order.tags) list.push(await say(tag));
    told += list.length;
    await sleep(1);
    const after = await pay(total);
    return { after, told };`;
  const SAME: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a value that only steps get': ['order.n * 2', 'order.n * 3 + 1'],
    'a counter that is only returned': ['told += list.length', 'told += 2 * list.length'],
    'what is returned': ['{ after, told }', '{ after, total, order }'],
    'a line of a logger': ['await sleep(1);', "console.info('waits', order); await sleep(1);"],
    'a copy': ['await sleep(1);', 'const copy = [...list]; void copy; await sleep(1);'],
  };
  for (const [what, [from, to]] of Object.entries(SAME))
    it(what, () => {
      expect(BEFORE).toContain(from);
      expect(judge(codeOf(BEFORE), codeOf(BEFORE.replace(from, to))).verdict).toBe('free');
    });

  const OTHER: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a property that a condition reads': ['await sleep(1);', 'order.n = 7; await sleep(1);'],
    'the object that a condition reads': ['{ n, tags', '{ n: n + 1, tags'],
    'the list of a loop': ["tags: ['a']", "tags: ['b']"],
    'a list by another name': [
      'const list = [];',
      "const { tags } = order; tags.push('z'); const list = [];",
    ],
    'a function that may throw': ['await sleep(1);', 'check(total); await sleep(1);'],
  };
  for (const [what, [from, to]] of Object.entries(OTHER))
    it(`unlike ${what}`, () => {
      expect(BEFORE).toContain(from);
      expect(judge(codeOf(BEFORE), codeOf(BEFORE.replace(from, to))).verdict).not.toBe('free');
    });
});

describe('code that decides from a distance is no free edit', () => {
  const AFTER = 'await sleep(1);';
  const EDITS: Readonly<Record<string, readonly [before: string, after: string]>> = {
    'a call as the default of what is caught': [
      `try { await say(1); } catch ({ code }) { await pay(code); } ${AFTER}`,
      `try { await say(1); } catch ({ code = await reserve(1) }) { await pay(code); } ${AFTER}`,
    ],
    'a call as the default in a parameter of a closure': [
      `const f = async ({ a }: any) => { await pay(a); }; await f({}); ${AFTER}`,
      `const f = async ({ a = await reserve(1) }: any) => { await pay(a); }; await f({}); ${AFTER}`,
    ],
    'how many calls are under way at a time': [
      `await pMap([1, 2], async (x) => { await pay(x); }, { concurrency: 2 }); ${AFTER}`,
      `await pMap([1, 2], async (x) => { await pay(x); }, { concurrency: 1 }); ${AFTER}`,
    ],
    'what a closure gets by `call`': [
      `const f = async (x: number) => { if (x > 1) await pay(x); }; await f.call(null, 1); ${AFTER}`,
      `const f = async (x: number) => { if (x > 1) await pay(x); }; await f.call(null, 2); ${AFTER}`,
    ],
    'a helper that a class inherits': [
      `class B { ok(x: number) { return x > 0; } } class A extends B {} if (new A().ok(n)) await pay(n); ${AFTER}`,
      `class B { ok(x: number) { return x > 1; } } class A extends B {} if (new A().ok(n)) await pay(n); ${AFTER}`,
    ],
    'a helper in an object': [
      `const f = (x: number) => x > 0; const o = { f }; if (o.f(n)) await pay(n); ${AFTER}`,
      `const f = (x: number) => x > 1; const o = { f }; if (o.f(n)) await pay(n); ${AFTER}`,
    ],
    'a helper that calls itself': [
      `const f = (x: number): number => (x > 3 ? x : f(x + 1)); if (f(n) > 4) await pay(n); ${AFTER}`,
      `const f = (x: number): number => (x > 3 ? x : f(x + 2)); if (f(n) > 4) await pay(n); ${AFTER}`,
    ],
    'a generator that a loop goes through': [
      `function* g() { yield 1; } for (const x of g()) await pay(x); ${AFTER}`,
      `function* g() { yield 1; yield 2; } for (const x of g()) await pay(x); ${AFTER}`,
    ],
  };
  for (const [what, [before, after]] of Object.entries(EDITS))
    it(what, () => expect(judge(codeOf(before), codeOf(after)).verdict).not.toBe('free'));
});

describe('chance', () => {
  const FREE = 'free';
  const verdictOf = (before: string, after: string): string => judge(codeOf(before), codeOf(after)).verdict;
  const DRAWN = 'const a = await reserve(n); if (Math.random() > 0.5) await pay(a); await sleep(1);';
  const TIMED =
    'const at = Date.now(); const a = await reserve(n); if (Date.now() - at > 5) await pay(a); await sleep(1);';

  it('another draw before one that decides is no free edit', () => {
    expect(verdictOf(DRAWN, `const id = crypto.randomUUID(); void id; ${DRAWN}`)).not.toBe(FREE);
    expect(verdictOf(DRAWN, `const id = n + 1; void id; ${DRAWN}`)).toBe(FREE);
  });

  it('nor is a moment that is read behind a step instead of before it', () => {
    const moved = TIMED.replace(
      'const at = Date.now(); const a = await reserve(n);',
      'const a = await reserve(n); const at = Date.now();',
    );
    expect(verdictOf(TIMED, moved)).not.toBe(FREE);
    expect(verdictOf(TIMED, TIMED.replace('await sleep(1)', 'console.debug(at); await sleep(1)'))).toBe(FREE);
  });
});
