/*
 * The agent tidies up a folder. The worker is killed while the model thinks, and while the agent waits for a person; each time
 * it is started again.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Demo, demonstrate } from '../../scripts/demo.ts';
import { type Watched, watch } from '../../scripts/watched.ts';

async function main(demo: Demo): Promise<void> {
  const { display, temporary, check } = demo;
  const files = join(temporary, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'draft.txt'), 'an old draft, nobody needs it\n');
  writeFileSync(join(files, 'taxes.txt'), 'what the tax office wrote\n');
  writeFileSync(join(files, 'todo.txt'), 'tidy up\n');

  const model = await watch(demo, 'plays the model', 'model-server.js', [], {
    MODEL_PORT: '0',
    MODEL_DELAY_MS: '300',
  });
  const [url] = await model.line(/http:\S+/);
  const store = join(temporary, 'runs.db');
  const startWorker = (heading: string): Promise<Watched> =>
    watch(demo, heading, 'worker.js', [store, 'tidy', 'Delete what nobody needs any more.'], {
      OPENAI_BASE_URL: url,
      OPENAI_API_KEY: 'none',
      OPENAI_MODEL: 'scripted',
      AGENT_FOLDER: files,
    });
  const answer = async (...words: string[]): Promise<void> => {
    await (
      await watch(demo, `answers: ${words.join(' ')}`, 'answer.js', [store, 'tidy', ...words], {})
    ).ended();
  };

  let worker = await startWorker('works on the task');
  await worker.line(/draft\.txt, taxes\.txt, todo\.txt/);
  await delay(100);
  await worker.kill('and the model thinks');

  worker = await startWorker('resumes');
  await worker.line(/approve call_3a/);
  await delay(100);
  await worker.kill('and the agent waits for a person');

  await answer('call_3a', 'yes');
  worker = await startWorker('resumes');
  await worker.line(/approve call_4a/);
  await answer('call_4a', 'no', 'I need it until May');
  await worker.ended();

  display.heading('Promise');
  const left = readdirSync(files).join(', ');
  check(left === 'taxes.txt, todo.txt', `what a person approved is deleted, the rest is left: ${left}`);
  const { requests } = (await (await fetch(new URL('/requests', url))).json()) as { requests: number };
  check(
    requests === 6,
    `the model was asked ${requests} times: for its 5 messages, and once more after the kill`,
  );
}

await demonstrate(import.meta.url, main);
