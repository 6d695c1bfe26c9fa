import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definitions.ts';
import { execute, recover } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/** What code outside of the function has made is another one after a restart: what was awaited of it is as recorded. */
const head = `import { EventEmitter } from 'node:events';
import pMap from 'p-map';
import { effect, later } from '../../support/effects.ts';
let made = 0;
class Client extends EventEmitter {
  constructor() {
    super();
    const number = ++made;
    this.ready = later(1, 'ready ' + number);
    this.parts = [later(1, 'a' + number), later(2, 'b' + number)];
    setTimeout(() => this.emit('done', 'done ' + number), 3);
  }
}
const list = [];
const fill = () => { list.splice(0, 2, later(1, 'a' + ++made), later(2, 'b' + made)); };
async function save(value) { effect('save'); return later(1, value); }
`;

const programs: Readonly<Record<string, string>> = {
  'a member': 'const c = new Client(); const v = await c.ready; await save(1); return v;',
  'a member that is returned': 'const c = new Client(); await save(1); return c.ready;',
  'a member by a pattern':
    'const { ready } = new Client(); await save(1); const v = await ready; await save(2); return v;',
  'a member in a combinator':
    'const c = new Client(); const v = await Promise.all([c.ready, save(1)]); await save(2); return v;',
  'a member that is chained':
    "const c = new Client(); const v = await c.ready.then((x) => x + '!'); await save(1); return v;",
  'a list in a member':
    'const c = new Client(); const v = await Promise.all(c.parts); await save(1); return v;',
  'an event':
    "const c = new Client(); const v = await new Promise((r) => c.once('done', r)); await save(1); return v;",
  'an event that is awaited later':
    "const c = new Client(); const p = new Promise((r) => { c.on('done', r); }); await save(1); const v = await p; await save(2); return v;",
  'members of instances in a list':
    'const all = [1, 2].map(() => new Client()); const out = []; for (const c of all) out.push(await c.ready); out.push(await Promise.all(all.map(async (c) => await c.ready))); await save(1); return out;',
  'a list of the module':
    'fill(); const out = []; for (const p of list) out.push(await p); await save(1); return out;',
  'parts of a list': 'fill(); const out = await Promise.all([...list]); await save(1); return out;',
  'a list that is mapped': 'fill(); const out = await pMap(list, async (x) => x); await save(1); return out;',
  'a list that is chained':
    "fill(); const out = await Promise.all(list.map((p) => p.then((x) => x + '!'))); await save(1); return out;",
};

describe.each(Object.entries(programs))('%s', (name, code) => {
  it.each([
    ['text', emitThroughText],
    ['ast', emitThroughAst],
  ] as const)('is as recorded (%s)', async (kind, emit) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
    const fixture = { name: 'from-elsewhere', file: 'input.js', folder: '', source };
    const { main } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
    const whole = await execute(main as AnyFunction);
    expect(whole.outcome.status).toBe('fulfilled');
    const last = whole.events.findLastIndex((event) => event.type === 'step');
    const { outcome } = await recover(whole.events.slice(0, last + 1));
    expect(outcome).toEqual(whole.outcome);
  });
});

it('lists that a helper gives are refused before anything of them is awaited', async () => {
  const source = `${head}const jobs = () => [later(1, 'a'), later(2, 'b')];
export async function main() {\n  'use durable';\n  const out = await pMap(jobs(), async (x) => x);\n  await save(1); return out;\n}\n`;
  const fixture = { name: 'from-elsewhere', file: 'input.js', folder: '', source };
  const { main } = await load(fixture, 'helper', emitThroughText(fixture));
  const { outcome } = await execute(main as AnyFunction);
  expect(outcome).toMatchObject({
    reason: { message: expect.stringMatching(/is a promise in the result of the call "jobs"/) },
  });
});
