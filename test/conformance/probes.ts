/**
 * Small programs whose every turn of the microtask queue can be seen: each has durable functions and calls `log` on its
 * way, while a chain of promises beside it logs the turns. A step that were an `async` layer of its own would shift them.
 */
export const probes: Readonly<Record<string, string>> = {
  'an awaited call of an async function': body('log(await f(1)); log(await f(2));'),
  'an awaited call of a sync function': body('log(await g(1)); log(await g(2));'),
  'an awaited value': body('log(await 1); log(await x); log(await null);'),
  'an awaited promise of the module': body('log(await ready); log(await holder.ready);'),
  'an awaited method': body('log(await o.m(1)); log(await o["m"](2)); log(await o.deep.m(3));'),
  'an awaited thenable': body('log(await thenable); log(await makeThenable());'),
  'an optional call': body(
    'log(await f?.(1)); log(await o?.m(2)); log(await none?.m(3)); log(await o.none?.(4));',
  ),
  'a tagged template': body('log(await tag`a#{1}b`);'),
  'a returned call': body('return f(1);'),
  'a returned and awaited call': body('return await f(1);'),
  'a returned promise': body('const p = f(1); return p;'),
  'a promise that is awaited later': body('const p = f(1); log("started"); await 0; log(await p);'),
  'two promises that are awaited in the other order': body(
    'const p = f(1), q = slow(3); log(await q); log(await p);',
  ),
  'Promise.all': body('log(await Promise.all([f(1), slow(2), g(3), 4]));'),
  'Promise.allSettled': body('log((await Promise.allSettled([f(1), bad(2)])).map((r) => r.status));'),
  'Promise.race and any': body(
    'log(await Promise.race([slow(1), f(2)])); log(await Promise.any([bad(1), f(2)]));',
  ),
  'Promise.all over a map': body(
    'log(await Promise.all([1, 2, 3].map(async (n) => { await slow(n); log(n); return f(n); })));',
  ),
  'a chain that is one step': body('log(await f(1).then((v) => v + 1).finally(() => {}));'),
  'a chain that touches a variable': body('let n = 0; await f(1).then((v) => { n += v; log(n); }); log(n);'),
  'a rejection that is caught': body(
    'try { await bad(1); } catch (e) { log(e.message); } finally { log(await f(1)); }',
  ),
  'a rejection that is caught by a chain': body('log(await bad(1).catch((e) => e.message));'),
  'a call that throws at once': body('try { await thrower(); } catch (e) { log(e.message); }'),
  'a rejection that is not caught': body('await f(1); await bad(2);'),
  'an async closure': body(
    'const h = async (n) => { log(await f(n)); return n; }; log(await h(1)); const p = h(2); log("x"); await p;',
  ),
  'an async closure without a block': body(
    'const h = async (n) => await f(n); const i = async (n) => f(n); log(await h(1)); log(await i(2));',
  ),
  'a nested async function': body(
    'log(await inner(2)); async function inner(n) { return n ? (await f(n)) + (await inner(n - 1)) : 0; }',
  ),
  'a method of a local class': body(
    'class C { async m(n) { return await f(n); } } const c = new C(); log(await c.m(1));',
  ),
  'a local generator': body(
    'function* two() { yield f(1); yield f(2); } for (const p of two()) log(await p);',
  ),
  'a local async generator': body(
    'async function* g() { try { const x = yield f(1); log(x); yield slow(2); yield* [f(3), 4]; return f(5); } finally { log(await f(6)); } } const it = g(); log(await it.next()); log(await it.next(7)); for await (const v of it) log(v); for await (const v of g()) { log(v); break; } log(await Array.fromAsync(g()));',
  ),
  'await using': body(
    'const d = (n) => ({ n, async [Symbol.asyncDispose]() { log(n); await slow(n); } }); { await using a = d(1), b = null, c = { [Symbol.dispose]() { log("c"); } }; log(a.n, b); } for (await using e of [d(2), null]) log(e); for (await using i = d(3); i.n < 4; i.n++) log(i.n); log("end");',
  ),
  'an optional chain over several calls': body(
    'log(await o?.m?.(1)); log(await o.deep?.m(2).then((v) => v + 1)); log(await none?.a.m(log(3)).then(log(4))); const l = { o }; log(await l?.o?.deep.m(5)); log(await l.none?.m(log(6)).n());',
  ),
  'another durable function': `${body('log(await other(1)); const p = other(2); log("x"); log(await p);')}
    export async function other(n) { 'use durable'; log(await f(n)); return n; }`,
  'a durable arrow function': `${body('log(await other(1));')}
    export const other = async (n) => { 'use durable'; log(await f(n)); return n; };`,
  'a durable method': `${body('log(await shop.buy(1));')}
    export const shop = { price: 3, async buy(n) { 'use durable'; log(await f(n * this.price)); return n; } };`,
  'await in arguments, in order': body(
    'log(await f((await f(1)) + (await slow(2)), log("between"), await g(3)));',
  ),
  'await in every position': body(
    'const { a = await f(1) } = {}; log([await f(2), ...(await f([3]))], { [await f("k")]: await f(4) }, `#{await f(5)}`, (await f(0)) || (await f(6)), (await f(true)) ? await f(7) : 8);',
  ),
  'for await over promises': body('for await (const v of [f(1), slow(2), 3]) log(v);'),
  loops: body(
    'for (let i = await f(0); i < (await f(2)); i = await f(i + 1)) log(i); while (await f(false)); do log("do"); while (await f(0));',
  ),
  'an assignment of an await': body(
    'let n = 1; n += await f(2); n ||= await f(9); log(n); o.n = await f(3); log(o.n);',
  ),
  'new Promise': body(
    'log(await new Promise((resolve) => resolve(1))); const p = new Promise((resolve) => f(2).then(resolve)); log(await p);',
  ),
  'nothing to await': body('return 1;'),
  'a default that awaits nothing': `export async function main(x = g(1)) { 'use durable'; log(x); return await f(x); }`,
  'Promise.resolve and reject': body(
    'log(await Promise.resolve(f(1))); await Promise.reject(new Error("no")).catch((e) => log(e.message));',
  ),
};

function body(statements: string): string {
  return `export async function main(x) { 'use durable'; ${statements.replaceAll('#{', '$' + '{')} }`;
}

/** What the probes call; foreign to the durable functions. */
export const PRELUDE = `const { log, f, g, slow, bad, thrower, tag, o, ready, holder, thenable, makeThenable, none } = globalThis[Symbol.for('use-durable.test.probe')];\n`;

/** A new set of the functions that probes call, and what was logged. */
export function instrument(): { readonly tools: Record<string, unknown>; readonly seen: string[] } {
  const seen: string[] = [];
  const log = (...values: unknown[]): void => {
    seen.push(JSON.stringify(values));
  };
  const f = async (value: unknown): Promise<unknown> => value;
  const makeThenable = (): object => ({
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what the probe is about
    then: (resolve: (value: unknown) => void) => {
      log('then');
      resolve('thenable');
    },
  });
  const tools = {
    log,
    f,
    g: (value: unknown) => value,
    slow: async (value: unknown) => {
      await 0;
      await 0;
      return value;
    },
    bad: async (value: unknown) => {
      throw new Error(`bad ${String(value)}`);
    },
    thrower: () => {
      throw new Error('at once');
    },
    tag: async (strings: readonly string[], ...values: unknown[]) => [strings, values],
    o: { m: f, deep: { m: f }, n: 0 },
    ready: Promise.resolve('ready'),
    holder: { ready: Promise.resolve('held') },
    thenable: makeThenable(),
    makeThenable,
    none: undefined,
  };
  return { tools, seen };
}
