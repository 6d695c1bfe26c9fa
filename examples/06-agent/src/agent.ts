import { TimeoutError, waitFor } from 'use-durable';
import { askModel, type Message, type ToolCall } from './model.js';
import { findTool } from './tools.js';

const SYSTEM = 'You tidy up a folder of files. Look at a file before you delete it.';
const MAX_TURNS = 20;

export interface Answer {
  readonly approved: boolean;
  readonly reason?: string;
}

/** Lets the model call tools until it has nothing more to do; gives its last words. */
export async function runAgent(task: string): Promise<string> {
  'use durable';
  const messages: Message[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: task },
  ];
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const reply = await askModel(messages);
    messages.push(reply);
    if (!reply.tool_calls?.length) return reply.content ?? '';
    for (const call of reply.tool_calls) {
      console.info(`the model calls ${call.function.name} ${call.function.arguments}`);
      const content = await runTool(call);
      console.info(`  ${content.replaceAll('\n', ', ')}`);
      messages.push({ role: 'tool', tool_call_id: call.id, content });
    }
  }
  throw new Error(`The agent was not done after ${MAX_TURNS} turns.`);
}

/** What the model is told of a call: also that it failed, or that a person did not want it. */
async function runTool(call: ToolCall): Promise<string> {
  'use durable';
  const tool = findTool(call.function.name);
  if (tool === undefined) return `There is no tool "${call.function.name}".`;
  if (tool.dangerous) {
    const { approved, reason } = await askPerson(call);
    if (!approved) return `The user does not want this: ${reason ?? 'no reason given'}.`;
  }
  try {
    return await tool.run(JSON.parse(call.function.arguments));
  } catch (error) {
    return `Error: ${(error as Error).message}`;
  }
}

async function askPerson({ id }: ToolCall): Promise<Answer> {
  'use durable';
  console.info(`  waits for a person to approve ${id}`);
  try {
    return await waitFor<Answer>(`approve ${id}`, { timeout: '1 day' });
  } catch (error) {
    if (error instanceof TimeoutError) return { approved: false, reason: 'nobody answered' };
    throw error;
  }
}
