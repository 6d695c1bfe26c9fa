import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * The external system of the example: it takes jobs and has them done after a few looks.
 *
 *   POST /start-job            {username, email, timestamp} -> 200 {jobId, startedAt}
 *   GET  /check-status/<id>    202 until the job is done, then 200 with the outcome
 *   GET  /counts               how many requests came in so far
 *
 * JOB_API_PORT (0: any), JOB_API_PENDING (looks at a job before it is done), JOB_API_DELAY_MS (before a start is answered)
 */

interface Job {
  readonly username: string;
  readonly email: string;
  looks: number;
}

interface Reply {
  readonly code: number;
  readonly body: unknown;
}

const port = numberFrom('JOB_API_PORT', 3000);
const pending = numberFrom('JOB_API_PENDING', 2);
const delayMs = numberFrom('JOB_API_DELAY_MS', 0);

const jobs = new Map<string, Job>();
const counts = { startJob: 0, checkStatus: 0 };

const server = createServer((request, response) => {
  route(request).then(
    (reply) => send(response, reply),
    (error: unknown) => send(response, { code: 500, body: { error: String(error) } }),
  );
});
server.once('error', (error) => {
  console.error(`The job API could not start on port ${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  console.info(`job API at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
// Where another process started it (see scripts/), it doesn't outlive that one.
if (process.connected) process.once('disconnect', () => process.exit());

async function route(request: IncomingMessage): Promise<Reply> {
  const { method, url = '/' } = request;
  if (method === 'POST' && url === '/start-job') return startJob(await text(request));
  const [, jobId] = /^\/check-status\/([^/]+)$/.exec(url) ?? [];
  if (method === 'GET' && jobId !== undefined) return checkStatus(jobId);
  if (method === 'GET' && url === '/counts') return { code: 200, body: counts };
  return { code: 404, body: { error: `There is no ${method} ${url}.` } };
}

async function startJob(text: string): Promise<Reply> {
  counts.startJob++;
  const { username, email, timestamp } = parse(text);
  if (!isText(username) || !isText(email) || !isText(timestamp)) {
    return { code: 400, body: { error: 'username, email and timestamp are required' } };
  }
  const jobId = randomUUID();
  const startedAt = new Date().toISOString();
  jobs.set(jobId, { username, email, looks: 0 });
  await delay(delayMs);
  return { code: 200, body: { jobId, startedAt } };
}

function checkStatus(jobId: string): Reply {
  counts.checkStatus++;
  const job = jobs.get(jobId);
  if (job === undefined) return { code: 404, body: { error: `There is no job ${jobId}.` } };
  if (job.looks++ < pending) return { code: 202, body: { completed: false, status: 'processing' } };
  const { username, email } = job;
  const processedAt = new Date().toISOString();
  return { code: 200, body: { completed: true, status: 'success', data: { username, email, processedAt } } };
}

function send(response: ServerResponse, { code, body }: Reply): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The fields of a JSON object; none where the text is anything else. */
function parse(text: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function numberFrom(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`${name} must be a whole number, not "${process.env[name]}".`);
  process.exit(1);
}
