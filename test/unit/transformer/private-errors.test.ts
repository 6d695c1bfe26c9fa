import { describe, expect, it, vi } from 'vitest';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { transform } from '../../../transformer/index.ts';
import { crashEverywhere } from '../../support/crash.ts';
import { emitThroughAst, emitThroughText, load } from '../../support/fixtures.ts';

/**
 * An error whose class has private members comes out of the journal without them, in the process that recorded it as well: what its
 * getters give is carried, and methods that need the rest say so, live and after each crash.
 */
const head = `import { effect, later } from '../../support/effects.ts';
class Secret extends Error {
  #status; #left = 2;
  constructor(status) { super('status ' + status); this.name = 'Secret'; this.#status = status; }
  get status() { return this.#status; }
  get isFinal() { return this.#status >= 500; }
  left() { return --this.#left; }
  static is(error) { return #status in error; }
  static [Symbol.hasInstance](error) { return error?.name === 'Secret'; }
}
class Sub extends Secret { constructor() { super(503); this.name = 'Secret'; } again() { return this.left() > 0; } }
async function charge(kind) { effect('charge ' + kind); await later(1); throw kind === 'sub' ? new Sub() : new Secret(402); }
`;

const programs: Readonly<Record<string, readonly [code: string, value: unknown]>> = {
  'what its getters give': [
    "try { await charge('a'); } catch (e) { return [e.status, e.isFinal, e.message, e instanceof Secret]; }",
    [402, false, 'status 402', true],
  ],
  'what getters of its base give': [
    "try { await charge('sub'); } catch (e) { return [e.status, e.isFinal, e instanceof Secret, e instanceof Sub]; }",
    [503, true, true, true],
  ],
  'of a promise that is awaited later': [
    "const p = charge('a'); const [r] = await Promise.allSettled([p]); await later(1, 0); return [r.reason.status, await p.catch((e) => e.isFinal)];",
    [402, false],
  ],
};

const refused: Readonly<Record<string, readonly [code: string, member: string]>> = {
  'a method': ["try { await charge('a'); } catch (e) { return e.left(); }", 'left'],
  'a method that calls one of its base': [
    "try { await charge('sub'); } catch (e) { return e instanceof Sub && e.again(); }",
    'left',
  ],
};

const emitters = [
  ['text', emitThroughText],
  ['ast', emitThroughAst],
] as const;

async function sweep(kind: string, emit: typeof emitThroughText, name: string, code: string, cls = 'Secret') {
  const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`.replaceAll(
    'Secret',
    cls,
  );
  const fixture = { name: 'private-errors', file: 'input.js', folder: '', source };
  const { main } = await load(fixture, `${kind}-${name.replace(/\W+/g, '-')}`, emit(fixture));
  return await crashEverywhere(main as AnyFunction, [], { order: 'any' });
}

describe.each(emitters)('an error with private members (%s)', (kind, emit) => {
  it.each(Object.entries(programs))('is caught with %s', async (name, [code, value]) => {
    const { outcome } = await sweep(kind, emit, name, code);
    expect(outcome).toEqual({ status: 'fulfilled', value });
  });

  it.each(Object.entries(refused))('refuses %s', async (name, [code, member]) => {
    const { outcome } = await sweep(kind, emit, name, code);
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { name: 'MisuseError', message: expect.stringContaining(`"${member}" of `) },
    });
  });
});

it('is told of at the line and at the first throw, where the class asks for a private member', async () => {
  const code = "try { await charge('a'); } catch (e) { return Secret.is(e); }";
  const source = `${head}export async function main() {\n  'use durable';\n  ${code}\n}\n`;
  const { diagnostics } = transform(source, { fileName: 'input.js' });
  expect(diagnostics.map(({ code }) => code)).toEqual(['UD3022']);
  const told = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  // A class is told of once in a process.
  const { outcome } = await sweep('told', emitThroughText, 'asks', code, 'Asked');
  expect(outcome).toEqual({ status: 'fulfilled', value: false });
  expect(told.mock.calls.map(([text]) => String(text))).toEqual([
    expect.stringMatching(/^A step threw an Asked, .* is\(\) need/),
  ]);
  told.mockRestore();
});
