import { describe, expect, it, vi } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
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

describe('what a replay makes again', () => {
  const run = async (name: string, code: string) => {
    const source = `${head}${code}`;
    const fixture = { name: 'made-objects', file: 'input.js', folder: '', source };
    return execute((await load(fixture, name, emitThroughText(fixture))).main as AnyFunction);
  };

  it('is refused where its position is lost, as it is live', async () => {
    const whole = await run(
      'position',
      `const open = () => { let n = 0; return { hasNext: async () => n < 3, next: async () => n++ }; };
      export async function main() {
        'use durable';
        const reader = open();
        const out = [];
        while (await reader.hasNext()) out.push(await reader.next());
        return out;
      }`,
    );
    expect(whole.events.map(({ type }) => type)).toEqual(['run-started', 'made', 'run-ended']);
    const again = await recover(whole.events.slice(0, 2));
    for (const { outcome } of [whole, again])
      expect(outcome).toMatchObject({
        reason: { code: 'MISUSE', message: expect.stringMatching(/position/) },
      });
  });

  it('is used up where a recorded step has read it', async () => {
    const whole = await run(
      'body',
      `const open = () => new Response('once');
      export async function main() {
        'use durable';
        const response = open();
        const text = await response.text();
        await save(text);
        return [text, await response.text().catch((error) => error.name)];
      }`,
    );
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: ['once', 'TypeError'] });
    for (let count = 1; count < whole.events.length; count++)
      expect((await recover(whole.events.slice(0, count))).outcome).toEqual(whole.outcome);
  });

  it('is looked at without calling its getters', async () => {
    const whole = await run(
      'getters',
      `const answer = () => ({ text: later(1, 'text'), get other() { effect('other'); return later(1, 'other'); } });
      export async function main() {
        'use durable';
        const given = answer();
        return await given.text;
      }`,
    );
    expect(whole.effects).toEqual([]);
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: 'text' });
  });

  it.each([
    [
      'a function gives it',
      `const get = () => ask();
      const read = async (answer) => answer.text;
      return await read(get());`,
    ],
    [
      'a member holds it',
      `class Reader { answer = ask(); async text() { return this.answer.text; } }
      return await new Reader().text();`,
    ],
  ])('is refused where its promise is awaited and %s', async (name, body) => {
    const code = `export async function main() {\n  'use durable';\n  ${body}\n}`;
    const { outcome } = await run(name.replace(/ /g, '-'), code);
    expect(outcome).toMatchObject({
      reason: { message: expect.stringMatching(/^"text" is a promise in the result/) },
    });
  });
});
