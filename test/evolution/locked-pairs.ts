/** Edits that a lock is for: what comes of runs with it, and whether without it runs are parked. */
import type { Pair } from './pairs.ts';

export interface LockedPair extends Pair {
  /** Behind the function, after the edit. */
  readonly around?: string;
}

const pair = (
  edit: string,
  verdict: Pair['verdict'],
  before: string,
  after: string,
  around?: string,
): LockedPair => ({ edit, verdict, before, after, ...(around !== undefined && { around }) });

const TWO = `const one = await say('one'); const two = await say('two'); await sleep('1ms'); return [one, two];`;
const MAPS = `
  const a = await Promise.all(['p', 'q'].map(async (x) => await say(x, 'first')));
  const b = await Promise.all(['u', 'v'].map(async (y) => await say(y, 'second')));
  await sleep('1ms');
  return [a, b, await say('end')];`;

export const LOCKED_PAIRS: readonly LockedPair[] = [
  // Names
  pair(
    'an import gets an alias',
    'free',
    TWO,
    TWO.replaceAll('say(', 'tell('),
    "import { say as tell } from '../../evolution/services.ts';",
  ),
  pair(
    'an import gets an alias that another call has',
    'free',
    `const one = await say('one'); const two = await pay('two'); await sleep('1ms'); return [one, two];`,
    `const one = await reserve2('one'); const two = await say2('two'); await sleep('1ms'); return [one, two];`,
    "import { pay as say2, say as reserve2 } from '../../evolution/services.ts';",
  ),
  pair(
    'a variable with methods is renamed',
    'free',
    `const client = api; const one = await client.add(1); await sleep('1ms'); return [one, await client.add(2)];`,
    `const c = api; const one = await c.add(1); await sleep('1ms'); return [one, await c.add(2)];`,
  ),
  pair(
    'a closure that is called is renamed',
    'free',
    `const go = async (x) => await say(x); const one = await go('one'); const two = await go('two'); await sleep('1ms'); return [one, two];`,
    `const run = async (y) => await say(y); const one = await run('one'); const two = await run('two'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a function of the function is renamed',
    'free',
    `async function go(x) { return await say(x); } const one = await go('one'); await sleep('1ms'); return one;`,
    `async function run(x) { return await say(x); } const one = await run('one'); await sleep('1ms'); return one;`,
  ),
  pair(
    'a closure is renamed and its code is edited',
    'free',
    `const go = async (x) => await say(x); const one = await go('one'); await sleep('1ms'); return one;`,
    `const run = async (x) => { console.debug(x); return await say(x); }; const one = await run('one'); await sleep('1ms'); return one;`,
  ),
  pair(
    'a method of an object of the function is renamed',
    'free',
    `const tools = { go: async (x) => await say(x) }; const one = await tools.go('one'); await sleep('1ms'); return one;`,
    `const tools = { run: async (x) => await say(x) }; const one = await tools.run('one'); await sleep('1ms'); return one;`,
  ),
  // Callbacks
  pair(
    'a callback gets a name',
    'free',
    MAPS,
    MAPS.replace("async (x) => await say(x, 'first')", 'each').replace(
      'const a =',
      "const each = async (x) => await say(x, 'first'); const a =",
    ),
  ),
  pair(
    'both callbacks get names',
    'free',
    MAPS,
    `const f = async (x) => await say(x, 'first'); const g = async (y) => await say(y, 'second');
     const a = await Promise.all(['p', 'q'].map(f)); const b = await Promise.all(['u', 'v'].map(g));
     await sleep('1ms'); return [a, b, await say('end')];`,
  ),
  pair(
    'lists become constants before their map',
    'free',
    MAPS,
    MAPS.replace("['p', 'q']", 'ps')
      .replace("['u', 'v']", 'us')
      .replace('const a =', "const ps = ['p', 'q']; const us = ['u', 'v']; const a ="),
  ),
  pair(
    'closures are declared in another order',
    'free',
    `const f = async (x) => await say(x, 'f'); const g = async (x) => await say(x, 'g'); const one = await f(1); const two = await g(2); await sleep('1ms'); return [one, two];`,
    `const g = async (x) => await say(x, 'g'); const f = async (x) => await say(x, 'f'); const one = await f(1); const two = await g(2); await sleep('1ms'); return [one, two];`,
  ),
  // Calls of one name
  pair(
    'a call of the name is inserted before the others, where no run comes',
    'free',
    TWO,
    `if (n > 5) await say('rare'); ${TWO}`,
  ),
  pair(
    'a call of the name is inserted between the others, where no run comes',
    'free',
    TWO,
    TWO.replace('const two', "if (n > 5) await say('rare'); const two"),
  ),
  pair(
    'a call of the name is inserted into a catch clause before the others',
    'free',
    TWO,
    `try { void 0; } catch { await say('failed'); } ${TWO}`,
  ),
  pair(
    'a call of the name is inserted into a loop, where no run comes',
    'free',
    `const out = []; for (const x of ['p', 'q']) { out.push(await say(x)); } await sleep('1ms'); return [out, await say('end')];`,
    `const out = []; for (const x of ['p', 'q']) { if (n > 5) await say('rare'); out.push(await say(x)); } await sleep('1ms'); return [out, await say('end')];`,
  ),
  pair(
    'a call of the name is removed where no run comes',
    'free',
    `if (n > 5) await say('rare'); ${TWO}`,
    TWO,
  ),
  pair(
    'a call of a name that occurs later is inserted where no run comes',
    'free',
    `const a = await reserve(n); await sleep('1ms'); return [a, await pay(1), await pay(2)];`,
    `const a = await reserve(n); if (n > 5) await pay(0); await sleep('1ms'); return [a, await pay(1), await pay(2)];`,
  ),
  pair(
    'the branches of an if are exchanged',
    'free',
    `let a; if (n > 0) a = await say('more'); else a = await say('less'); await sleep('1ms'); return a;`,
    `let a; if (n <= 0) a = await say('less'); else a = await say('more'); await sleep('1ms'); return a;`,
  ),
  pair(
    'the elements of a list of calls of one name are exchanged',
    'free',
    `const [one, two] = await Promise.all([say('one'), say('two')]); await sleep('1ms'); return [one, two];`,
    `const [two, one] = await Promise.all([say('two'), say('one')]); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a combinator is inserted before another, where no run comes',
    'free',
    `const all = await Promise.all([say('one'), pay('two')]); await sleep('1ms'); return all;`,
    `if (n > 5) await Promise.all([say('rare'), pay('rare')]); const all = await Promise.all([say('one'), pay('two')]); await sleep('1ms'); return all;`,
  ),
  pair(
    'a sleep is inserted before another, where no run comes',
    'free',
    TWO,
    `if (n > 5) await sleep('1s'); ${TWO}`,
  ),
  pair(
    'an argument is changed, and a call of the name is inserted where no run comes',
    'kept',
    `const one = await say('one'); await pay(one); const two = await say('two'); await sleep('1ms'); return two;`,
    `const one = await say('uno'); await pay(one); if (n > 5) { await reserve(0); await say('rare'); } const two = await say('two'); await sleep('1ms'); return two;`,
  ),
  pair(
    'calls that use the results of calls of their name get another before them',
    'free',
    `const a = await say('a'); const b = await say('b'); const c = await say(a, b); const d = await say(c, a); await sleep('1ms'); return d;`,
    `if (n > 5) await say('rare'); const a = await say('a'); const b = await say('b'); const c = await say(a, b); if (n > 5) await say(c); const d = await say(c, a); await sleep('1ms'); return d;`,
  ),
  pair(
    'the only other branch of since is removed',
    'kept',
    `const a = await reserve(n); if (since('better')) await say('new'); else await say('old'); await sleep('1ms'); return a;`,
    `const a = await reserve(n); await say('new'); await sleep('1ms'); return a;`,
  ),
  // Runs that stand behind the edit can't go on, whatever the ids are.
  pair(
    'two calls of a name, one behind the other, are exchanged',
    'parks',
    TWO,
    `
    const two = await say('two'); const one = await say('one'); await sleep('1ms'); return [one, two];`,
  ),
  pair('a call of the name comes before the others', 'parks', TWO, `await say('zero'); ${TWO}`),
  pair(
    'a call of the name comes between the others',
    'parks',
    TWO,
    TWO.replace('const two', "await say('x'); const two"),
  ),
  pair(
    'a call of the name is removed',
    'parks',
    TWO,
    TWO.replace("const one = await say('one');", 'const one = 1;'),
  ),
  pair(
    'both arguments of adjacent calls of a name are changed',
    'parks',
    TWO,
    TWO.replace("'one'", "'uno'").replace("'two'", "'due'"),
  ),
  pair(
    'two calls of a closure are exchanged',
    'parks',
    `const go = async (x) => await say(x); const one = await go('one'); const two = await go('two'); await sleep('1ms'); return [one, two];`,
    `const go = async (x) => await say(x); const two = await go('two'); const one = await go('one'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a call moves into a closure',
    'parks',
    `const a = await reserve(n); await sleep('1ms'); return a;`,
    `const first = async () => await reserve(n); const a = await first(); await sleep('1ms'); return a;`,
  ),
];
