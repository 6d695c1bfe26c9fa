/** The registration, written by hand against the AWS SDK. Its world is a file with a line for each call. */
import { appendFileSync, readFileSync } from 'node:fs';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';

interface Registration {
  readonly username: string;
  readonly email: string;
  /** The file. */
  readonly world: string;
}

const once = { retryStrategy: () => ({ shouldRetry: false }) };

export const registration = withDurableExecution(async (event: Registration, context: DurableContext) => {
  const note = (line: string): void => appendFileSync(event.world, `${line}\n`);
  const user = await context.step(
    'validate-user',
    async () => {
      note('validate');
      if (!event.username || !event.email) throw new Error('username and email are required');
      return { username: event.username, email: event.email };
    },
    once,
  );
  const job = await context.step('start-job', async () => {
    note('start-job');
    return { jobId: `job-of-${user.username}` };
  });
  for (let attempt = 1; attempt <= 10; attempt++) {
    await context.wait(`wait-${attempt}`, { seconds: 1 });
    const done = await context.step(`check-status-${attempt}`, async () => {
      note(`check ${attempt}`);
      return attempt === 2;
    });
    if (!done) continue;
    const mailed = async (): Promise<string> => {
      note('mail');
      return `Welcome, ${user.username}!`;
    };
    const audited = async (): Promise<string> => {
      note('audit');
      return 'written';
    };
    const results = await context.parallel('finish', [
      (child) => child.step('send-mail', mailed),
      (child) => child.runInChildContext('audit', (inner) => inner.step('write', audited)),
    ]);
    const [mail, audit] = results.getResults();
    return { status: 'completed', ...job, attempt, mail, audit };
  }
  throw new Error('The processing did not finish.');
});

export const linesIn = (world: string): string[] => readFileSync(world, 'utf8').trim().split('\n');
