/** More edits: which round, which value and which draw is which. */
import type { Pair } from './pairs.ts';

const pair = (edit: string, verdict: Pair['verdict'], before: string, after: string): Pair => ({
  edit,
  verdict,
  before,
  after,
});
export const ORDER_PAIRS: readonly Pair[] = [
  pair(
    'the list of an inner loop',
    'parks',
    `const out=[]; for (const x of ['a','b']) for (const y of [1,2]) out.push(await say(x,y)); await sleep('1ms'); return out;`,
    `const out=[]; for (const x of ['a','b']) for (const y of [2,1]) out.push(await say(x,y)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a list that is spread into another',
    'parks',
    `const base=['a']; const out=[]; for (const x of [...base,'b']) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const base=['b']; const out=[]; for (const x of [...base,'a']) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a while loop that counts down',
    'parks',
    `let i=0; const out=[]; while (i<2) { out.push(await say(i)); i++; } await sleep('1ms'); return out;`,
    `let i=2; const out=[]; while (i>0) { out.push(await say(i)); i--; } await sleep('1ms'); return out;`,
  ),
  pair(
    'the step of a do loop',
    'parks',
    `let i=0; const out=[]; do { out.push(await say(i)); i+=1; } while (i<2); await sleep('1ms'); return out;`,
    `let i=0; const out=[]; do { out.push(await say(i)); i+=2; } while (i<4); await sleep('1ms'); return out;`,
  ),
  pair(
    'another round is skipped',
    'parks',
    `const out=[]; for (const x of [1,2,3]) { if (x===1) continue; out.push(await say(x)); } await sleep('1ms'); return out;`,
    `const out=[]; for (const x of [1,2,3]) { if (x===2) continue; out.push(await say(x)); } await sleep('1ms'); return out;`,
  ),
  pair(
    'an object that a closure captures is changed by another name',
    'parks',
    `const o={x:'a'}; const p=o; const go=async()=>await say(o.x); const one=await go(); p.x='b'; const two=await go(); await sleep('1ms'); return [one,two];`,
    `const o={x:'b'}; const p=o; const go=async()=>await say(o.x); const one=await go(); p.x='a'; const two=await go(); await sleep('1ms'); return [one,two];`,
  ),
  pair(
    'an object is changed by another name between calls',
    'parks',
    `const o={x:'a'}; const p=o; p.x='b'; const one=await say(o); p.x='c'; const two=await say(o); await sleep('1ms'); return [one,two];`,
    `const o={x:'a'}; const p=o; p.x='c'; const one=await say(o); p.x='b'; const two=await say(o); await sleep('1ms'); return [one,two];`,
  ),
  pair(
    'the code of a helper of the function, for one call',
    'kept',
    `const fmt=(x)=>x+'!'; const one=await say(fmt('a')); await sleep('1ms'); return one;`,
    `const fmt=(x)=>x+'?'; const one=await say(fmt('a')); await sleep('1ms'); return one;`,
  ),
  pair(
    'the code of a helper of the function, for two calls',
    'parks',
    `const key=(i)=>i===1?'a':'b'; const one=await say(key(1)); const two=await say(key(2)); await sleep('1ms'); return [one,two];`,
    `const key=(i)=>i===1?'b':'a'; const one=await say(key(1)); const two=await say(key(2)); await sleep('1ms'); return [one,two];`,
  ),
  pair(
    'elements that are taken by their index',
    'parks',
    `const l=['a','b']; const one=await say(l[0]); const two=await say(l[1]); await sleep('1ms'); return [one,two];`,
    `const l=['b','a']; const one=await say(l[0]); const two=await say(l[1]); await sleep('1ms'); return [one,two];`,
  ),
  pair(
    'the names of a pattern',
    'parks',
    `const [a,b]=['a','b']; const one=await say(a); const two=await say(b); await sleep('1ms'); return [one,two];`,
    `const [b,a]=['a','b']; const one=await say(a); const two=await say(b); await sleep('1ms'); return [one,two];`,
  ),
  pair(
    'the parameters of a closure',
    'parks',
    `const go=async(a,b)=>[await say(a),await say(b)]; const one=await go('x','y'); await sleep('1ms'); return one;`,
    `const go=async(b,a)=>[await say(a),await say(b)]; const one=await go('x','y'); await sleep('1ms'); return one;`,
  ),
  pair(
    'a draw in a closure that is called twice',
    'parks',
    `const go=async()=>{ const id=crypto.randomUUID(); return (await say(id)).includes(id); }; const r=[await go(), await go()]; await sleep('1ms'); return r;`,
    `const go=async()=>{ crypto.randomUUID(); const id=crypto.randomUUID(); return (await say(id)).includes(id); }; const r=[await go(), await go()]; await sleep('1ms'); return r;`,
  ),
  pair(
    'draws for the elements of a list',
    'parks',
    `const ids=[1,2].map(()=>crypto.randomUUID()); const said=await say(ids[0]); await sleep('1ms'); return said.includes(ids[0]);`,
    `const ids=[0,1,2].map(()=>crypto.randomUUID()).slice(1); const said=await say(ids[0]); await sleep('1ms'); return said.includes(ids[0]);`,
  ),
  pair(
    'a draw in a template',
    'parks',
    `const key=\`k-\${Math.random()}\`; const said=await say(key); await sleep('1ms'); return said.includes(key);`,
    `const jitter=Math.random(); const key=\`k-\${Math.random()}\`; const said=await say(key); await sleep('1ms'); return said.includes(key);`,
  ),
  pair(
    'a draw under a condition',
    'parks',
    `const id=crypto.randomUUID(); const said=await say(id); await sleep('1ms'); return said.includes(id);`,
    `if (n>0) crypto.randomUUID(); const id=crypto.randomUUID(); const said=await say(id); await sleep('1ms'); return said.includes(id);`,
  ),
  pair(
    'draws in fields of instances',
    'parks',
    `class O { id=crypto.randomUUID(); } const o=new O(); const said=await say(o.id); await sleep('1ms'); return said.includes(o.id);`,
    `class O { id=crypto.randomUUID(); } new O(); const o=new O(); const said=await say(o.id); await sleep('1ms'); return said.includes(o.id);`,
  ),
  pair(
    'draws of another closure',
    'free',
    `const xs=['a','b','c'].toSorted(()=>Math.random()-0.5); const out=[]; for (const x of xs) out.push((await say(x)).includes(x)); await sleep('1ms'); return out;`,
    `Math.random(); const xs=['a','b','c'].toSorted(()=>Math.random()-0.5); const out=[]; for (const x of xs) out.push((await say(x)).includes(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a helper that reads the clock moves behind a call',
    'parks',
    `const at=()=>new Date().getTime(); const t=at(); await reserve(n); const said=await say(t); await sleep('1ms'); return said.includes(t);`,
    `const at=()=>new Date().getTime(); await reserve(n); const t=at(); const said=await say(t); await sleep('1ms'); return said.includes(t);`,
  ),
  pair(
    'a due time is computed behind a call',
    'parks',
    `const due=Date.now()+1000; await reserve(n); const said=await say({due}); await sleep('1ms'); return said.includes(due);`,
    `await reserve(n); const due=Date.now()+1000; const said=await say({due}); await sleep('1ms'); return said.includes(due);`,
  ),
  pair(
    'another element is taken out of a list',
    'parks',
    `const xs=['a','b']; xs.splice(0,1); const out=[]; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
    `const xs=['a','b']; xs.splice(1,1); const out=[]; for (const x of xs) out.push(await say(x)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the list that a closure goes through',
    'parks',
    `const all=async(xs)=>{ const out=[]; for (const x of xs) out.push(await say(x)); return out; }; const r=await all(['a','b']); await sleep('1ms'); return r;`,
    `const all=async(xs)=>{ const out=[]; for (const x of xs) out.push(await say(x)); return out; }; const r=await all(['b','a']); await sleep('1ms'); return r;`,
  ),
  pair(
    'properties are set in another order',
    'parks',
    `const o={}; o.a=1; o.b=2; const out=[]; for (const k in o) out.push(await say(k)); await sleep('1ms'); return out;`,
    `const o={}; o.b=2; o.a=1; const out=[]; for (const k in o) out.push(await say(k)); await sleep('1ms'); return out;`,
  ),
  pair(
    'a Map is filled in another order',
    'parks',
    `const m=new Map(); m.set('a',1); m.set('b',2); const out=[]; for (const [k] of m) out.push(await say(k)); await sleep('1ms'); return out;`,
    `const m=new Map(); m.set('b',2); m.set('a',1); const out=[]; for (const [k] of m) out.push(await say(k)); await sleep('1ms'); return out;`,
  ),
  pair(
    'the condition of a round',
    'parks',
    `const out=[]; for (const x of [1,2]) out.push(x===1 ? 0 : await say(x)); await sleep('1ms'); return out;`,
    `const out=[]; for (const x of [1,2]) out.push(x===2 ? 0 : await say(x)); await sleep('1ms'); return out;`,
  ),
];
