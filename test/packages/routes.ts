import type { startWeb } from './servers/web.ts';

/** What the programs of `good-code` ask for. */
export const routes: Parameters<typeof startWeb>[0] = {
  'POST /flaky/charges': (_, nth) =>
    nth < 3
      ? { status: 503, headers: { 'retry-after': nth === 1 ? '0.02' : '0' }, body: { reason: 'busy' } }
      : { status: 201, body: { id: 'c-1', state: 'pending' } },
  'GET /charges/c-1': () => ({ body: { id: 'c-1', state: 'done' } }),
  'POST /mails': ({ body }) => ({ body: { message: `sent ${(body as { key: string }).key}` } }),
  'POST /v1/chat/completions': ({ body }) => {
    const { messages } = body as { messages: { role: string; content: string }[] };
    const last = messages.at(-1);
    const message =
      last?.role === 'tool'
        ? { role: 'assistant', content: `There is ${last.content}.` }
        : {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c-1', type: 'function', function: { name: 'stock', arguments: '{"sku":"tea"}' } },
              { id: 'c-2', type: 'function', function: { name: 'stock', arguments: '{"sku":"green tea"}' } },
            ],
          };
    return {
      headers: { 'x-request-id': 'r-1' },
      body: {
        id: 'x',
        object: 'chat.completion',
        choices: [{ index: 0, message }],
        usage: { total_tokens: 7 },
      },
    };
  },
  'GET /pages/1': () => ({ body: { items: [{ id: 1, tags: ['a', 'b'] }], next: '2' } }),
  'GET /pages/2': () => ({
    body: {
      items: [
        { id: 2, tags: ['b'] },
        { id: 3, tags: [] },
      ],
      next: '3',
    },
  }),
  'GET /pages/3': () => ({ body: { items: [{ id: 4, tags: ['a'] }], next: null } }),
  'POST /reports': () => ({ status: 201, body: { id: 12 } }),
  'GET /site/start': () => ({ body: { title: 'Start', links: ['/site/a', '/site/b'] } }),
  'GET /site/a': () => ({ body: { title: 'A', links: ['/site/start', '/site/b', '/site/gone'] } }),
  'GET /site/b': () => ({ body: { title: 'B', links: [] } }),
  'GET /site/robots': () => ({ body: { allow: true } }),
  'POST /jobs': () => ({ status: 202, body: { id: 7, state: 'queued' } }),
  'GET /jobs/7': (_, nth) => ({ body: { id: 7, state: nth < 3 ? 'queued' : 'done' } }),
  'GET /jobs/7/result': () => ({ body: { pages: 3 } }),
};
