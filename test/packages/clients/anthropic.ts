import Anthropic, { APIError, NotFoundError, RateLimitError } from '@anthropic-ai/sdk';

const client = new Anthropic({ apiKey: 'none', baseURL: process.env.WEB_URL ?? '', maxRetries: 0 });
export const close = async () => {};

const ask = (content: string, model = 'mock') =>
  client.messages.create({ model, max_tokens: 64, messages: [{ role: 'user', content }] });

/** The whole answer of a stream, read where it came. */
const streamed = async (content: string) => {
  const stream = client.messages.stream({
    model: 'mock-stream',
    max_tokens: 64,
    messages: [{ role: 'user', content }],
  });
  return await stream.finalMessage();
};

export async function main() {
  'use durable';
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'How much tea is left?' }];
  const turns: unknown[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const message = await client.messages.create({
      model: 'mock',
      max_tokens: 64,
      messages,
      tools: [{ name: 'stock', input_schema: { type: 'object' } }],
    });
    messages.push({ role: 'assistant', content: message.content });
    turns.push([message.id, message.stop_reason, message.usage.output_tokens, message._request_id]);
    const used = message.content.filter((block) => block.type === 'tool_use');
    if (used.length === 0) break;
    messages.push({
      role: 'user',
      content: used.map(({ id, input }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: JSON.stringify(input),
      })),
    });
  }
  const both = await Promise.all([ask('one'), ask('two')]);
  const { data, response, request_id } = await client.messages
    .create({ model: 'mock', max_tokens: 64, messages: [{ role: 'user', content: 'raw' }] })
    .withResponse();
  const whole = await streamed('slowly');
  const failures: unknown[] = [];
  for (const model of ['busy', 'gone'] as const) {
    try {
      await ask('x', model);
    } catch (error) {
      if (error instanceof APIError)
        failures.push([
          error.status,
          error instanceof RateLimitError,
          error instanceof NotFoundError,
          error instanceof Anthropic.RateLimitError,
          error.headers?.get('retry-after') ?? null,
          error.requestID,
          (error.error as { error?: { type?: string } } | undefined)?.error?.type,
          error.message,
        ]);
    }
  }
  return [
    turns,
    messages.length,
    both.map(({ content }) => (content[0]?.type === 'text' ? content[0].text : undefined)),
    [data.id, response.status, response.headers.get('request-id'), request_id],
    [whole.content, whole.stop_reason, whole.usage.output_tokens],
    failures,
  ];
}
