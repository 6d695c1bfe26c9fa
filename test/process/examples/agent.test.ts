import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRuntime, fileStore } from 'use-durable';
import { createTestRuntime } from 'use-durable/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as agent from '../../../examples/06-agent/src/agent.ts';
import type { AssistantMessage, Message } from '../../../examples/06-agent/src/model.ts';
import { FULL, itInFull } from '../../support/tier.ts';
import { compileExample, expectBuilt, removeCompiled, root } from './build.ts';
import { Lab, type Started, until } from './lab.ts';

const LINES = [
  'the model calls list_files {}',
  '  draft.txt, taxes.txt, todo.txt',
  'the model calls read_file {"name":"draft.txt"}',
  '  an old draft',
  'the model calls read_file {"name":"taxes.txt"}',
  '  from the tax office',
  'the model calls delete_file {"name":"draft.txt"}',
  '  waits for a person to approve call_3a',
  '  draft.txt is deleted.',
  'the model calls delete_file {"name":"taxes.txt"}',
  '  waits for a person to approve call_4a',
  '  The user does not want this: I need it.',
  'the agent: I deleted 1 of the files, and left 1.',
];

let dist: string;
let lab: Lab;
let url: string;
let runAgent: typeof agent.runAgent;

beforeAll(async () => {
  expectBuilt();
  dist = compileExample('agent', { example: '06-agent', compiler: FULL ? 'tspc' : 'transform' });
  ({ runAgent } = (await import(pathToFileURL(join(dist, 'agent.js')).href)) as typeof agent);
}, 120_000);
afterAll(removeCompiled);

beforeEach(({ onTestFinished }) => {
  const own = new Lab(dist);
  onTestFinished(() => own.close());
  lab = own;
});

/** Files for the agent, and a model. */
async function prepare(env: Readonly<Record<string, string>> = {}): Promise<void> {
  mkdirSync(join(lab.folder, 'files'));
  writeFileSync(join(lab.folder, 'files/draft.txt'), 'an old draft\n');
  writeFileSync(join(lab.folder, 'files/taxes.txt'), 'from the tax office\n');
  writeFileSync(join(lab.folder, 'files/todo.txt'), 'tidy up\n');
  const model = lab.run(join(dist, 'model-server.js'), [], { MODEL_PORT: '0', ...env });
  url = await until('the model listens', () => /http:\S+/.exec(model.output.join('\n'))?.[0]);
}

function worker(dieAfter = 0): Started {
  const env = { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'none', AGENT_FOLDER: join(lab.folder, 'files') };
  const args = [lab.path, 'tidy', 'Delete what nobody needs any more.'];
  return lab.mortal(dieAfter, join(dist, 'worker.js'), args, env, lab.output);
}

/** A person answers before being asked; signals are kept. */
async function answerBoth(): Promise<void> {
  const answers = [
    ['call_3a', 'yes'],
    ['call_4a', 'no', 'I need it'],
  ].map((words) => lab.run(join(dist, 'answer.js'), [lab.path, 'tidy', ...words], {}).ended);
  expect(await Promise.all(answers)).toEqual(answers.map(() => ({ code: 0, signal: null })));
}

/** The same signals from this process. */
async function answerFromHere(): Promise<void> {
  const runtime = createRuntime({ store: fileStore(lab.path) });
  const run = await runtime.get('tidy');
  await run?.signal('approve call_3a', { approved: true });
  await run?.signal('approve call_4a', { approved: false, reason: 'I need it' });
  await runtime.close({ store: true });
}

/** Each line once, but for those right before a kill, which may come again. */
function expectLines(kills: number): void {
  const lines = lab.output.filter((line) => !line.startsWith('tidy resumes'));
  expect([...new Set(lines)]).toEqual(LINES);
  expect(lines.length).toBeLessThanOrEqual(LINES.length + 2 * kills);
}

const requests = async (): Promise<number> =>
  ((await (await fetch(new URL('/requests', url))).json()) as { requests: number }).requests;

async function expectDone(kills: number): Promise<void> {
  const last = worker();
  expect(await last.ended).toEqual({ code: 0, signal: null });
  expect(last.errors).toEqual([]);
  expectLines(kills);
  expect(readdirSync(join(lab.folder, 'files'))).toEqual(['taxes.txt', 'todo.txt']);
  // What was asked when a worker was killed is asked again, and nothing else.
  expect(await requests()).toBeGreaterThanOrEqual(5);
  expect(await requests()).toBeLessThanOrEqual(5 + kills);
}

describe('an agent', () => {
  it('is resumed with its whole conversation when it was killed before a person answered', async () => {
    await prepare();
    const first = worker();
    await until('it waits for a person', () => lab.output.includes(LINES[7] ?? ''));
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    expect(readdirSync(join(lab.folder, 'files'))).toHaveLength(3);
    await answerBoth();
    await expectDone(1);
  });

  itInFull('survives a kill after each of its events', { timeout: 300_000 }, async () => {
    for (let dieAfter = 1, died = true; died; dieAfter++) {
      lab = new Lab(dist);
      try {
        await prepare();
        const first = worker(dieAfter);
        await until('there is a run', async () => (await lab.events('tidy')).length > 0);
        await answerFromHere();
        const { code, signal } = await first.ended;
        died = signal === 'SIGKILL';
        if (!died) expect(code).toBe(0);
        await expectDone(1);
      } finally {
        await lab.close();
      }
      expect(dieAfter).toBeLessThan(40);
    }
  });

  itInFull('asks a model that is overloaded again', async () => {
    await prepare({ MODEL_FAILURES: '1' });
    const first = worker();
    await until('there is a run', async () => (await lab.events('tidy')).length > 0);
    await answerFromHere();
    expect(await first.ended).toEqual({ code: 0, signal: null });
    expectLines(0);
    expect(await requests()).toBe(6);
  });

  itInFull('fails at once where the model refuses the request', async () => {
    await prepare();
    url = new URL('/elsewhere', url).href;
    const first = worker();
    expect((await first.ended).code).toBe(1);
    expect(first.errors.join('\n')).toContain('FatalError: The model answered 404');
  });
});

describe('an agent in the test runtime', () => {
  /** What the model was sent each time. */
  let conversations: string[][];
  const script = (...replies: Partial<AssistantMessage>[]) => {
    conversations = [];
    return {
      askModel: (messages: readonly Message[]): AssistantMessage => {
        conversations.push(messages.map(({ role, content }) => `${role}: ${content}`));
        return { role: 'assistant', content: null, ...replies[conversations.length - 1] };
      },
    };
  };
  const call = (name: string, args: object): Partial<AssistantMessage> => ({
    tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } }],
  });
  beforeEach(({ onTestFinished }) => {
    const quiet = vi.spyOn(console, 'info').mockReturnValue();
    onTestFinished(() => quiet.mockRestore());
  });

  it('tells the model when nobody answers for a day', async () => {
    const steps = script(call('delete_file', { name: 'draft.txt' }), { content: 'Then not.' });
    const runtime = createTestRuntime({ now: 0, steps });
    const run = await runtime.start(runAgent, ['Tidy up.']);
    expect(await run.result()).toBe('Then not.');
    expect(runtime.now()).toBe(86_400_000);
    expect(conversations[1]?.slice(1)).toEqual([
      'user: Tidy up.',
      'assistant: null',
      'tool: The user does not want this: nobody answered.',
    ]);
    expect(runtime.calls('tool.run')).toEqual([]);
    await runtime.close();
  });

  it.each([
    { name: 'fly', args: {}, told: 'tool: There is no tool "fly".' },
    { name: 'read_file', args: { name: 'none.txt' }, told: expect.stringMatching(/^tool: Error: ENOENT/) },
  ])('tells the model when a tool can not be used: $name', async ({ name, args, told }) => {
    const runtime = createTestRuntime({ steps: script(call(name, args), { content: 'I see.' }) });
    const run = await runtime.start(runAgent, ['Go.']);
    expect(await run.result()).toBe('I see.');
    expect(conversations[1]?.at(-1)).toEqual(told);
    await runtime.close();
  });

  it('gives up after twenty turns', async () => {
    const steps = script(...Array.from({ length: 20 }, () => call('fly', {})));
    const runtime = createTestRuntime({ steps });
    const run = await runtime.start(runAgent, ['Go.']);
    await expect(run.result()).rejects.toThrow('The agent was not done after 20 turns.');
    await runtime.close();
  });
});

itInFull('npm run start:agent shows a conversation, and that it survives', async () => {
  const script = join(root, 'examples/06-agent/scripts/start.ts');
  const { output, errors, ended } = lab.run(script, [], { TMPDIR: lab.folder });
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(errors).toEqual([]);
  expect(output.filter((line) => line.includes('SIGKILL'))).toHaveLength(2);
  expect(output.filter((line) => line.startsWith('  ✓ '))).toHaveLength(2);
});
