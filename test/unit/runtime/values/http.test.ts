import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SerializationError } from '../../../../runtime/base/errors.ts';
import { decode, decodeError, encode, encodeError } from '../../../../runtime/values/codec.ts';

const WHAT = 'result of step "fetch"';
const carry = async <T>(value: T): Promise<T> => decode(await encode(value, WHAT)) as T;

describe('Headers', () => {
  it('are encoded at once, with several cookies', () => {
    const headers = new Headers([
      ['X-A', '1'],
      ['x-a', '2'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    const text = encode({ headers }, WHAT);
    expect(typeof text).toBe('string');
    const copy = (decode(text as string) as { headers: Headers }).headers;
    expect(copy).toBeInstanceOf(Headers);
    expect([...copy]).toEqual([...headers]);
    expect(copy.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('a Response', () => {
  it('comes back with all that fetch tells, and leaves the original unread', async () => {
    const server = createServer((req, res) => {
      if (req.url === '/from') res.writeHead(302, { location: '/to' }).end();
      else res.writeHead(201, 'Made', { 'content-type': 'application/json' }).end('{"a":"é"}');
    }).listen(0);
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const response = await fetch(`${origin}/from`);
    const copy = await carry(response);
    server.close();
    expect(copy).toBeInstanceOf(Response);
    const told = ({ status, statusText, ok, url, redirected, type }: Response) => ({
      status,
      statusText,
      ok,
      url,
      redirected,
      type,
    });
    expect(told(copy)).toEqual(told(response));
    expect(told(copy)).toMatchObject({
      status: 201,
      statusText: 'Made',
      ok: true,
      url: `${origin}/to`,
      redirected: true,
    });
    expect([...copy.headers]).toEqual([...response.headers]);
    expect(copy.clone().url).toBe(`${origin}/to`);
    const again = await carry(copy);
    expect(again.url).toBe(`${origin}/to`);
    expect(await again.text()).toBe('{"a":"é"}');
    expect(await copy.json()).toEqual({ a: 'é' });
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual({ a: 'é' });
  });

  it.each([
    ['bytes', new Response(new Uint8Array([0, 255, 128]))],
    ['no body', new Response(null, { status: 204 })],
    ['an empty body', new Response('')],
    ['a failure', new Response('no', { status: 500, headers: { 'x-a': 'b' } })],
  ])('comes back with %s', async (_, response) => {
    const copy = await carry(response.clone());
    expect([copy.status, copy.ok, [...copy.headers]]).toEqual([
      response.status,
      response.ok,
      [...response.headers],
    ]);
    expect(copy.body === null).toBe(response.body === null);
    expect(new Uint8Array(await copy.arrayBuffer())).toEqual(new Uint8Array(await response.arrayBuffer()));
  });

  it('of a network error comes back', async () => {
    expect((await carry(Response.error())).type).toBe('error');
  });

  it('stays one, where it is one, among others', async () => {
    const [a, b] = [new Response('a'), new Response('b')];
    const copy = await carry({ a, list: [b, a], at: new Date(0) });
    expect(copy.list[1]).toBe(copy.a);
    expect(await copy.list[0]!.text()).toBe('b');
    expect(await copy.a.text()).toBe('a');
  });

  it('comes back as read if it was read, and can be read as little as in plain code', async () => {
    const response = new Response('x', { status: 201, headers: { 'x-a': '1' } });
    await response.text();
    const { page } = await carry({ page: response });
    expect([page.status, page.headers.get('x-a'), page.bodyUsed]).toEqual([201, '1', true]);
    await expect(page.text()).rejects.toThrow(TypeError);
    expect(() => page.clone()).toThrow(TypeError);
  });

  it('is refused if its body breaks off', async () => {
    const cause = new Error('reset');
    const body = new ReadableStream({ start: (controller) => controller.error(cause) });
    const error = await Promise.resolve(encode(new Response(body), WHAT)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ message: expect.stringMatching(/holds a body that can't be read/), cause });
  });

  it('of an error is kept without its body, if that is gone', async () => {
    const response = new Response('x', { status: 418 });
    await response.text();
    const error = Object.assign(new Error('HTTP'), { response });
    const copy = decodeError(await encodeError(error, 'error of step "fetch"')) as typeof error;
    expect(copy.response.status).toBe(418);
  });
});

describe('a Request', () => {
  it('comes back with method, headers and body', async () => {
    const request = new Request('https://a.b/c', {
      method: 'POST',
      body: 'hi',
      headers: { 'x-a': '1' },
      redirect: 'manual',
      cache: 'no-store',
    });
    const copy = await carry(request);
    expect(copy).toBeInstanceOf(Request);
    expect([copy.url, copy.method, copy.redirect, copy.cache]).toEqual([
      'https://a.b/c',
      'POST',
      'manual',
      'no-store',
    ]);
    expect([...copy.headers]).toEqual([...request.headers]);
    expect(await copy.text()).toBe('hi');
    expect(await request.text()).toBe('hi');
  });

  it('comes back without a body', () => {
    const text = encode(new Request('https://a.b/'), WHAT);
    expect(typeof text).toBe('string');
    expect((decode(text as string) as Request).method).toBe('GET');
  });
});
