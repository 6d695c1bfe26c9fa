/** Edits of a durable function while its runs are under way: the code before, the code after, and what is to come of it. */

export interface Pair {
  readonly edit: string;
  readonly before: string;
  readonly after: string;
  /**
   * - `free`: every run goes on, and ends as one of the new code would;
   * - `kept`: every run goes on; where arguments were changed, outcomes stay those of the old calls;
   * - `parks`: runs that have passed the edit are parked; those that haven't go on as runs of the new code.
   */
  readonly verdict: 'free' | 'kept' | 'parks';
}

const PROGRAM = `
  const a = await reserve(n);
  const list = [];
  for (const x of ['p', 'q']) {
    list.push(await say(x, 'first'));
    list.push(await api.add(x));
  }
  await sleep('1ms');
  const both = await Promise.all([pay(a), ship(n)]);
  const more = await Promise.all(['u', 'v'].map(async (name) => await say(name, 'second')));
  const last = await say('end');
  return { a, list, both, more, last };`;

/** An edit of the program above: replaces one text by another, in each pair of arguments. */
const edited = (edit: string, verdict: Pair['verdict'], ...changes: readonly string[]): Pair => {
  let after = PROGRAM;
  for (let index = 0; index < changes.length; index += 2) {
    const [from = '', to = ''] = changes.slice(index, index + 2);
    if (!after.includes(from)) throw new Error(`${edit}: the program has no ${from}`);
    after = after.replaceAll(from, to);
  }
  return { edit, before: PROGRAM, after, verdict };
};

const pair = (edit: string, verdict: Pair['verdict'], before: string, after: string): Pair => ({
  edit,
  verdict,
  before,
  after,
});

export const PAIRS: readonly Pair[] = [
  // What changes no id
  edited(
    'a variable is renamed',
    'free',
    'const a =',
    'const reserved =',
    'pay(a)',
    'pay(reserved)',
    '{ a,',
    '{ a: reserved,',
  ),
  edited('the parameter of a callback is renamed', 'free', '(name)', '(who)', 'say(name,', 'say(who,'),
  edited('a part is wrapped in a block', 'free', 'const list = [];', 'const list = []; { void 0; }'),
  edited('an if stands around a part', 'free', "await sleep('1ms');", "if (n > 0) { await sleep('1ms'); }"),
  edited(
    'a try stands around a part',
    'free',
    "await sleep('1ms');",
    "try { await sleep('1ms'); } finally { void 0; }",
  ),
  edited(
    'console.log is added',
    'free',
    "await sleep('1ms');",
    "await sleep('1ms'); console.debug('awake');",
  ),
  edited(
    'an argument becomes a constant',
    'free',
    'pay(a)',
    'pay(given)',
    'const both',
    'const given = a; const both',
  ),
  edited(
    'a promise is awaited later',
    'free',
    "const last = await say('end');",
    "const p = say('end'); const last = await p;",
  ),
  edited(
    'for-of becomes an index loop',
    'free',
    "for (const x of ['p', 'q']) {",
    "const xs = ['p', 'q']; for (let i = 0; i < xs.length; i++) { const x = xs[i];",
  ),
  edited(
    'an index loop without a name for its item',
    'free',
    "for (const x of ['p', 'q']) {",
    "const xs = ['p', 'q']; for (let i = 0; i < xs.length; i++) {",
    "say(x, 'first')",
    "say(xs[i], 'first')",
    'api.add(x)',
    'api.add(xs[i])',
  ),
  edited('a property is accessed by brackets', 'free', 'api.add(x)', "api['add'](x)"),
  edited(
    'quotes, parentheses and commas of a formatter',
    'free',
    "say('end')",
    '(say("end",))',
    '(name) =>',
    'name =>',
  ),
  edited(
    'types and comments',
    'free',
    'const list = [];',
    'const list: string[] = []; // what was said',
    'pay(a)',
    'pay(a as string)',
  ),
  edited('a longer sleep', 'kept', "sleep('1ms')", "sleep('2ms')"),
  edited('a call of the same name at the end', 'free', 'return { a,', "await say('bye'); return { a,"),
  edited('a call of another name at the end', 'free', 'return { a,', 'await pay(last); return { a,'),
  edited(
    'Promise.all becomes allSettled',
    'kept',
    'await Promise.all([pay(a), ship(n)])',
    'await Promise.allSettled([pay(a), ship(n)])',
  ),
  edited('the elements of a list are exchanged', 'free', '[pay(a), ship(n)]', '[ship(n), pay(a)]'),
  // Arguments
  edited('an argument of the only call of its name', 'kept', 'pay(a)', "pay(a, 'now')"),
  edited('an argument of one of several calls of its name', 'kept', "say('end')", "say('the end')"),
  edited(
    'arguments of two calls of a name, each at its place',
    'kept',
    "say('end')",
    "say('the end')",
    "'first'",
    "'1st'",
  ),
  // Calls of one name
  edited(
    'a call of the same name before the others',
    'parks',
    'const list = [];',
    "const list = []; await say('start');",
  ),
  edited(
    'a call of the same name between the others',
    'parks',
    "await sleep('1ms');",
    "await say('between'); await sleep('1ms');",
  ),
  edited('the first call of a name is removed', 'parks', "list.push(await say(x, 'first'));", ''),
  edited(
    'two calls of a name are exchanged',
    'parks',
    "say(x, 'first')",
    "say('end')",
    "await say('end');",
    "await say(a, 'first');",
  ),
  pair(
    'two calls of a name, one behind the other, are exchanged',
    'parks',
    `const one = await say('one'); const two = await say('two'); await sleep('1ms'); return [one, two];`,
    `const two = await say('two'); const one = await say('one'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'two calls of a name with different variables are exchanged',
    'parks',
    `const x = await reserve(1); const y = await pay(2); const one = await say(x); const two = await say(y); await sleep('1ms'); return [one, two];`,
    `const x = await reserve(1); const y = await pay(2); const two = await say(y); const one = await say(x); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'two calls of a name with another between are exchanged',
    'parks',
    `const one = await say('one'); await pay(1); const two = await say('two'); await sleep('1ms'); return [one, two];`,
    `const two = await say('two'); await pay(1); const one = await say('one'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a call of the same name with a variable is put before',
    'parks',
    `const x = await reserve(1); const y = await pay(2); const one = await say(y); await sleep('1ms'); return one;`,
    `const x = await reserve(1); const y = await pay(2); await say(x); const one = await say(y); await sleep('1ms'); return one;`,
  ),
  pair(
    'both arguments of adjacent calls of a name are changed',
    'parks',
    `const one = await say('one'); const two = await say('two'); await sleep('1ms'); return [one, two];`,
    `const one = await say('uno'); const two = await say('due'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'arguments of calls of a name in both branches',
    'kept',
    `let said; if (n > 0) said = await say('more'); else said = await say('less'); await sleep('1ms'); return said;`,
    `let said; if (n > 0) said = await say('many'); else said = await say('few'); await sleep('1ms'); return said;`,
  ),
  pair(
    'two like calls become three, before a wait',
    'parks',
    `await say('x'); await sleep('1ms'); await say('x'); return 1;`,
    `await say('x'); await say('x'); await sleep('1ms'); await say('x'); return 1;`,
  ),
  // Calls of other names
  edited(
    'a call of a new name before the wait',
    'parks',
    "await sleep('1ms');",
    "await ship(0, 'new'); await sleep('1ms');",
  ),
  edited(
    'a closure is renamed',
    'parks',
    "['u', 'v'].map(async (name) => await say(name, 'second'))",
    "['u', 'v'].map(each)",
    'const a =',
    "const each = async (name) => await say(name, 'second'); const a =",
  ),
  edited(
    'a list becomes a constant before its map',
    'parks',
    "await Promise.all(['u', 'v'].map(",
    'await Promise.all(names.map(',
    'const a =',
    "const names = ['u', 'v']; const a =",
  ),
  edited(
    'a call moves into a helper',
    'parks',
    'const a = await reserve(n);',
    'const first = async () => await reserve(n); const a = await first();',
  ),
  edited('the sleep is removed', 'parks', "await sleep('1ms');", ''),
  edited(
    'the sleep becomes another wait',
    'parks',
    "await sleep('1ms');",
    "await waitFor('go', { timeout: '1ms' }).catch(() => 0);",
  ),
  pair(
    'two calls of different names are exchanged',
    'parks',
    `const x = await reserve(1); const y = await pay(2); await sleep('1ms'); return [x, y];`,
    `const y = await pay(2); const x = await reserve(1); await sleep('1ms'); return [x, y];`,
  ),
  pair(
    'a step is put before an open sleep',
    'parks',
    `await reserve(n); await sleep('1ms'); await pay(n); return await ship(n);`,
    `await reserve(n); await ship(n); await sleep('1ms'); await pay(n); return await ship(n);`,
  ),
  pair(
    'a step is put before an open wait for a signal',
    'parks',
    `await reserve(n); await waitFor('go', { timeout: '1ms' }).catch(() => 0); await pay(n); return await ship(n);`,
    `await reserve(n); await ship(n); await waitFor('go', { timeout: '1ms' }).catch(() => 0); await pay(n); return await ship(n);`,
  ),
  pair(
    'a step moves before a wait',
    'parks',
    `await reserve(n); await sleep('1ms'); await pay(n); return await ship(n);`,
    `await reserve(n); const shipped = await ship(n); await sleep('1ms'); await pay(n); return shipped;`,
  ),
  pair(
    'a step is put before one that waits for its next attempt',
    'parks',
    `await reserve(n); const x = await retried(n); await pay(x); return x;`,
    `await reserve(n); await ship(n); const x = await retried(n); await pay(x); return x;`,
  ),
  pair(
    'a step is put before a callback',
    'parks',
    `await reserve(n); const c = await createCallback({ timeout: '1ms' }); await c.result().catch(() => 0); return await pay(n);`,
    `await reserve(n); await ship(n); const c = await createCallback({ timeout: '1ms' }); await c.result().catch(() => 0); return await pay(n);`,
  ),
  pair(
    'an await between steps is dropped',
    'free',
    `const x = reserve(1); const y = await pay(2); await x; await sleep('1ms'); return [await x, y];`,
    `const x = reserve(1); const y = await pay(2); await sleep('1ms'); return [await x, y];`,
  ),
  // Calls of one site
  pair(
    'an element is put before the others of a list',
    'parks',
    `const out = []; for (const x of ['p', 'q']) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['o', 'p', 'q']) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the elements of a list that closures map are exchanged',
    'parks',
    `const out = await Promise.all(['p', 'q'].map(async (x) => [x, await say(x)])); await sleep('1ms'); return out;`,
    `const out = await Promise.all(['q', 'p'].map(async (x) => [x, await say(x)])); await sleep('1ms'); return out;`,
  ),
  pair(
    'the elements of a list that a named function maps are exchanged',
    'parks',
    `const out = await Promise.all(['p', 'q'].map(say)); await sleep('1ms'); return out;`,
    `const out = await Promise.all(['q', 'p'].map(say)); await sleep('1ms'); return out;`,
  ),
  pair(
    'an index loop starts elsewhere',
    'parks',
    `for (let i = 0; i < 2; i++) await say(i); await sleep('1ms'); return 1;`,
    `for (let i = 1; i < 3; i++) await say(i); await sleep('1ms'); return 1;`,
  ),
  pair(
    'an element comes at the end of a list',
    'kept',
    `for (const x of ['p', 'q']) await say(x); return 1;`,
    `for (const x of ['p', 'q', 'r']) await say(x); return 1;`,
  ),
  pair(
    'two calls of a closure are exchanged',
    'parks',
    `const go = async (x) => await say(x); const one = await go('one'); const two = await go('two'); await sleep('1ms'); return [one, two];`,
    `const go = async (x) => await say(x); const two = await go('two'); const one = await go('one'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a call of a closure is put before the others',
    'parks',
    `const go = async (x) => await say(x); const one = await go('one'); await sleep('1ms'); return one;`,
    `const go = async (x) => await say(x); await go('zero'); const one = await go('one'); await sleep('1ms'); return one;`,
  ),
  pair(
    'a call of a closure comes at the end',
    'free',
    `const go = async (x) => await say(x); const one = await go('one'); await sleep('1ms'); return one;`,
    `const go = async (x) => await say(x); const one = await go('one'); await sleep('1ms'); await go('two'); return one;`,
  ),
  pair(
    'the argument of the only call of a closure',
    'kept',
    `const go = async (x) => await say(x); const one = await go('one'); await sleep('1ms'); return one;`,
    `const go = async (x) => await say(x); const one = await go('uno'); await sleep('1ms'); return one;`,
  ),
  pair(
    'the code of a closure that is called twice',
    'free',
    `const go = async (x) => await say(x); const one = await go('one'); const two = await go('two'); await sleep('1ms'); return [one, two];`,
    `const go = async (x) => { console.debug(x); return await say(x); }; const one = await go('one'); const two = await go('two'); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'the receivers of a method are exchanged',
    'parks',
    `class Of { constructor(x) { this.x = x; } async go() { return await say(this.x); } } const a = new Of('a'); const b = new Of('b'); const one = await a.go(); const two = await b.go(); await sleep('1ms'); return [one, two];`,
    `class Of { constructor(x) { this.x = x; } async go() { return await say(this.x); } } const a = new Of('a'); const b = new Of('b'); const two = await b.go(); const one = await a.go(); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a method of another object with the name of a method',
    'free',
    `class Of { async get(x) { return await say(x); } } const m = new Map(); const one = await new Of().get('one'); await sleep('1ms'); return [one, m.size];`,
    `class Of { async get(x) { return await say(x); } } const m = new Map(); m.get('x'); const one = await new Of().get('one'); await sleep('1ms'); return [one, m.size];`,
  ),
  pair(
    'what is assigned to a variable between calls is exchanged',
    'parks',
    `let x; x = 'one'; const one = await say(x); x = 'two'; const two = await say(x); await sleep('1ms'); return [one, two];`,
    `let x; x = 'two'; const two = await say(x); x = 'one'; const one = await say(x); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'what is assigned to a property between calls is exchanged',
    'parks',
    `const o = {}; o.x = 'one'; const one = await say(o.x); o.x = 'two'; const two = await say(o.x); await sleep('1ms'); return [one, two];`,
    `const o = {}; o.x = 'two'; const two = await say(o.x); o.x = 'one'; const one = await say(o.x); await sleep('1ms'); return [one, two];`,
  ),
  // Random values and times
  pair(
    'a draw is put before another',
    'parks',
    `const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `const first = crypto.randomUUID(); const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw comes behind all others',
    'free',
    `const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `const id = crypto.randomUUID(); const more = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw of the other sequence is put before',
    'free',
    `const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `const odds = Math.random(); const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw is removed',
    'parks',
    `const first = Math.random(); const odds = Math.random(); const said = await say(odds); await sleep('1ms'); return said.includes(odds);`,
    `const odds = Math.random(); const said = await say(odds); await sleep('1ms'); return said.includes(odds);`,
  ),
  pair(
    'two draws are exchanged',
    'parks',
    `const a = crypto.randomUUID(); const b = crypto.randomUUID(); const said = await say(a); await sleep('1ms'); return [said.includes(a), b.length];`,
    `const b = crypto.randomUUID(); const a = crypto.randomUUID(); const said = await say(a); await sleep('1ms'); return [said.includes(a), b.length];`,
  ),
  pair(
    'a draw in an argument, with another before',
    'parks',
    `const said = await say({ id: crypto.randomUUID(), n }); await sleep('1ms'); return said.length;`,
    `const odd = crypto.getRandomValues(new Uint8Array(4)); const said = await say({ id: crypto.randomUUID(), n }); await sleep('1ms'); return said.length;`,
  ),
  pair(
    'a longer array of random bytes before a draw',
    'parks',
    `crypto.getRandomValues(new Uint8Array(4)); const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `crypto.getRandomValues(new Uint8Array(64)); const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw at the end of a loop',
    'parks',
    `let fit = 0; for (let i = 0; i < 2; i++) { const id = crypto.randomUUID(); if ((await say(id)).includes(id)) fit++; } await sleep('1ms'); return fit;`,
    `let fit = 0; for (let i = 0; i < 2; i++) { const id = crypto.randomUUID(); if ((await say(id)).includes(id)) fit++; crypto.randomUUID(); } await sleep('1ms'); return fit;`,
  ),
  pair(
    'a draw in another closure',
    'free',
    `const go = async () => { const id = crypto.randomUUID(); return (await say(id)).includes(id); }; const one = await go(); await sleep('1ms'); return one;`,
    `const id = crypto.randomUUID(); const go = async () => { const id = crypto.randomUUID(); return (await say(id)).includes(id); }; const one = await go(); await sleep('1ms'); return one;`,
  ),
  pair(
    'a helper that draws is called before',
    'parks',
    `const newId = () => crypto.randomUUID(); const id = newId(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `const newId = () => crypto.randomUUID(); newId(); const id = newId(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw by another name, with one before',
    'parks',
    `const { randomUUID } = crypto; const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
    `const { randomUUID } = crypto; randomUUID(); const id = crypto.randomUUID(); const said = await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'a draw in an object that a closure passes on',
    'parks',
    `const o = {}; o.id = crypto.randomUUID(); const go = async (x) => await say(x.id); const said = await go(o); await sleep('1ms'); return said.includes(o.id);`,
    `const o = {}; const other = crypto.randomUUID(); o.id = crypto.randomUUID(); const go = async (x) => await say(x.id); const said = await go(o); await sleep('1ms'); return said.includes(o.id);`,
  ),
  pair(
    'a read of the clock moves behind a call',
    'parks',
    `const t = Date.now(); await reserve(n); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
    `await reserve(n); const t = Date.now(); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
  ),
  pair(
    'another read of the clock',
    'free',
    `const t = Date.now(); await reserve(n); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
    `const begun = new Date(); const t = Date.now(); await reserve(n); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
  ),
  pair(
    'a call in a branch that is not taken, before a read of the clock',
    'free',
    `const t = Date.now(); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
    `if (n > 5) await reserve(n); const t = Date.now(); const said = await say(t); await sleep('1ms'); return said.includes(t);`,
  ),
  // What closures capture
  pair(
    'what a closure captures is exchanged between its calls',
    'parks',
    `let who = 'one'; const go = async () => await say(who); const one = await go(); who = 'two'; const two = await go(); await sleep('1ms'); return [one, two];`,
    `let who = 'two'; const go = async () => await say(who); const two = await go(); who = 'one'; const one = await go(); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'what a closure captures is another value at its second call',
    'parks',
    `let who; const go = async () => await say(who); who = 'one'; const one = await go(); who = 'two'; const two = await go(); await sleep('1ms'); return [one, two];`,
    `let who; const go = async () => await say(who); who = 'one'; const one = await go(); who = 'three'; const two = await go(); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'an object that an inner closure captures',
    'parks',
    `const o = { who: 'one' }; const inner = async () => await say(o.who); const go = async () => await inner(); const one = await go(); o.who = 'two'; const two = await go(); await sleep('1ms'); return [one, two];`,
    `const o = { who: 'two' }; const inner = async () => await say(o.who); const go = async () => await inner(); const two = await go(); o.who = 'one'; const one = await go(); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'another call of a closure that adds up',
    'free',
    `let total = 0; const add = async (x) => { const said = await say(x); total += said.length; }; await add('a'); await add('b'); await sleep('1ms'); return total;`,
    `let total = 0; const add = async (x) => { const said = await say(x); total += said.length; }; await add('a'); await add('b'); await sleep('1ms'); await add('c'); return total;`,
  ),
  // Lists that helpers go through
  pair(
    'the elements of a list that a helper of the function maps are exchanged',
    'parks',
    `const all = (xs, fn) => Promise.all(xs.map(fn)); const out = await all(['p', 'q'], async (x) => [x, await say(x)]); await sleep('1ms'); return out;`,
    `const all = (xs, fn) => Promise.all(xs.map(fn)); const out = await all(['q', 'p'], async (x) => [x, await say(x)]); await sleep('1ms'); return out;`,
  ),
  pair(
    'the elements of a list that a package maps are exchanged',
    'parks',
    `const out = await pMap(['p', 'q'], async (x) => [x, await say(x)]); await sleep('1ms'); return out;`,
    `const out = await pMap(['q', 'p'], async (x) => [x, await say(x)]); await sleep('1ms'); return out;`,
  ),
  pair(
    'the elements of a list for Array.from are exchanged',
    'parks',
    `const out = await Promise.all(Array.from(['p', 'q'], async (x) => [x, await say(x)])); await sleep('1ms'); return out;`,
    `const out = await Promise.all(Array.from(['q', 'p'], async (x) => [x, await say(x)])); await sleep('1ms'); return out;`,
  ),
  pair(
    'a named closure and a list with a name',
    'parks',
    `const go = async (x) => [x, await say(x)]; const xs = ['p', 'q']; const out = await pMap(xs, go); await sleep('1ms'); return out;`,
    `const go = async (x) => [x, await say(x)]; const xs = ['o', 'p', 'q']; const out = await pMap(xs, go); await sleep('1ms'); return out;`,
  ),
  pair(
    'an element at the end of a list that a package maps',
    'kept',
    `const out = await pMap(['p', 'q'], async (x) => await say(x)); return out;`,
    `const out = await pMap(['p', 'q', 'r'], async (x) => await say(x)); return out;`,
  ),
  // What changes a variable
  ...(
    [
      ['Object.assign', `Object.assign(o, { x: 'A' });`],
      ['Reflect.set', `Reflect.set(o, 'x', 'A');`],
      ['a spread', `o = { ...o, x: 'A' };`],
      ['a pattern', `[o.x] = ['A'];`],
      ['a pattern with names', `({ x: o.x } = { x: 'A' });`],
      ['a list of the object', `o.list ??= []; o.list.push('A');`],
      ['a closure', `set('A');`],
      ['the loop of a pattern', `for (o.x of ['A']) void 0;`],
    ] as const
  ).map(([how, change]) => {
    const made = (one: string, two: string): string =>
      `let o = {}; const set = (x) => { o.x = x; }; ${change.replace('A', one)} const one = await say(o); ${change.replace('A', two)} const two = await say(o); await sleep('1ms'); return [one, two];`;
    return pair(`what is set by ${how} is exchanged`, 'parks', made('one', 'two'), made('two', 'one'));
  }),
  pair(
    'two variables are exchanged by a pattern',
    'parks',
    `let a = 'a'; let b = 'b'; const one = await say(a); [a, b] = [b, a]; const two = await say(a); await sleep('1ms'); return [one, two];`,
    `let a = 'a'; let b = 'b'; [a, b] = [b, a]; const one = await say(a); [a, b] = [b, a]; const two = await say(a); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a property is deleted before the first call instead of behind it',
    'kept',
    `const o = { x: 1, y: 2 }; const one = await say(o); delete o.x; const two = await say(o); await sleep('1ms'); return [one, two];`,
    `const o = { x: 1, y: 2 }; delete o.x; const one = await say(o); const two = await say(o); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'a counter goes down and not up',
    'parks',
    `let i = 0; i++; const one = await say(i); i++; const two = await say(i); await sleep('1ms'); return [one, two];`,
    `let i = 0; i--; const one = await say(i); i--; const two = await say(i); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'what a loop sets for its next round',
    'kept',
    `let x = 'p'; for (let i = 0; i < 2; i++) { await say(x); x = 'q'; } await sleep('1ms'); return 1;`,
    `let x = 'p'; for (let i = 0; i < 2; i++) { await say(x); x = 'r'; } await sleep('1ms'); return 1;`,
  ),
  // Which round is which
  pair(
    'a field of an instance is exchanged between calls of a method',
    'parks',
    `class C { who; async go() { return await say(this.who); } } const c = new C(); c.who = 'one'; const one = await c.go(); c.who = 'two'; const two = await c.go(); await sleep('1ms'); return [one, two];`,
    `class C { who; async go() { return await say(this.who); } } const c = new C(); c.who = 'two'; const two = await c.go(); c.who = 'one'; const one = await c.go(); await sleep('1ms'); return [one, two];`,
  ),
  pair(
    'what a generator yields is exchanged',
    'parks',
    `function* g() { yield 'p'; yield 'q'; } const out = []; for (const x of g()) out.push(await say(x)); await sleep('1ms'); return out;`,
    `function* g() { yield 'q'; yield 'p'; } const out = []; for (const x of g()) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'what a loop goes through is filled in another order',
    'parks',
    `const xs = []; xs.push('p'); xs.push('q'); const out = []; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const xs = []; xs.push('q'); xs.push('p'); const out = []; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the list of a while loop',
    'parks',
    `const xs = ['p', 'q']; let i = 0; const out = []; while (i < 2) { out.push(await say(xs[i])); i++; } await sleep('1ms'); return out;`,
    `const xs = ['q', 'p']; let i = 0; const out = []; while (i < 2) { out.push(await say(xs[i])); i++; } await sleep('1ms'); return out;`,
  ),
  pair(
    'a queue that a loop empties',
    'parks',
    `const queue = ['p', 'q']; const out = []; while (true) { const x = queue.shift(); if (!x) break; out.push(await say(x)); } await sleep('1ms'); return out;`,
    `const queue = ['q', 'p']; const out = []; while (true) { const x = queue.shift(); if (!x) break; out.push(await say(x)); } await sleep('1ms'); return out;`,
  ),
  pair(
    'a round of a loop is skipped by continue',
    'parks',
    `const out = []; for (const x of ['p', 'q']) { out.push(await say(x)); } await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q']) { if (x === 'p') continue; out.push(await say(x)); } await sleep('1ms'); return out;`,
  ),
  pair(
    'a round of a loop is skipped by a condition',
    'parks',
    `const out = []; for (const x of ['p', 'q']) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q']) if (x !== 'p') out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a round of a loop is skipped by &&',
    'parks',
    `const out = []; for (const x of ['p', 'q']) { const y = await say(x); out.push(y); } await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q']) { const y = x !== 'p' && (await say(x)); out.push(y); } await sleep('1ms'); return out;`,
  ),
  pair(
    'a step in front of an open wait, in a catch',
    'parks',
    `try { await retried(n); throw new Error('stop'); } catch { await waitFor('go', { timeout: '1ms' }).catch(() => 0); } return await pay(n);`,
    `try { await retried(n); throw new Error('stop'); } catch { await ship(n); await waitFor('go', { timeout: '1ms' }).catch(() => 0); } return await pay(n);`,
  ),
  pair(
    'a step in front of an open wait, in a closure beside another',
    'parks',
    `const slow = async () => { await sleep('2ms'); return await pay(n); }; return await Promise.all([slow(), reserve(n)]);`,
    `const slow = async () => { await ship(n); await sleep('2ms'); return await pay(n); }; return await Promise.all([slow(), reserve(n)]);`,
  ),
  pair(
    'a step in front of an open sleep, in an async generator',
    'parks',
    `async function* g() { yield await reserve(n); await sleep('1ms'); yield await pay(n); } const out = []; for await (const x of g()) out.push(x); return out;`,
    `async function* g() { yield await reserve(n); await ship(n); await sleep('1ms'); yield await pay(n); } const out = []; for await (const x of g()) out.push(x); return out;`,
  ),
  pair(
    'a continue that skips no round',
    'parks',
    `const out = []; for (const x of ['p', 'q']) { out.push(await say(x)); } await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q']) { if (x === 'z') continue; out.push(await say(x)); } await sleep('1ms'); return out;`,
  ),
  pair(
    'an if around rounds that is always true',
    'parks',
    `let i = 0; const out = []; while (i < 2) { out.push(await say(i)); i++; } await sleep('1ms'); return out;`,
    `let i = 0; const out = []; while (i < 2) { if (i >= 0) out.push(await say(i)); i++; } await sleep('1ms'); return out;`,
  ),
  pair(
    'a condition in a loop around something else',
    'free',
    `const out = []; for (const x of ['p', 'q']) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q']) { if (x === 'p') console.debug(x); out.push(await say(x)); } await sleep('1ms'); return out;`,
  ),
  pair(
    'a call of a closure is made under a condition',
    'parks',
    `const go = async (x) => await say(x); await go('one'); const two = await go('two'); await sleep('1ms'); return two;`,
    `const go = async (x) => await say(x); if (n > 5) await go('one'); const two = await go('two'); await sleep('1ms'); return two;`,
  ),
  pair(
    'a closure that calls itself with something else',
    'parks',
    `const walk = async (i) => { const said = await say(i); return i < 3 ? [said, ...(await walk(i + 1))] : [said]; }; const out = await walk(1); await sleep('1ms'); return out;`,
    `const walk = async (i) => { const said = await say(i); return i < 3 ? [said, ...(await walk(i + 2))] : [said]; }; const out = await walk(1); await sleep('1ms'); return out;`,
  ),
  pair(
    'the preset of a parameter',
    'kept',
    `const go = async (x = 'one') => await say(x); const one = await go(); await sleep('1ms'); return one;`,
    `const go = async (x = 'uno') => await say(x); const one = await go(); await sleep('1ms'); return one;`,
  ),
  pair(
    'the entries of an object are exchanged',
    'parks',
    `const out = []; for (const [key, x] of Object.entries({ p: 1, q: 2 })) out.push(await say(key, x)); await sleep('1ms'); return out;`,
    `const out = []; for (const [key, x] of Object.entries({ q: 2, p: 1 })) out.push(await say(key, x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the elements of a Set are exchanged',
    'parks',
    `const out = []; for (const x of new Set(['p', 'q'])) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const out = []; for (const x of new Set(['q', 'p'])) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a list is sorted the other way',
    'parks',
    `const xs = ['q', 'p']; const out = []; for (const x of xs.toSorted()) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const xs = ['q', 'p']; const out = []; for (const x of xs.toSorted().reverse()) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a list is sorted in place the other way',
    'parks',
    `const xs = ['q', 'p']; xs.sort(); const out = []; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const xs = ['q', 'p']; const out = []; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the filter of a list',
    'parks',
    `const out = []; for (const x of ['p', 'q'].filter((y) => y !== 'q')) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const out = []; for (const x of ['p', 'q'].filter((y) => y !== 'p')) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the calls of a reduction are exchanged',
    'parks',
    `const out = await ['p', 'q'].reduce(async (all, x) => [...(await all), await say(x)], Promise.resolve([])); await sleep('1ms'); return out;`,
    `const out = await ['q', 'p'].reduce(async (all, x) => [...(await all), await say(x)], Promise.resolve([])); await sleep('1ms'); return out;`,
  ),
  pair(
    'two instances with exchanged fields',
    'parks',
    `class C { constructor(who) { this.who = who; } async go() { return await say(this.who); } } const list = [new C('p'), new C('q')]; const out = []; for (const c of list) out.push(await c.go()); await sleep('1ms'); return out;`,
    `class C { constructor(who) { this.who = who; } async go() { return await say(this.who); } } const list = [new C('q'), new C('p')]; const out = []; for (const c of list) out.push(await c.go()); await sleep('1ms'); return out;`,
  ),
  pair(
    'clauses of a switch with calls of one name are exchanged',
    'parks',
    `let out; switch (n) { case 1: out = await say('one'); break; default: out = await say('other'); } await sleep('1ms'); return out;`,
    `let out; switch (n) { case 2: out = await say('one'); break; default: out = await say('other'); } await sleep('1ms'); return out;`,
  ),
  pair(
    'handlers in an object are exchanged',
    'parks',
    `const on = { p: async () => await say('p'), q: async () => await reserve('q') }; const out = []; for (const k of ['p', 'q']) out.push(await on[k]()); await sleep('1ms'); return out;`,
    `const on = { q: async () => await reserve('q'), p: async () => await say('p') }; const out = []; for (const k of ['q', 'p']) out.push(await on[k]()); await sleep('1ms'); return out;`,
  ),
  pair(
    'elements of a list of closures are exchanged',
    'parks',
    `const jobs = [async () => await say('p'), async () => await say('q')]; const out = []; for (const job of jobs) out.push(await job()); await sleep('1ms'); return out;`,
    `const jobs = [async () => await say('q'), async () => await say('p')]; const out = []; for (const job of jobs) out.push(await job()); await sleep('1ms'); return out;`,
  ),
];
