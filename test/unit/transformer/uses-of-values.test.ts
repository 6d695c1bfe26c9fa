import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';

/** Two uses of one object are one where no path comes by both. `a` and `b` are such uses. */
const programs: Readonly<Record<string, readonly [code: string, refused: boolean]>> = {
  'an early return': ['if (n) return await r.a; return await r.b;', false],
  'an early return in a block': ['if (n) { await save(1); return r.a; } await save(2); return r.b;', false],
  'a throw': ['if (n) throw new Error(await r.a); return await r.b;', false],
  'both ways return': ['if (n) { if (m) return await r.a; else return 1; } return await r.b;', false],
  'one way goes on': ['let x; if (n) { x = await r.a; if (m) return x; } return [x, await r.b];', true],
  'a branch that goes on': ['let x; if (n) x = await r.a; return [x, await r.b];', true],
  'branches that return after one another': [
    'if (n) return await r.a; if (m) return r.b; return r.a;',
    false,
  ],
  'a return behind the use': ['const x = await r.a; if (n) return x; return await r.b;', true],
  'arms of a switch': ['switch (n) { case 1: return r.a; case 2: return r.b; } return 0;', false],
  'arms with break': [
    'let x; switch (n) { case 1: x = await r.a; break; default: x = await r.b; } return x;',
    false,
  ],
  'an arm that falls through': [
    'let x; switch (n) { case 1: x = await r.a; case 2: x = await r.b; } return x;',
    true,
  ],
  'a break, and a use behind the switch': [
    'let x; switch (n) { case 1: x = await r.a; break; } return [x, await r.b];',
    true,
  ],
  'a break in a block, and a use behind the switch': [
    'let x; switch (n) { case 1: { x = await r.a; break; } } return [x, await r.b];',
    true,
  ],
  'a return, and a use behind the switch': [
    'switch (n) { case 1: return await r.a; } return await r.b;',
    false,
  ],
  'a break of an inner loop': [
    'let x; if (n) { for (;;) { x = 1; break; } x = await r.a; } return [x, await r.b];',
    true,
  ],
  'a use that throws to its handler': [
    'try { return await r.a; } catch { await save(1); } return await r.b;',
    true,
  ],
  'a use in the handler': ['try { return await r.a; } catch { return await r.b; }', true],
  'a use in finally': ['try { return await r.a; } finally { await r.b; }', true],
  'a return behind a handler': ['if (n) { try { await r.a; } catch {} return 1; } return await r.b;', false],
  'a labelled break': [
    'let x; here: { if (n) { x = await r.a; break here; } x = 2; } return [x, await r.b];',
    true,
  ],
  'an object made before a loop': ['for (const m of n) { if (m) { await r.a; continue; } await r.b; }', true],
};

describe.each(Object.entries(programs))('%s', (_name, [code, refused]) => {
  it(refused ? 'counts as several uses' : 'counts as one use', () => {
    const source = `import { ask, save } from './services.js';\nexport async function main(n, m) {\n  'use durable';\n  const r = ask();\n  ${code}\n}\n`;
    const { diagnostics } = transform(source, { fileName: 'input.js' });
    expect(diagnostics.some(({ code: found }) => found === 'UD3016')).toBe(refused);
  });
});
