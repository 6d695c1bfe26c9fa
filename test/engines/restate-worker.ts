/**
 * The process that serves the programs to a Restate server, for tests that kill it. Where the environment says so it kills
 * itself or the server after so many messages between the two, once.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { toRestate } from '../../runtime/engines/restate/index.ts';
import { importPrograms } from './load.ts';
import { DOOM, type Doom } from './restate-doom.ts';
import { servedFunctions } from './restate-functions.ts';

const [port = ''] = process.argv.slice(2);
const service = toRestate(servedFunctions(await importPrograms('compiled')));
const text = process.env[DOOM];
if (text === undefined) await service.listen(Number(port));
else serveDoomed(JSON.parse(text) as Doom);
process.send?.('listening');

function serveDoomed({ file, after, pid = process.pid }: Doom): void {
  const count = (): void => {
    appendFileSync(file, '.');
    if (readFileSync(file).length === after) process.kill(pid, 'SIGKILL');
  };
  const server = createServer((request: Http2ServerRequest, response: Http2ServerResponse) => {
    if (request.url.startsWith('/invoke/')) {
      const source = request[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
      const counted = async function* () {
        for await (const chunk of source) {
          yield chunk;
          count();
        }
      };
      Object.defineProperty(request, Symbol.asyncIterator, { value: counted, configurable: true });
      const write = response.write.bind(response) as (chunk: Uint8Array, done: () => void) => boolean;
      response.write = ((chunk: Uint8Array, done: () => void) =>
        write(chunk, () => {
          count();
          done();
        })) as typeof response.write;
    }
    service.nodeHandler(request, response);
  });
  server.listen(Number(port), '127.0.0.1');
}
