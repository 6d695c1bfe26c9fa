import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sample } from '../../../support/tier.ts';
import { ODD_REQUESTS, type OddRequest } from './odd-requests.ts';

let server: ChildProcess;
let port = 0;
let printed = '';
let errors = '';

beforeAll(async () => {
  const script = fileURLToPath(new URL('odd-server.ts', import.meta.url));
  server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
  server.stdout?.on('data', (chunk) => {
    printed += chunk;
  });
  server.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  await vi.waitUntil(() => printed.includes('port '), 20_000);
  port = Number(/port (\d+)/.exec(printed)?.[1]);
});

afterAll(() => void server.kill());

interface Client {
  readonly socket: Socket;
  /** Resolves when the connection has ended, in whatever way. */
  readonly closed: Promise<void>;
}

async function open(): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  // The server may end the connection while bytes are on their way.
  socket.on('error', () => {});
  return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve())) };
}

/** Sends bytes and reads until the server ends the connection. */
async function exchange(bytes: string): Promise<string> {
  const { socket, closed } = await open();
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(bytes, 'latin1');
  await closed;
  return answer;
}

const statusesOf = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

/** What is wrong with the answers to an odd request; undefined if nothing is. */
function wrong({ name, bytes, answers }: OddRequest, answer: string): string | undefined {
  const statuses = statusesOf(answer);
  const allowed = answers.map((cell) => (typeof cell === 'object' ? cell : [cell]));
  const most = allowed.filter((cell) => !(cell.length === 1 && cell[0] === 'none')).length;
  const fits = allowed.every((cell, i) => cell.includes(statuses[i] ?? 'none'));
  if (fits && statuses.length <= most) return undefined;
  return `${name}: ${JSON.stringify(bytes.slice(0, 100))} was answered ${statuses.join(', ')}, not ${answers.join(', ')}`;
}

async function expectAlive(): Promise<void> {
  expect(server.exitCode, errors).toBeNull();
  expect(errors).toBe('');
  expect(printed.replace(/^(port \d+|expected|aborted)\n/gm, '')).toBe('');
  expect(await exchange('GET /url HTTP/1.1\r\nHost: still.here\r\nConnection: close\r\n\r\n')).toContain(
    'http://still.here/url',
  );
}

describe('toNodeListener behind a real server', () => {
  it(`gives each of ${sample(ODD_REQUESTS, 4).length} odd requests the right status, and goes on`, {
    timeout: 60_000,
  }, async () => {
    const problems: (string | undefined)[] = [];
    const requests = sample(ODD_REQUESTS, 4);
    for (let i = 0; i < requests.length; i += 50) {
      const some = requests.slice(i, i + 50);
      const answers = await Promise.all(some.map(({ bytes }) => exchange(bytes)));
      problems.push(...some.map((request, j) => wrong(request, answers[j] ?? '')));
    }
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    await expectAlive();
  });

  it('survives 400 requests that chance has damaged, and lets nobody in', { timeout: 120_000 }, async () => {
    const base = fc.constantFrom(
      'GET /durable/runs/x HTTP/1.1\r\nHost: h\r\n\r\n',
      'GET http://h:80/durable/runs/x?id=1#y HTTP/1.1\r\nHost: [::1]:80\r\nCookie: a=1\r\n\r\n',
      'POST /durable/runs/echo?id=a%2Fb HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"args":[]}',
      'POST /durable/callbacks/x HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{"value":1}\r\n0\r\n\r\n',
    );
    const text = fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\r',
        '\n',
        ' ',
        '\t',
        '/',
        '//',
        '[',
        ']',
        '@',
        ':',
        '%',
        '%00',
        '#',
        '?',
        '\\',
        '\0',
      ),
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        maxLength: 4,
      }),
    );
    const edit = fc.record({ at: fc.nat(200), remove: fc.nat(6), text });
    const damaged = fc.tuple(base, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([bytes, edits]) => {
      let result = bytes;
      for (const { at, remove, text: inserted } of edits) {
        const index = at % result.length;
        result = result.slice(0, index) + inserted + result.slice(index + remove);
      }
      return result;
    });
    const requests = fc.sample(damaged, { numRuns: 400, seed: 20261129 });
    for (let i = 0; i < requests.length; i += 50) {
      const some = requests.slice(i, i + 50);
      const answers = await Promise.all(
        // What is kept alive is closed by a last request that asks for it.
        some.map((bytes) => exchange(`${bytes}GET /url HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)),
      );
      for (const [j, answer] of answers.entries()) {
        const shown = `${JSON.stringify(some[j])} was answered ${JSON.stringify(answer)}`;
        // Nobody had the right; the last request may be answered 200 with its URL.
        for (const status of statusesOf(answer))
          expect([100, 200, 400, 403, 404, 405, 408, 413, 415, 417, 431, 501, 505], shown).toContain(status);
        expect(answer, shown).not.toContain('"id"');
      }
    }
    await expectAlive();
  });

  it('takes a request that comes byte by byte', async () => {
    const { socket, closed } = await open();
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    for (const byte of 'GET //[ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n') {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
    expect(statusesOf(answer)).toEqual([404]);
  });

  it('goes on when the client is gone: at any byte of a request, and while it is answered', {
    timeout: 60_000,
  }, async () => {
    const body = '{"args":[1]}';
    const whole =
      `POST /durable/runs/echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer right\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (let length = 0; length <= whole.length; length += 3) {
      const { socket, closed } = await open();
      socket.write(whole.slice(0, length), () => (length % 2 ? socket.resetAndDestroy() : socket.destroy()));
      await closed;
    }
    for (const target of ['/endless', '/fails-midway', '/no-bytes', '/aborted']) {
      for (let i = 0; i < 4; i++) {
        const { socket, closed } = await open();
        // Several wait in one connection.
        socket.write(`GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`.repeat(i + 1));
        if (target === '/endless') await once(socket, 'data');
        else await new Promise((resolve) => setTimeout(resolve, 10));
        if (i % 2) socket.resetAndDestroy();
        else socket.destroy();
        await closed;
      }
    }
    // The handler learns that nobody waits any more.
    await vi.waitUntil(() => printed.split('aborted\n').length - 1 === 10, 10_000);
    await expectAlive();
  });

  it('hands over what was asked for, and what the handler gave', async () => {
    const ask = (target: string, ...more: string[]): Promise<string> =>
      exchange([`GET ${target} HTTP/1.1`, 'Host: h:8080', 'Connection: close', ...more, '', ''].join('\r\n'));
    expect(await ask('/url?a=%20b')).toContain('\r\nhttp://h:8080/url?a=%20b\r\n');
    expect(await ask('http://other:1/url')).toContain('\r\nhttp://other:1/url\r\n');
    expect(await ask('/headers', 'X: a', 'x: b', 'Cookie: c=1', 'Cookie: d=2', 'X-L: \u00e4')).toMatch(
      /\["cookie","c=1; d=2"\].*\["x","a, b"\],\["x-l","\u00c3\u00a4"\]/,
    );
    const cookies = await ask('/cookies');
    expect(cookies).toContain('set-cookie: a=1\r\nset-cookie: b=2\r\n');
    expect(cookies).toContain('\u00c3\u00a4');
  });
});
