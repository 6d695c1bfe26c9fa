import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { AssistantMessage, Message } from './model.js';

/*
 * Plays a model, so that the example needs no key: it says the same in every conversation.
 *
 *   POST /v1/chat/completions    the next message of the conversation
 *   GET  /requests               how many came in so far
 *
 * MODEL_PORT (default 3001; 0: any), MODEL_DELAY_MS (how long it thinks), MODEL_FAILURES (so many requests are answered with
 * 503 at first)
 */
const { MODEL_PORT = '3001', MODEL_DELAY_MS = '0', MODEL_FAILURES = '0' } = process.env;

const TURNS: readonly (readonly [tool: string, args: object])[][] = [
  [['list_files', {}]],
  [
    ['read_file', { name: 'draft.txt' }],
    ['read_file', { name: 'taxes.txt' }],
  ],
  [['delete_file', { name: 'draft.txt' }]],
  [['delete_file', { name: 'taxes.txt' }]],
];

function next(messages: readonly Message[]): AssistantMessage {
  const turn = messages.filter(({ role }) => role === 'assistant').length;
  const calls = TURNS[turn];
  if (calls === undefined) {
    const deleted = messages.filter(
      ({ role, content }) => role === 'tool' && content?.endsWith('is deleted.'),
    );
    const refused = messages.filter(({ content }) => content?.startsWith('The user does not want'));
    return {
      role: 'assistant',
      content: `I deleted ${deleted.length} of the files, and left ${refused.length}.`,
    };
  }
  const tool_calls = calls.map(([name, args], index) => ({
    id: `call_${turn + 1}${'abc'[index]}`,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(args) },
  }));
  return { role: 'assistant', content: null, tool_calls };
}

let requests = 0;
const server = createServer(async (request, response) => {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.url === '/requests') return send(200, { requests });
  if (request.url !== '/v1/chat/completions') return send(404, { error: `There is no ${request.url}.` });
  requests++;
  const { messages } = (await json(request)) as { messages: Message[] };
  await delay(Number(MODEL_DELAY_MS));
  if (requests <= Number(MODEL_FAILURES)) return send(503, { error: 'The model is overloaded.' });
  send(200, { choices: [{ message: next(messages) }] });
});
server.listen(Number(MODEL_PORT), '127.0.0.1', () => {
  console.info(`model at http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
// Where another process started it (see scripts/), it doesn't outlive that one.
if (process.connected) process.once('disconnect', () => process.exit());
