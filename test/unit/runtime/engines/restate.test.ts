import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ask } from '../../../../runtime/engines/restate/http.ts';
import { restateClient, toRestate } from '../../../../runtime/engines/restate/index.ts';
import { currentInput, Input, serving } from '../../../../runtime/engines/restate/input.ts';
import { load } from '../../../../runtime/engines/restate/sdk.ts';
import { addressOf, isProven, makeToken } from '../../../../runtime/engines/restate/tokens.ts';
import {
  argumentsOf,
  fromJson,
  fromLine,
  limited,
  toJson,
  toLine,
} from '../../../../runtime/engines/restate/wire.ts';
import {
  CallbackError,
  EngineMissingError,
  EngineUnreachableError,
  LimitError,
  MisuseError,
  NotCompiledError,
} from '../../../../runtime/index.ts';
import { decode, decodeError, encode } from '../../../../runtime/values/codec.ts';
import { durable } from '../../../support/compiled.ts';

describe('values on their way', () => {
  it.each([
    [{ a: [1, null, 'x'] }, '{"a":[1,null,"x"]}'],
    ['1d[]', '"1d[]"'],
    [{ 'use-durable': '1d-1', more: 1 }, undefined],
    [{ 'use-durable': '1d-1' }, undefined],
    [undefined, '{"use-durable":"1d-1"}'],
    [new Date(5), undefined],
    [[10n, new Map([[1, -0]])], undefined],
  ])('%o comes back', (value, json) => {
    const text = toJson(encode(value, 'value') as string);
    if (json !== undefined) expect(text).toBe(json);
    expect(() => JSON.parse(text)).not.toThrow();
    expect(decode(fromJson(text, 'value'))).toEqual(value);
  });

  it('takes JSON as others write it', () => {
    expect(decode(fromJson(' { "a" : 1 }\n', 'value'))).toEqual({ a: 1 });
    expect(() => fromJson('{"a":', 'payload')).toThrow(MisuseError);
    expect(() => fromJson('', 'payload')).toThrow(/payload is not JSON/);
  });

  it.each([
    ['', []],
    ['  ', []],
    ['[1, [2]]', [1, [2]]],
    ['{"a": 1}', [{ a: 1 }]],
    ['null', [null]],
    ['"text"', ['text']],
    [toJson(encode([new Date(1)], 'arguments') as string), [new Date(1)]],
  ])('the arguments in %o', (body, args) => {
    expect(decode(argumentsOf(body))).toEqual(args);
  });

  it.each([
    { ok: true, value: '1j{"a": 1}' },
    { ok: true, value: '' },
    { ok: false, value: '1d["~", 1]\nand more' },
    { ok: false, value: '1d2 3', retryIn: 500 },
  ])('a line of the journal: %o', (outcome) => {
    expect(fromLine(toLine(outcome, 1_700_000_000_000))).toEqual({ ...outcome, at: 1_700_000_000_000 });
  });

  it('refuses what is too large, by bytes', () => {
    const outcome = { ok: true, value: 'ääää' };
    expect(limited(outcome, 'result', 8)).toBe(outcome);
    const refused = limited(outcome, 'result of step "a"', 7);
    expect(refused.ok).toBe(false);
    const error = decodeError(refused.value);
    expect(error).toBeInstanceOf(LimitError);
    expect(String(error)).toMatch(/result of step "a" has 8 bytes, and 7/);
  });
});

describe('the input of an attempt', () => {
  /** A message as Restate's protocol has it. */
  function message(type: number, body: Buffer): Buffer {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(type, 0);
    head.writeUInt32BE(body.length, 4);
    return Buffer.concat([head, body]);
  }
  /** The fields 11 (a number) and 12 (a text), and before them ones of other kinds that may be added some day. */
  function runCommand(name: string): Buffer {
    const text = Buffer.from(name);
    const length = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7];
    const fields = [(1 << 3) | 1, 0, 0, 0, 0, 0, 0, 0, 0, (2 << 3) | 5, 0, 0, 0, 0, (3 << 3) | 2, 1, 65];
    return message(
      0x0411,
      Buffer.from([...fields, (11 << 3) | 0, 0x81, 1, (12 << 3) | 2, ...length, ...text]),
    );
  }
  const long = `f/${'g'.repeat(200)}`;
  const journal = Buffer.concat([
    message(0x0000, Buffer.alloc(300, 7)),
    runCommand('first'),
    message(0x8011, Buffer.from('no command')),
    runCommand('ünï'),
    runCommand(long),
    message(0x0411, Buffer.from([(11 << 3) | 0, 5])),
    message(0x0400, Buffer.alloc(0)),
  ]);

  it.each([1, 3, 8, 100, 10_000])('names the steps of the journal, in pieces of %i bytes', (size) => {
    const input = new Input(true);
    for (let at = 0; at < journal.length; at += size) input.read(journal.subarray(at, at + size));
    expect([...input.runs]).toEqual(['first', 'ünï', long, '']);
  });

  it('passes on what it reads, and an empty piece when asked to', async () => {
    const input = new Input(true);
    let send: (chunk: Uint8Array) => void = () => {};
    async function* source() {
      yield journal.subarray(0, 500);
      yield await new Promise<Uint8Array>((resolve) => (send = resolve));
    }
    const passed = input.pass(source());
    expect((await passed.next()).value).toEqual(journal.subarray(0, 500));
    const waiting = passed.next();
    input.ping();
    expect(await waiting).toEqual({ done: false, value: new Uint8Array(0) });
    const next = passed.next();
    send(journal.subarray(500));
    expect((await next).value).toEqual(journal.subarray(500));
    expect([...input.runs]).toContain(long);
    expect((await passed.next()).done).toBe(true);
  });

  it('is found by what is called to serve it, and by nothing else', async () => {
    const input = new Input(false);
    await serving(input, async () => {
      await Promise.resolve();
      expect(currentInput()).toBe(input);
    });
    expect(currentInput()).toBeUndefined();
  });
});

describe('tokens of callbacks', () => {
  const address = { service: 'registerUser', run: 'run/1 ü', key: 'createCallback[1]' };

  it('say where they belong, and who made them', () => {
    const token = makeToken(address, 'seed');
    expect(token).toMatch(/^[\w-]{22}\.[\w-]+$/);
    expect(addressOf(token)).toEqual(address);
    expect(isProven(token, 'seed')).toBe(true);
    expect(isProven(token, 'another')).toBe(false);
    expect(
      isProven(
        makeToken({ ...address, key: 'createCallback' }, 'seed').replace(/^.{22}/, token.slice(0, 22)),
        'seed',
      ),
    ).toBe(false);
  });

  it.each(['', 'x', 'a.b', `a.${Buffer.from('[1,2,3]').toString('base64url')}`])('%o is none', (text) => {
    expect(() => addressOf(text)).toThrow(CallbackError);
  });
});

describe('what is wrong is said', () => {
  const fn = durable(async () => 1);

  it('by toRestate', () => {
    expect(() => toRestate({ plain: async () => {} })).toThrow(NotCompiledError);
    expect(() => toRestate({})).toThrow(MisuseError);
    expect(() => toRestate({ 'not a name': fn })).toThrow(/can't be the name of a service/);
    for (const name of ['restate', 'RestateOrders', 'openapi'])
      expect(() => toRestate({ [name]: fn })).toThrow(/keeps the name/);
    expect(() => toRestate({ myRestate: fn, openapis: fn })).not.toThrow();
    expect(() => toRestate({ fn }, { maxPayload: 0 })).toThrow(MisuseError);
    expect(() => toRestate({ fn }, { steps: { retry: 0 } })).toThrow(MisuseError);
  });

  it('by the client', async () => {
    expect(() => restateClient('nowhere')).toThrow(MisuseError);
    const client = restateClient('http://127.0.0.1:1', { patience: 0 });
    await expect(client.start(fn, [])).rejects.toThrow(EngineUnreachableError);
    await expect(client.start(fn, [], { id: '' })).rejects.toThrow(MisuseError);
    await expect(client.start(fn, 'x' as never)).rejects.toThrow(MisuseError);
    expect(() => client.get(async () => 1, 'id')).toThrow(NotCompiledError);
    await expect(client.get(fn, 'id').signal('')).rejects.toThrow(MisuseError);
    await expect(ask({ method: 'GET', url: 'http://127.0.0.1:1/x' }, 0)).rejects.toThrow(
      /http:\/\/127.0.0.1:1 can't be reached/,
    );
  });

  it('when the SDK is missing', async () => {
    const missing = load(() => Promise.reject(new Error('Cannot find package')));
    await expect(missing).rejects.toThrow(EngineMissingError);
    await expect(missing).rejects.toThrow('npm install @restatedev/restate-sdk');
  });
});

it('the SDK is loaded by nothing but an endpoint', () => {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => {
      if (/^@(restatedev|aws)\\//.test(name)) throw new Error('loaded ' + name);
      return next(name, context);
    } });
    await import('./runtime/index.ts');
    const { restateClient } = await import('./runtime/engines/restate/index.ts');
    restateClient('http://127.0.0.1:1');
    console.log('fine');
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output.trim()).toBe('fine');
});
