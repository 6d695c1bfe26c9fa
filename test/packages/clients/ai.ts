import { generateObject, generateText, Output, stepCountIs, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { z } from 'zod';

type Answer = Awaited<ReturnType<MockLanguageModelV3['doGenerate']>>;

const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 4, text: 4, reasoning: 0 },
};
const said = (text: string): Answer => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage,
  warnings: [],
  response: { id: 'r-1', modelId: 'mock', timestamp: new Date(0) },
});
const called = (toolName: string, input: object): Answer => ({
  ...said(''),
  content: [{ type: 'tool-call', toolCallId: 'c-1', toolName, input: JSON.stringify(input) }],
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
});

/** Asks for the tool once, then says what it gave. */
const model = new MockLanguageModelV3({
  doGenerate: async ({ prompt, responseFormat }) => {
    if (responseFormat?.type === 'json') return said('{"city":"Rome","days":3}');
    const last = prompt.at(-1);
    if (last?.role !== 'tool') return called('weather', { city: 'Rome' });
    return said(`It is ${JSON.stringify(last.content)} degrees.`);
  },
});
const weather = tool({
  description: 'The weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, degrees: 21 }),
});
export const close = async () => {};

export async function main() {
  'use durable';
  const result = await generateText({
    model,
    prompt: 'How warm is it in Rome?',
    tools: { weather },
    stopWhen: stepCountIs(3),
  });
  const first = await generateText({ model, prompt: 'How warm is it in Rome?', tools: { weather } });
  const { text, usage, finishReason, steps, toolCalls, response } = result;
  const trip = await generateText({
    model,
    prompt: 'Plan a trip',
    output: Output.object({ schema: z.object({ city: z.string(), days: z.number() }) }),
  });
  const { object } = await generateObject({ model, prompt: 'Plan', schema: z.object({ city: z.string() }) });
  return [
    [text, usage.totalTokens, result.totalUsage.totalTokens, finishReason, steps.length, toolCalls.length],
    steps.map((step) => [step.finishReason, step.text, step.toolCalls.map(({ toolName }) => toolName)]),
    steps[0]?.toolResults.map(({ output }) => output),
    [response.messages.length, response.timestamp.getTime(), response.modelId],
    first.toolCalls.map(({ toolName, input }) => [toolName, input]),
    first.toolResults.length,
    [trip.output.city, trip.output.days],
    object,
    Object.keys(result).includes('text'),
  ];
}
