import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';

/**
 * Programs that can't keep their meaning, in other forms than `test/diagnostics` has: each is told of at its lines. The table of
 * test/README.md says which case each belongs to.
 */
const head = `import { execSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import dayjs from 'dayjs';
import * as luxon from 'luxon';
import { nanoid } from 'nanoid';
import { ulid } from 'ulid';
import { sleep, waitFor } from 'use-durable';
import { v7 as newId } from 'uuid';
import { ask, list, mail, note, openCursor, poll, save } from './steps.js';
const stamp = () => new Date().toISOString();
const label = (x) => \`\${x}-\${stamp()}\`;
`;

const programs: Readonly<Record<string, readonly [body: string, codes: readonly string[]]>> = {
  'B9: a cursor': [
    'const c = openCursor(); while (await c.hasNext()) await save(await c.next());',
    ['UD2007', 'UD2007'],
  ],
  'B9: an iterator that is asked for in place': [
    'const { value } = await list()[Symbol.asyncIterator]().next(); await save(value);',
    ['UD2007'],
  ],
  'B9: a list in for await': ['for await (const x of list()) await save(x);', ['UD2002']],
  'B11: ids under other names': [
    'const a = newId(); await note(a); const b = nanoid(5); await note(b); const c = ulid(); await note(c);',
    ['UD3008', 'UD3008', 'UD3008'],
  ],
  'B11: clocks of packages': [
    'await note(luxon.DateTime.now().toISO()); const d = dayjs().add(1, "day"); await note(d.toISOString());',
    ['UD3008', 'UD3008'],
  ],
  'B11: chance, and a helper of a helper': [
    'const a = randomBytes(4).toString("hex"); await note(a); const b = label("x"); await note(b); await note(process.hrtime.bigint());',
    ['UD3008', 'UD3014', 'UD3008'],
  ],
  'B12: a wait that is a variable': [
    'for (;;) { const change = waitFor("change"); const won = await Promise.race([change, sleep(100)]); if (won) return won; await poll(); }',
    ['UD3015'],
  ],
  'B12: Promise.any': [
    'for (let n = 0; n < 3; n++) { try { return await Promise.any([waitFor("a"), waitFor("b"), poll()]); } catch {} }',
    ['UD3015', 'UD3015'],
  ],
  'B19: a file': ['if (existsSync("y")) await save(statSync("y").size);', ['UD3005', 'UD3005']],
  'B19: a process, and the machine': [
    'const rev = execSync("git rev-parse HEAD").toString(); await save(rev); await save(hostname()); return process.env.NODE_ENV;',
    ['UD3005', 'UD3009', 'UD3009'],
  ],
  'B20: a pattern': [
    'const { text } = ask(); const t = await text; await save(t); await mail(t);',
    ['UD3016'],
  ],
  'B20: in Promise.all': [
    'const r = ask(); const [t, u] = await Promise.all([r.text, r.usage]); await save(t); await mail(u);',
    ['UD3016', 'UD3016'],
  ],
  'B20: an element of a list': [
    'const texts = await Promise.all(["x", "y"].map((q) => ask(q).text)); await save(texts);',
    ['UD3016'],
  ],
  'B20: objects of a list that map made': [
    'const all = [1, 2].map((q) => ask(q)); await save(1); return await Promise.all(all.map((a) => a.text));',
    ['UD3016'],
  ],
  'B20: objects that were pushed': [
    'const all = []; for (const q of [1, 2]) all.push(ask(q)); await save(1); for (const a of all) await mail(await a.text);',
    ['UD3016'],
  ],
  'B20: objects by their place': [
    'const all = [ask(1), ask(2)]; await save(1); await save(await all[0].text); return await all.at(1).text;',
    ['UD3016', 'UD3016'],
  ],
  'B20: objects that a slice has': [
    'const all = Array.from([1, 2], (q) => ask(q)); await save(1); for (const { text } of all.slice(1)) await save(await text); const last = all.pop(); return await last.usage;',
    ['UD3016', 'UD3016'],
  ],
  'B21: a stream with a listener': [
    'const r = ask(); await save(1); r.on("end", () => {}); return await r.finalContent();',
    ['UD3019'],
  ],
};

/** The same shapes, where nothing is at work. */
const right: Readonly<Record<string, string>> = {
  'promises of steps': 'const all = [1, 2].map((q) => save(q)); return await Promise.all(all.map((p) => p));',
  'objects of steps':
    'const all = []; for (const q of [1, 2]) all.push(await ask(q)); for (const a of all) await mail(a.text);',
  'objects of closures':
    'const job = (q) => ({ done: save(q) }); const all = [1, 2].map((q) => job(q)); for (const a of all) await a.done; return await all[0].done;',
  'methods of elements':
    'const all = await list(); for (const a of all) await save(a.text); return all.at(0).text;',
};

describe('is told of at the line', () => {
  it.each(Object.entries(right))('but not: %s', (_, body) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${body}\n}\n`;
    expect(transform(source, { fileName: 'input.js' }).diagnostics).toEqual([]);
  });

  it.each(Object.entries(programs))('%s', (_, [body, codes]) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${body}\n}\n`;
    const { diagnostics } = transform(source, { fileName: 'input.js' });
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    const line = source.split('\n').findIndex((text) => text.includes(body));
    for (const { start } of diagnostics) expect(source.slice(0, start).split('\n').length - 1).toBe(line);
  });
});
