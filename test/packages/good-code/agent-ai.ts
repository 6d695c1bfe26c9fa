import { generateText, jsonSchema, type ModelMessage, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';

type Answer = Awaited<ReturnType<MockLanguageModelV3['doGenerate']>>;

const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 4, text: 4, reasoning: 0 },
};
const answer = (content: Answer['content'], reason: 'stop' | 'tool-calls'): Answer => ({
  content,
  finishReason: { unified: reason, raw: reason },
  usage,
  warnings: [],
});

/** Asks for the weather, then for a train, then says so. */
const model = new MockLanguageModelV3({
  doGenerate: async ({ prompt }) => {
    const asked = prompt.filter(({ role }) => role === 'tool').length;
    const call = (toolName: string, input: object): Answer =>
      answer(
        [{ type: 'tool-call', toolCallId: `c-${asked}`, toolName, input: JSON.stringify(input) }],
        'tool-calls',
      );
    if (asked === 0) return call('weather', { city: 'Rome' });
    if (asked === 1) return call('book', { city: 'Rome', seats: 2 });
    return answer([{ type: 'text', text: 'Rome is warm, and two seats are booked.' }], 'stop');
  },
});
export const close = async () => {};

const tools = {
  weather: tool({ inputSchema: jsonSchema<{ city: string }>({ type: 'object' }) }),
  book: tool({ inputSchema: jsonSchema<{ city: string; seats: number }>({ type: 'object' }) }),
};

const weather = async (city: string) => ({ city, degrees: 31 });
const book = async (city: string, seats: number) => ({ ticket: `${city}-${seats}` });

/** The loop of an agent, in which each turn of the model and each tool is a step of its own. */
export async function main() {
  'use durable';
  const messages: ModelMessage[] = [{ role: 'user', content: 'Is it warm in Rome? Then book two seats.' }];
  const used: string[] = [];
  let tokens = 0;
  for (let turn = 1; turn <= 8; turn++) {
    const result = await generateText({ model, tools, messages });
    tokens += result.usage.totalTokens ?? 0;
    messages.push(...result.response.messages);
    if (result.finishReason !== 'tool-calls')
      return { text: result.text, turn, used, tokens, roles: messages.map(({ role }) => role) };
    for (const call of result.toolCalls) {
      if (call.dynamic) continue;
      used.push(call.toolName);
      const value =
        call.toolName === 'weather'
          ? await weather(call.input.city)
          : await book(call.input.city, call.input.seats);
      messages.push({
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: call.toolCallId,
            toolName: call.toolName,
            output: { type: 'json', value },
          },
        ],
      });
    }
  }
  throw new Error('The agent came to no end.');
}
