import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type AnyFunction, type RunEvent, stepsOf } from 'use-durable';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FULL, itInFull } from '../../support/tier.ts';
import { compileExample, expectBuilt, removeCompiled, root } from './build.ts';
import { freePort, Lab, type Started, until } from './lab.ts';

const EVENT = { username: '太郎', email: 'taro@example.com' };
/** Long enough for a kill to hit the sleep that it is meant for, on a busy machine too. */
const SLOW = { ...EVENT, pause: '1s' };
const FAST = { ...EVENT, pause: '10ms' };

const LINES = [
  '太郎: the registration is valid',
  '太郎: job <id> started at <time>',
  '太郎: look 1: not yet',
  '太郎: look 2: not yet',
  '太郎: look 3: done',
];

const expected: unknown = JSON.parse(
  readFileSync(new URL('fixtures/registration.json', import.meta.url), 'utf8'),
  (_key, value: unknown) => {
    if (value === '<ISO 8601 time>') return expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    if (value === '<number of the poll that succeeded>') return 3;
    return value === '約<5 × attempt>秒' ? '約15秒' : value;
  },
);

let dist: string;
let lab: Lab;

beforeAll(async () => {
  expectBuilt();
  dist = compileExample('as-it-is', { compiler: FULL ? 'tspc' : 'transform' });
}, 120_000);
afterAll(removeCompiled);

// Not in afterEach, which is skipped where another afterEach fails.
beforeEach(({ onTestFinished }) => {
  const own = new Lab(dist);
  onTestFinished(() => own.close());
  lab = own;
});

/** The lines of the body, without what steps and the worker print. */
const bodyLines = (): string[] =>
  lab.output
    .filter((line) => line.startsWith('太郎: '))
    .map((line) => line.replace(/job \S+ started at \S+/, 'job <id> started at <time>'));

const recordings = (events: readonly RunEvent[], key: string): number =>
  events.filter((event) => event.type === 'step' && event.key === key).length;

async function expectCompleted(worker: Started): Promise<void> {
  const { code } = await worker.ended;
  expect(worker.errors).toEqual([]);
  expect(code).toBe(0);
  expect(JSON.parse(lab.output.at(-1) ?? '')).toEqual(expected);
}

/** It ended with exactly one error, whose text fits. */
async function expectError(worker: Started, text: RegExp): Promise<void> {
  const { code } = await worker.ended;
  expect(worker.errors.join('\n')).toMatch(text);
  expect(worker.errors.filter((line) => /\b\w*Error: |Warning: /.test(line))).toHaveLength(1);
  expect(code).toBe(1);
}

describe('registerUser', () => {
  it('has readable step ids', async () => {
    const { registerUser } = (await import(pathToFileURL(join(dist, 'register.js')).href)) as {
      registerUser: AnyFunction;
    };
    const ids = stepsOf(registerUser).map(({ id, kind }) => [id, kind]);
    expect(ids).toEqual([
      ['validateUser', 'step'],
      ['startJob', 'step'],
      ['sleep', 'sleep'],
      ['checkStatus', 'step'],
      ['sendWelcome', 'step'],
    ]);
  });

  it('runs straight through, and once only', async () => {
    await lab.startApi();
    await expectCompleted(lab.worker(FAST));
    expect(bodyLines()).toEqual(LINES);
    const events = await lab.events();

    await expectCompleted(lab.worker(FAST));
    await expectCompleted(lab.worker(undefined));
    expect(await lab.events()).toEqual(events);
    expect(bodyLines()).toEqual(LINES);
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });
});

describe('killed with SIGKILL and started again', () => {
  afterEach(async () => {
    const events = await lab.events();
    expect(recordings(events, 'validateUser')).toBe(1);
    expect(recordings(events, 'startJob')).toBe(1);
    const waits = events.flatMap((event) => (event.type === 'wait-set' ? [event.key] : []));
    expect(waits).toEqual(['sleep', 'sleep[1]', 'sleep[2]']);
    expect(lab.output.filter((line) => line.startsWith('validateUser:'))).toHaveLength(1);
    expect(bodyLines()).toEqual(LINES);
  });

  // An event that follows a line of output, or stands for it, says that the line is recorded as printed.

  itInFull('after validateUser was recorded', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    try {
      const port = await until('it listens', () => (silent.address() as { port: number } | null)?.port);
      lab.pointTo(`http://127.0.0.1:${port}`);
      await lab.killAt(lab.worker(FAST), { type: 'output' });
    } finally {
      silent.close();
    }
    expect(recordings(await lab.events(), 'validateUser')).toBe(1);
    await lab.startApi();
    await expectCompleted(lab.worker(FAST));
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });

  itInFull('while startJob is in flight, which then runs again', async () => {
    await lab.startApi({ JOB_API_DELAY_MS: '1000' });
    const worker = lab.worker(FAST);
    await until('the request has arrived', async () => (await lab.counts()).startJob === 1);
    await lab.killAt(worker, { type: 'output' });
    expect(recordings(await lab.events(), 'startJob')).toBe(0);
    await expectCompleted(lab.worker(FAST));
    expect(await lab.counts()).toEqual({ startJob: 2, checkStatus: 3 });
  });

  itInFull('after startJob was recorded', async () => {
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep' });
    await expectCompleted(lab.worker(SLOW));
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });

  itInFull('during the sleep, which is over when the next process begins', async () => {
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep' });
    const set = (await lab.events()).find((event) => event.type === 'wait-set');
    await until('the sleep is over', () => set?.type === 'wait-set' && Date.now() > set.until);
    await expectCompleted(lab.worker(SLOW));
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });

  itInFull('between two looks, and recovered without its input', async () => {
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep[1]' });
    await expectCompleted(lab.worker(undefined));
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });

  itInFull('several times', async () => {
    await lab.startApi();
    for (const key of ['sleep', 'sleep[1]', 'sleep[2]']) {
      await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key });
    }
    await expectCompleted(lab.worker(undefined));
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
    const steps = (await lab.events()).filter((event) => event.type === 'step');
    expect(new Set(steps.map(({ worker }) => worker)).size).toBe(4);
  });
});

describe('what goes wrong is one clear error, and the journal is kept', () => {
  /** The error, the same error again by another process, and the journal in between. */
  const expectFailure = async (input: object, text: RegExp, keys: readonly string[]): Promise<void> => {
    await expectError(lab.worker(input), text);
    const events = await lab.events();
    expect(events.flatMap((event) => (event.type === 'step' ? [event.key] : []))).toEqual(keys);
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', ok: false });
    await expectError(lab.worker(input), text);
    expect(await lab.events()).toEqual(events);
  };

  it('no user name', async () => {
    await expectFailure({ email: 'a@b.example' }, /^Error: .* the user name is missing\.$/, ['validateUser']);
    expect(lab.output).toHaveLength(1);
  });

  itInFull('no e-mail address', async () => {
    await expectFailure({ username: '太郎' }, /^Error: .* the e-mail address is missing\.$/, [
      'validateUser',
    ]);
    expect(lab.output).toHaveLength(1);
  });

  itInFull('the job API is down', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    lab.pointTo(url);
    const text = new RegExp(`^Error: .*the job API at ${url}/start-job does not answer\\.$`);
    await expectFailure(FAST, text, ['validateUser', 'startJob']);
  });

  itInFull('the job is never done', async () => {
    await lab.startApi({ JOB_API_PENDING: '1000' });
    await expectError(lab.worker(FAST), /^Error: .* did not finish within 50 seconds\.$/);
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 10 });
  });

  itInFull('the store is no database', async () => {
    writeFileSync(lab.path, 'a letter to my aunt\n'.repeat(400));
    const before = readFileSync(lab.path);
    await expectError(lab.worker(FAST), /^StoreError: .*runs\.db/);
    expect(readFileSync(lab.path)).toEqual(before);
  });

  itInFull('the store is of a newer version', async () => {
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep' });
    const before = await lab.events();
    const version = setVersion(99);
    const bytes = readFileSync(lab.path);
    await expectError(lab.worker(SLOW), /^StoreError: .*runs\.db.*newer/);
    expect(readFileSync(lab.path)).toEqual(bytes);

    setVersion(version);
    expect(await lab.events()).toEqual(before);
    await expectCompleted(lab.worker(SLOW));
  });

  itInFull('the function is unknown to the process that recovers', async () => {
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep' });
    const before = await lab.events();

    const stranger = lab.run(join(root, 'test/process/examples/stranger.ts'), [lab.path], {});
    await expectError(stranger, /^UnknownFunctionError: .*#registerUser"/);
    expect(await lab.events()).toEqual(before);
    await expectCompleted(lab.worker(SLOW));
    expect(bodyLines()).toEqual(LINES);
  });

  itInFull('the function was not compiled', async () => {
    const plain = compileExample('uncompiled', { compiler: 'tsc' });
    await expectError(lab.worker(FAST, plain), /^NotCompiledError: .*registerUser.*use-durable\/tspc/);
    expect(await lab.events()).toEqual([]);
  });

  itInFull('the result of a step cannot be written to the journal', async () => {
    // Where the types show it, the compiler refuses it already.
    const edits = {
      'jobResult, totalWaitTime };': 'jobResult, again: (() => totalWaitTime) as unknown };',
    };
    await lab.startApi();
    const worker = lab.worker(FAST, compileExample('step-result', { edits }));
    await expectError(worker, /^SerializationError: .*step "sendWelcome".*result\.again is a function/);
    const events = await lab.events();
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', ok: false });
    expect(recordings(events, 'checkStatus[2]')).toBe(1);
  });

  itInFull('the result of the run cannot be written to the journal', async () => {
    const edits = {
      'return await sendWelcome(user, { ...status, attempt });':
        'return { again: (() => attempt) as unknown };',
    };
    await lab.startApi();
    const worker = lab.worker(FAST, compileExample('run-result', { edits }));
    await expectError(worker, /^SerializationError: .*run "registration".*result\.again is a function/);
    const events = await lab.events();
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', ok: false });
    expect(recordings(events, 'checkStatus[2]')).toBe(1);
  });

  itInFull('the journal does not fit the code, until the code fits again', async () => {
    const edits = {
      'const job = await startJob(user);': "await checkStatus('');\n  const job = await startJob(user);",
    };
    const changed = compileExample('changed', { edits });
    await lab.startApi();
    await lab.killAt(lab.worker(SLOW), { type: 'wait-set', key: 'sleep' });
    const before = await lab.events();

    const text = /^NonDeterminismError: .*\n.*recorded: .*"startJob".*\n.*the code: .*"checkStatus"/;
    await expectError(lab.worker(SLOW, changed), text);
    await expectError(lab.worker(undefined, changed), text);
    expect(await lab.events()).toEqual(before);
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 0 });

    await expectCompleted(lab.worker(undefined));
    expect(bodyLines()).toEqual(LINES);
    expect(await lab.counts()).toEqual({ startJob: 1, checkStatus: 3 });
  });
});

/** Sets the schema version of the store; gives the one before. */
function setVersion(version: number): number {
  const db = new DatabaseSync(lab.path);
  try {
    const before = Number(db.prepare('pragma user_version').get()?.user_version);
    db.exec(`pragma user_version = ${version}`);
    return before;
  } finally {
    db.close();
  }
}
