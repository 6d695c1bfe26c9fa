import { type Duration, sleep } from 'use-durable';

export interface Registration {
  readonly username?: string;
  readonly email?: string;
  /** Between two looks at the job; five seconds, if nobody is in a hurry. */
  readonly pause?: Duration;
}

/** Registers a user once the job that prepares the account is done. */
export async function registerUser({ username, email, pause = '5s' }: Registration) {
  'use durable';
  const user = await validateUser(username, email);
  console.info(`${user.username}: the registration is valid`);

  const job = await startJob(user);
  console.info(`${user.username}: job ${job.jobId} started at ${job.startedAt}`);

  for (let attempt = 1; attempt <= 10; attempt++) {
    await sleep(pause);
    const status = await checkStatus(job.jobId);
    if (status.completed) {
      console.info(`${user.username}: look ${attempt}: done`);
      return await sendWelcome(user, { ...status, attempt });
    }
    console.info(`${user.username}: look ${attempt}: not yet`);
  }
  throw new Error(`The processing of job ${job.jobId} did not finish within 50 seconds.`);
}

type User = Required<Pick<Registration, 'username' | 'email'>>;
type Job = { jobId: string; startedAt: string };
type Done = { completed: true; status: string; data: User & { processedAt: string } };
type JobStatus = Done | { completed: false };

async function validateUser(username?: string, email?: string): Promise<User> {
  console.info('validateUser: looking at the input');
  if (!username) throw new Error('The registration is not valid: the user name is missing.');
  if (!email) throw new Error('The registration is not valid: the e-mail address is missing.');
  return { username, email };
}

async function startJob(user: User): Promise<Job> {
  const url = jobApi('/start-job');
  const body = JSON.stringify({ ...user, timestamp: new Date().toISOString() });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body }).catch((cause: unknown) => {
    throw new Error(`The job could not be started: the job API at ${url} does not answer.`, { cause });
  });
  if (!response.ok) {
    throw new Error(
      `The job could not be started: ${url} answered ${response.status} ${await response.text()}`,
    );
  }
  return (await response.json()) as Job;
}

async function checkStatus(jobId: string): Promise<JobStatus> {
  try {
    const response = await fetch(jobApi(`/check-status/${jobId}`), { signal: AbortSignal.timeout(10_000) });
    if (response.status === 200) return (await response.json()) as Done;
  } catch {
    // The job API can't be reached at the moment: not yet.
  }
  return { completed: false };
}

async function sendWelcome({ username, email }: User, jobResult: Done & { attempt: number }) {
  const message = `ようこそ、${username}さん!外部システムの処理が完了し、登録が完了しました。`;
  console.info(`sendWelcome: to ${email}: ${message}`);
  const totalWaitTime = `約${5 * jobResult.attempt}秒`;
  return { status: 'completed', username, email, message, jobResult, totalWaitTime };
}

const jobApi = (path: string): string => `${process.env.JOB_API_URL ?? 'http://127.0.0.1:3000'}${path}`;
