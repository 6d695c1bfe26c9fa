import { describe, expect, it, vi } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definitions.ts';
import { comparable, execute, recover } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/**
 * Objects that are at work: what a call gives that isn't awaited, and that holds promises or has methods that give them. The
 * call is made again only as long as nothing of what the object gave is recorded.
 */
const head = `import { effect, later } from '../../support/effects.ts';
async function save(text) { effect('save ' + text); return later(1, text); }
const ask = () => { effect('begin'); return { text: later(1, 'text ' + Math.random()) }; };
const client = {
  stream() {
    effect('begin');
    const whole = later(1, 'whole ' + Math.random());
    return { finalContent: () => whole };
  },
};
const post = () => {
  effect('begin');
  const text = later(1, 'body ' + Math.random());
  return { then: (done) => void text.then(done), json: async () => text };
};
`;

const programs: Readonly<Record<string, string>> = {
  'a promise in an object': 'const r = ask(); const t = await r.text;',
  'a promise in an object, awaited later': "const r = ask(); await save('between'); const t = await r.text;",
  'a method of an object': 'const s = client.stream(); const t = await s.finalContent();',
  'a thenable': "const p = post(); await save('between'); const t = await p;",
  'a thenable in a combinator': 'const [t] = await Promise.all([post()]);',
  'a method of a thenable': 'const p = post(); const t = await p.json();',
};

describe.each(Object.entries(programs))('%s', (name, code) => {
  it.each([
    ['text', emitThroughText],
    ['ast', emitThroughAst],
  ] as const)('is given once (%s)', async (kind, emit) => {
    const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n  await save(t);\n  return [t, await save('last')];\n}\n`;
    const fixture = { name: 'made-objects', file: 'input.js', folder: '', source };
    const { main } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
    const whole = await execute(main as AnyFunction);
    expect(whole.outcome.status).toBe('fulfilled');
    expect(whole.effects.filter((effect) => effect.name === 'begin')).toHaveLength(1);
    const given = whole.effects.find((effect) => /^save (text|whole|body) /.test(effect.name))?.name.slice(5);
    const known = whole.events.findIndex((event) => 'value' in event && event.value.includes(given ?? '?'));
    expect(known).toBeGreaterThan(0);
    for (let count = 1; count < whole.events.length; count++) {
      const again = await recover(whole.events.slice(0, count));
      const begun = again.effects.filter((effect) => effect.name === 'begin').length;
      expect(begun, `calls after a crash behind event ${count - 1}`).toBe(count > known ? 0 : 1);
      if (count > known) expect(comparable(again.outcome)).toEqual(comparable(whole.outcome));
      else expect(again.outcome.status).toBe('fulfilled');
    }
  });
});

it('tells once of a call that is made again beside what is recorded of it', async () => {
  const source = `${head}export async function main() {
    'use durable';
    const client = connect();
    const first = await client.get(1);
    return [first, await save('between'), await client.get(2)];
  }
  const connect = () => ({ get: (n) => later(1, n) });
  `;
  const fixture = { name: 'made-objects', file: 'input.js', folder: '', source };
  const { main } = await load(fixture, 'told', emitThroughText(fixture));
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  try {
    const whole = await execute(main as AnyFunction);
    expect(warned).not.toHaveBeenCalled();
    for (let count = 1; count < whole.events.length; count++)
      expect((await recover(whole.events.slice(0, count))).outcome).toEqual(whole.outcome);
    expect(warned.mock.calls).toEqual([
      [
        expect.stringMatching(/^The call "connect" is made again after a restart/),
        { code: 'USE_DURABLE_MADE_AGAIN', detail: 'See use-durable/docs/errors.md#use_durable_made_again' },
      ],
    ]);
  } finally {
    warned.mockRestore();
  }
});
