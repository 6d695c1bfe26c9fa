import { FatalError, withPolicy } from 'use-durable';
import { toolSchemas } from './tools.js';

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  /** The arguments are JSON. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export type Message =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | AssistantMessage
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
}

/** Any server with the chat completions of OpenAI: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL. */
async function complete(messages: readonly Message[]): Promise<AssistantMessage> {
  const { OPENAI_BASE_URL = 'https://api.openai.com/v1', OPENAI_API_KEY, OPENAI_MODEL } = process.env;
  const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${OPENAI_API_KEY}` },
    body: JSON.stringify({ model: OPENAI_MODEL, messages, tools: toolSchemas }),
  });
  if (!response.ok) {
    const message = `The model answered ${response.status} ${await response.text()}`;
    // A request that is wrong is wrong the next time too.
    if (response.status < 500 && response.status !== 429) throw new FatalError(message);
    throw new Error(message);
  }
  const { choices } = (await response.json()) as { choices: [{ message: AssistantMessage }] };
  return choices[0].message;
}

export const askModel = withPolicy(complete, { retry: { attempts: 5, delay: '1s' }, timeout: '2 minutes' });
