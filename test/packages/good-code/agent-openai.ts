import OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';

const openai = new OpenAI({ apiKey: 'none', baseURL: `${process.env.WEB_URL}/v1`, maxRetries: 0 });
export const close = async () => {};

const stock = async (sku: string) => ({ sku, left: sku.length });

export async function main() {
  'use durable';
  const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'How much tea is left?' }];
  const asked: string[] = [];
  for (;;) {
    const completion = await openai.chat.completions.create({
      model: 'mock',
      messages,
      tools: [{ type: 'function', function: { name: 'stock', parameters: { type: 'object' } } }],
    });
    const message = completion.choices[0]?.message;
    if (!message) throw new Error('no answer');
    messages.push(message);
    if (!message.tool_calls?.length) {
      const { total_tokens } = completion.usage ?? { total_tokens: 0 };
      return { text: message.content, asked, total_tokens, count: messages.length };
    }
    for (const call of message.tool_calls) {
      if (call.type !== 'function') continue;
      const { sku } = JSON.parse(call.function.arguments) as { sku: string };
      asked.push(sku);
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(await stock(sku)) });
    }
  }
}
