/** Requests that no well-behaved client sends, as bytes, with the answers that are right. */

export interface OddRequest {
  readonly name: string;
  readonly bytes: string;
  /** The status of each answer, in order; several in a cell are all right. 'none': the connection just ends. */
  readonly answers: readonly (number | 'none' | readonly (number | 'none')[])[];
}

const HOST = 'Host: h';
const CLOSE = 'Connection: close';
const TYPE = 'Content-Type: application/json';
const AUTH = 'Authorization: Bearer right';

const head = (line: string, ...headers: string[]): string => `${[line, ...headers].join('\r\n')}\r\n\r\n`;
const get = (target: string, ...headers: string[]): string =>
  head(`GET ${target} HTTP/1.1`, HOST, CLOSE, ...headers);
const post = (target: string, body: string, ...headers: string[]): string =>
  head(`POST ${target} HTTP/1.1`, HOST, CLOSE, TYPE, AUTH, `Content-Length: ${body.length}`, ...headers) +
  body;
const chunked = (body: string, ...headers: string[]): string =>
  head(
    'POST /durable/runs/echo HTTP/1.1',
    HOST,
    CLOSE,
    TYPE,
    AUTH,
    'Transfer-Encoding: chunked',
    ...headers,
  ) + body;

type Row = readonly [bytes: string, ...answers: OddRequest['answers']];

const rows = (kind: string, list: readonly Row[]): OddRequest[] =>
  list.map(([bytes, ...answers], i) => ({ name: `${kind} ${i + 1}`, bytes, answers }));

/** An unauthorized look at a run. */
const RUN = '/durable/runs/x';

const targets = rows('target', [
  [get('//['), 404],
  [get('//'), 404],
  [get('///x'), 404],
  [get('//evil.example/durable/runs/x'), 404],
  [get('/durable//runs/x'), 404],
  [get('/durable/runs//x'), 404],
  [get('/durable/runs/x/'), 404],
  [get('/durable/runs/x//'), 404],
  [get('/'), 404],
  [get('/durable'), 404],
  [get('/durable/'), 404],
  [get('/['), 404],
  [get('/]'), 404],
  [get('/%'), 404],
  [get('/durable/runs/%'), 400],
  [get('/durable/runs/%zz'), 400],
  [get('/durable/runs/%ff'), 400],
  [get('/durable/runs/%c3%28'), 400],
  [get('/durable/runs/%ed%a0%80'), 400],
  [get('/durable/runs/%00'), 403],
  [get('/durable/runs/%0d%0aset-cookie:%20a'), 403],
  [get('/durable/runs/x?%'), 400],
  [get('/durable/runs/x?%ff=1'), 400],
  [get('/durable/runs/x?id=%zz'), 400],
  [get('/durable/runs/x?a&&&=='), 403],
  [get('/durable/runs/x?a?b?c'), 403],
  [get('/durable/runs/..'), 404],
  [get('/durable/runs/../runs/x'), 403],
  [get('/../../durable/runs/x'), 403],
  [get('/durable/%2e%2e/durable/runs/x'), 403],
  [get('/durable/runs/%2e%2e%2fx'), 403],
  [get('/durable\\runs\\x'), 403],
  [get('\\durable'), 400],
  [get('/durable/runs/x#'), [403, 400]],
  [get('/durable/runs/x#//['), [403, 400]],
  [get('/durable/runs/\u00e4'), 400],
  [get('/durable/runs/\u00ff\u00fe'), 400],
  [get('/durable/runs/\u0001'), 400],
  [get('/durable/runs/\u007f'), 400],
  [get('/durable/runs/x y'), 400],
  [get(`/durable/runs/${'x'.repeat(10_000)}`), 403],
  [get(`/durable/runs/${'x'.repeat(70_000)}`), 431],
  [get(`/${'/'.repeat(10_000)}`), 404],
  [get(`/${'%2f'.repeat(4_000)}`), 404],
  [get(`/durable/runs/x?${'a=1&'.repeat(3_000)}`), 403],
  [get('*'), 400],
  [head('OPTIONS * HTTP/1.1', HOST, CLOSE), 400],
  [get('**'), 400],
  [get('x'), 400],
  [get('durable/runs/x'), 400],
  [get('?x'), 400],
  [get('#x'), 400],
  [get(':'), 400],
  [get('.'), 400],
  [get('h:80'), 400],
  [get('[::1]:80'), 400],
]);

const absolute = rows('absolute form', [
  [get('http://u:p@h/durable/runs/x'), 400],
  [get('http://@h/durable/runs/x'), 400],
  [get('http://:99999/'), 400],
  [get('http://h:99999/'), 400],
  [get('http://h:x/'), 400],
  [get('http://h:-1/'), 400],
  [get('http:///'), 400],
  [get('http://'), 400],
  [get('http:/x'), 400],
  [get('http:x'), 400],
  [get('http://[/'), 400],
  [get('http://[::1/'), 400],
  [get('http://[::1]/durable/runs/x'), 403],
  [get('http://[::g]/'), 400],
  [get('http://h/durable/runs/x'), 403],
  [get('HTTP://h/durable/runs/x'), 403],
  [get('https://h/durable/runs/x'), 403],
  [get('http://other.example/durable/runs/x'), 403],
  [get('http://h'), 404],
  [get('http://h?x'), 404],
  [get('http://h#x'), [404, 400]],
  [get('http://h//durable/runs/x'), 404],
  [get('http://h\\@x/'), 400],
  [get('http://%/'), 400],
  [get('http://%00/'), 400],
  [get('http://1.2.3.4.5/'), 400],
  [get('http://999.999.999.999/'), 400],
  [get('http://0x7f.1/durable/runs/x'), 403],
  [get('http://xn--a/'), [400, 404]],
  [get('ftp://h/'), 400],
  [get('file:///etc/passwd'), 400],
  [get('javascript:alert(1)'), 400],
  [get('data:text/plain,x'), 400],
  [get('ws://h/x'), 400],
  [get('about:blank'), 400],
  [get('://'), 400],
]);

const host = (...headers: string[]): string => head(`GET ${RUN} HTTP/1.1`, CLOSE, ...headers);

const hosts = rows('Host', [
  [host(), 400],
  [host('Host:'), 400],
  [host('Host: '), 400],
  [host('Host: a b'), 400],
  [host('Host: a/b'), 400],
  [host('Host: a?b'), 400],
  [host('Host: a#b'), 400],
  [host('Host: a\\b'), 400],
  [host('Host: u:p@h'), 400],
  [host('Host: h:99999'), 400],
  [host('Host: h:x'), 400],
  [host('Host: h:'), 403],
  [host('Host: h:80'), 403],
  [host('Host: :80'), 400],
  [host('Host: ['), 400],
  [host('Host: [::1'), 400],
  [host('Host: [::1]'), 403],
  [host('Host: [::1]:8080'), 403],
  [host('Host: [v1.x]'), 400],
  [host('Host: <script>'), 400],
  [host('Host: %'), 400],
  [host('Host: %41'), 403],
  [host('Host: \u00e4'), 400],
  [host('Host: http://h/'), 400],
  [host('Host: h,h'), 400],
  [host('Host: h', 'Host: h'), 400],
  [host('Host: h', 'Host: evil.example'), 400],
  [host('Host: 1.2.3.4.5'), 400],
  [host('Host: h', 'X-Forwarded-Host: ['), 403],
  [host(`Host: ${'h'.repeat(5_000)}`), 403],
]);

const method = (name: string, ...headers: string[]): string =>
  head(`${name} ${RUN} HTTP/1.1`, HOST, CLOSE, ...headers);

const methods = rows('method', [
  [method('TRACE'), 501],
  [`${method('TRACE', 'Content-Length: 3')}abc`, 501],
  [head('CONNECT h:80 HTTP/1.1', HOST), 'none'],
  [head(`CONNECT ${RUN} HTTP/1.1`, HOST), [400, 'none']],
  [method('OPTIONS'), 405],
  [method('PUT'), 405],
  [method('DELETE'), 405],
  [method('PATCH'), 405],
  [method('PROPFIND'), 405],
  [method('QUERY'), [405, 400]],
  [method('M-SEARCH'), 405],
  [method('HEAD'), 403],
  [method('get'), 400],
  [method('GETT'), 400],
  [method(''), 400],
  [method('G\u0000T'), 400],
  [method('BREW'), 400],
  [method('PRI'), 400],
  [`${method('GET', 'Content-Length: 5')}hello`, 403],
  [`${method('HEAD', 'Content-Length: 5')}hello`, 403],
  [`${method('DELETE', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n`, 405],
]);

const lines = rows('request line', [
  ['\r\n\r\n\r\n', ['none', 408, 400]],
  ['GET\r\n\r\n', 400],
  ['GET /\r\n\r\n', [400, 505]],
  ['GET / HTTP\r\n\r\n', 400],
  ['GET / HTTP/\r\n\r\n', 400],
  [head('GET / HTTP/0.9', HOST), [400, 505]],
  [head('GET / HTTP/2.0', HOST), [400, 505]],
  [head('GET / HTTP/3.0', HOST), 400],
  [head('GET / HTTP/1.2', HOST), 400],
  [head('GET / HTTP/9.9', HOST), 400],
  [head('GET / http/1.1', HOST), 400],
  [head('GET / HTTPS/1.1', HOST), 400],
  [head('GET  / HTTP/1.1', HOST, CLOSE), [400, 404]],
  [head('GET /  HTTP/1.1', HOST, CLOSE), [400, 404]],
  [head('GET / HTTP/1.1 ', HOST, CLOSE), 400],
  [head(' GET / HTTP/1.1', HOST), 400],
  [head('GET\t/\tHTTP/1.1', HOST), 400],
  [`GET ${RUN} HTTP/1.1\nHost: h\n\n`, 400],
  [`GET ${RUN} HTTP/1.1\rHost: h\r\r`, 400],
  ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001', 400],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['\u0000\u0000\u0000\u0000', 400],
  ['SSH-2.0-OpenSSH_9.0\r\n', 400],
  ['{"json": true}\r\n\r\n', 400],
  ['\u00ff'.repeat(100), 400],
  ['A'.repeat(100_000), 400],
  ['', 408],
  ['GET', [408, 'none']],
  ['GET / HTTP/1.1\r\nHost: h\r\n', 408],
]);

const versions = rows('HTTP/1.0', [
  [head(`GET ${RUN} HTTP/1.0`), 403],
  [head(`GET ${RUN} HTTP/1.0`, 'Host: ['), 400],
  [head(`GET //[ HTTP/1.0`), 404],
  [head('GET http://u:p@h/ HTTP/1.0'), 400],
  [head(`TRACE ${RUN} HTTP/1.0`), 501],
  [head(`GET ${RUN} HTTP/1.0`, 'Connection: keep-alive') + head(`GET ${RUN} HTTP/1.0`), 403, 403],
  [head('GET /cookies HTTP/1.0'), 200],
  [`${head('POST /durable/runs/echo HTTP/1.0', TYPE, AUTH, 'Content-Length: 11')}{"args":[]}`, 200],
  [head('POST /durable/runs/echo HTTP/1.0', TYPE, AUTH), 200],
]);

const headers = rows('header', [
  [get(RUN, 'X'), 400],
  [get(RUN, ': x'), 400],
  [get(RUN, 'X : y'), 400],
  [get(RUN, ' X: y'), [400, 403]],
  [get(RUN, 'X: a\u0000b'), 400],
  [get(RUN, 'X: a\rb'), 400],
  [get(RUN, 'X: a\nb'), 400],
  [get(RUN, 'X\u00e4: y'), 400],
  [get(RUN, 'X(y): z'), 400],
  [get(RUN, 'X: \u00e4\u00ff'), 403],
  [get(RUN, 'X: a\u0001b'), [400, 403]],
  [get(RUN, 'X:'), 403],
  [get(RUN, '__proto__: x', 'constructor: y', 'toString: z'), 403],
  [get(RUN, 'Authorization: Bearer right', 'Authorization: Bearer wrong'), 403],
  [get(RUN, 'Authorization: Bearer wrong', 'Authorization: Bearer right'), 403],
  [get(RUN, 'Cookie: a=1', 'Cookie: b=2'), 403],
  [get(RUN, ...Array.from({ length: 500 }, (_, i) => `X-${i}: y`)), 403],
  [get(RUN, ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: y`)), [403, 431]],
  [get(RUN, `X: ${'y'.repeat(20_000)}`), 431],
  [get(RUN, 'Content-Length: -1'), 400],
  [get(RUN, 'Content-Length: 1e3'), 400],
  [get(RUN, 'Content-Length: 99999999999999999999'), 400],
  [get(RUN, 'Content-Length: 0', 'Content-Length: 5'), 400],
  [get(RUN, 'Content-Length: 0', 'Transfer-Encoding: chunked'), 400],
  [get(RUN, 'Transfer-Encoding: gzip'), [400, 501]],
  [get(RUN, 'Transfer-Encoding: chunked, identity'), [400, 501]],
  [get(RUN, 'Upgrade: websocket', 'Connection: Upgrade'), 403],
  [head(`GET ${RUN} HTTP/1.1`, HOST, 'Upgrade: h2c', 'Connection: Upgrade, close'), 403],
  [get(RUN, 'Expect: 100-continue'), [100, 403], 403],
  [get(RUN, 'Expect: the-impossible'), 417],
  [get(RUN, 'Range: bytes=0-', 'If-None-Match: *', 'TE: trailers', 'Accept: \u0009'), 403],
]);

const small = '{"args":[1]}';

const bodies = rows('body', [
  [post('/durable/runs/echo', small), 200],
  [post('/durable/runs/echo', small, 'Expect: 100-continue'), 100, 200],
  [post('/durable/runs/echo', ''), 200],
  [post('/durable/runs/echo', '{'), 400],
  [post('/durable/runs/echo', '[]'), 400],
  [post('/durable/runs/echo', '\u00ff\u00fe'), 400],
  [post('/durable/runs/echo', '{"__proto__":{}}'), 400],
  [post('/durable/runs/echo', '['.repeat(4_000)), 400],
  [post('/durable/runs/echo', ' '.repeat(5_000)), 413],
  [post('/durable/runs/echo', ' '.repeat(500_000)), 413],
  [post('/durable/runs/echo?id=', small), 400],
  [post('/durable/runs/echo?id=a&id=b', small), 400],
  [post('/durable/runs/echo?id=..', small), 400],
  [post('/durable/runs/echo?id=%00', small), 400],
  [post('/durable/runs/__proto__', small), 404],
  [post('/durable/runs/constructor', small), 404],
  [post('/durable/callbacks/x', '{"value":1}'), 404],
  [post('/durable/callbacks/%00', '{"value":1}'), 404],
  [post(`/durable/callbacks/${'x'.repeat(5_000)}`, '{"value":1}'), 404],
  [post('/durable/runs/echo', small, 'Content-Encoding: gzip'), 415],
  [post('/durable/runs/echo', small, 'Content-Type: text/plain'), 415],
  [chunked('c\r\n{"args":[1]}\r\n0\r\n\r\n'), 200],
  [chunked('C;x=y\r\n{"args":[1]}\r\n0\r\nTrailer: t\r\n\r\n'), 200],
  [chunked('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), 200],
  [chunked('0\r\n\r\n'), 200],
  [chunked('zz\r\n'), 400],
  [chunked('-1\r\n'), 400],
  [chunked('ffffffffffffffffff\r\n'), 400],
  [chunked('2\r\n{}XX0\r\n\r\n'), 400],
  [chunked(`2000\r\n${' '.repeat(8192)}\r\n0\r\n\r\n`), 413],
  [chunked(`fffff\r\n${' '.repeat(300_000)}`), 413],
  // Never completed: answered when the time of the server is over, or the answer needs no body.
  [chunked('5\r\n{"a'), [408, 400]],
  [`${head('POST /durable/runs/echo HTTP/1.1', HOST, TYPE, AUTH, 'Content-Length: 100')}{"args"`, [408, 400]],
  [`${head('POST /durable/runs/echo HTTP/1.1', HOST, TYPE, 'Content-Length: 100')}{"args"`, 403],
  [head('POST /durable/runs/echo HTTP/1.1', HOST, TYPE, AUTH, 'Content-Length: 999999'), 413],
  [head('POST /nowhere HTTP/1.1', HOST, 'Content-Length: 999999') + 'x'.repeat(100_000), 404],
  [head('TRACE / HTTP/1.1', HOST, 'Content-Length: 999999') + 'x'.repeat(100_000), 501],
]);

const alive = (target: string, ...more: string[]): string => head(`GET ${target} HTTP/1.1`, HOST, ...more);

const pipelined = rows('pipelined', [
  [alive(RUN) + get(RUN), 403, 403],
  [alive('//[') + alive('*') + get(RUN), 404, 400, 403],
  [`${alive(RUN)}nonsense\r\n\r\n`, [403, 400], [400, 'none']],
  [`${alive(RUN, 'Content-Length: 5')}hello${get(RUN)}`, 403, 403],
  [alive(RUN).repeat(20) + get('/url'), ...Array.from({ length: 20 }, () => 403), 200],
  [alive('/throws') + alive('/nothing') + alive('/status-0') + get(RUN), 500, 500, 500, 403],
  [alive('/bad-head') + alive('/used') + get(RUN), 500, 500, 403],
  [alive('/cookies') + head('HEAD /cookies HTTP/1.1', HOST) + get('/cookies'), 200, 200, 200],
  [alive(RUN, 'Connection: close') + get(RUN), [403, 400]],
  [post('/durable/runs/echo', small).replace(`${CLOSE}\r\n`, '') + get(RUN), 200, 403],
  [alive('/fails-midway') + get(RUN), 200],
  [alive('/no-bytes') + get(RUN), [200, 'none']],
]);

export const ODD_REQUESTS: readonly OddRequest[] = [
  ...targets,
  ...absolute,
  ...hosts,
  ...methods,
  ...lines,
  ...versions,
  ...headers,
  ...bodies,
  ...pipelined,
];
