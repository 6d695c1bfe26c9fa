import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';

const codesOf = (head: string, body: string): string[] =>
  transform(`${head}\nexport async function main() {\n  'use durable';\n  ${body}\n}\n`, {
    fileName: 'main.ts',
  }).diagnostics.map(({ code }) => code);

/** What a program imports, what its durable function does, and what is said about that. */
const WRONG: (readonly [code: string, body: string, head?: string])[] = [
  ['UD3003', 'setInterval(() => {}, 1);'],
  ['UD3003', 'requestAnimationFrame(() => {});'],
  ['UD3005', 'fs.writeFile("a", "b", () => {});', "import fs from 'node:fs';"],
  ['UD3005', 'const out = createWriteStream("a");', "import { createWriteStream } from 'fs';"],
  ['UD3005', 'watch("a");', "import { watch } from 'node:fs';"],
  ['UD3005', 'fork("a.js");', "import { fork } from 'node:child_process';"],
  ['UD3005', 'new Worker("a.js");', "import { Worker } from 'node:worker_threads';"],
  ['UD3005', 'new threads.Worker("a.js");', "import * as threads from 'node:worker_threads';"],
  ['UD3005', 'const worker = new Worker("a.js");'],
  ['UD3005', 'new WebSocket("wss://a");'],
  ['UD3005', 'new EventSource("https://a");'],
  ['UD3005', 'new DatabaseSync("a.db");', "import { DatabaseSync } from 'node:sqlite';"],
  ['UD3005', 'process.exit(1);'],
  [
    'UD3005',
    'const read = () => readFileSync("a"); return read();',
    "import { readFileSync } from 'node:fs';",
  ],
  ['UD3005', 'const made = mkdtemp("a", () => {}); await made;', "import { mkdtemp } from 'node:fs';"],
  ['UD3005', 'exit(1);', "import { exit } from 'node:process';"],
  ['UD3005', 'process.chdir("/");'],
  ['UD3005', 'process.kill(1);'],
  ['UD3005', 'process.on("exit", () => {});'],
  ['UD3005', 'process.stdout.write("a");'],
  ['UD3005', 'connect(80);', "import { connect } from 'node:net';"],
  ['UD3005', 'tls.connect(80);', "import tls from 'node:tls';"],
  ['UD3005', 'http.request("http://a").end();', "import http from 'node:http';"],
  ['UD3005', 'get("https://a");', "import { get } from 'node:https';"],
  ['UD3005', 'lookup("a", () => {});', "import { lookup } from 'node:dns';"],
  ['UD3005', 'localStorage.setItem("a", "b");'],
  ['UD3005', 'navigator.sendBeacon("https://a");'],
  ['UD3005', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
  ['UD3005', 'const later = async () => { process.exit(); }; await later();'],
  ['UD3008', 'new Intl.DateTimeFormat("en").format();'],
  ['UD3008', 'const clock = Intl.DateTimeFormat(); clock.formatToParts();'],
  ['UD3008', 'clock.format();', 'const clock = new Intl.DateTimeFormat();'],
  ['UD3008', 'Temporal.Now.instant();'],
  ['UD3008', 'const at = performance.timeOrigin;'],
  ['UD3008', 'process.memoryUsage();'],
  ['UD3008', 'os.freemem();', "import os from 'node:os';"],
  ['UD3009', 'return process.pid;'],
  ['UD3009', 'return hostname();', "import { hostname } from 'node:os';"],
  ['UD3009', 'return Bun.env.A;'],
  ['UD3009', 'const { HOME } = process.env;'],
  ['UD3009', 'await job(process.env.A);', "import { job } from './steps.ts';"],
  ['UD3010', 'return mode;', "let mode = 'a';\nexport const set = (to: string) => { mode = to; };"],
  [
    'UD3010',
    'return await db.find(all[0]);',
    "import { db } from './steps.ts';\nconst all = [1];\nexport function add() { all.push(2); }",
  ],
  [
    'UD3010',
    'return flags.fast;',
    'const flags = { fast: false };\nexport function fast() { flags.fast = true; }',
  ],
  [
    'UD3010',
    'for (const one of list) await one;',
    'let list = [1];\nexport function next() { [...list] = [2]; }',
  ],
  ['UD3011', 'last = await job();', "import { job } from './steps.ts';\nlet last: unknown;"],
  ['UD3011', '({ last } = await job());', "import { job } from './steps.ts';\nlet last: unknown;"],
  ['UD3011', 'delete known.a;', 'const known: Record<string, number> = { a: 1 };'],
  ['UD3011', 'known.clear();', 'const known = new Map();'],
  ...['waitFor("a")', 'signals("a")', 'createCallback()', 'startChild(main, [])', 'sleep(1)'].map(
    (call) =>
      [
        'UD3004',
        `await step(() => durable.${call});`,
        "import * as durable from 'use-durable';\nimport { step } from 'use-durable';",
      ] as const,
  ),
  [
    'UD3004',
    'const nap = async () => { await sleep(1); }; await step(() => nap());',
    "import { sleep, step } from 'use-durable';",
  ],
];

const TIMERS = "import { job, notify } from './steps.ts';\nimport { step } from 'use-durable';";
WRONG.push(
  ['UD3003', 'setTimeout(() => notify(), 5);', TIMERS],
  ['UD3003', 'setTimeout(notify, 5);', TIMERS],
  ['UD3003', 'setTimeout(async () => { await job(); }, 5);', TIMERS],
  ['UD3003', 'const c = new AbortController(); setTimeout(() => { c.abort(); notify(); }, 5);', TIMERS],
  [
    'UD3003',
    'const c = new AbortController(); const tell = () => { c.abort(); job(); }; setTimeout(tell, 5);',
    TIMERS,
  ],
  ['UD3003', 'let n = 0; setInterval(() => { n++; }, 5);', TIMERS],
  [
    'UD3002',
    'const c = new AbortController(); const t = setTimeout(() => c.abort(), 5); await step(async () => { clearTimeout(t); });',
    TIMERS,
  ],
);

const RIGHT: readonly (readonly [body: string, head?: string])[] = [
  [
    'const c = new AbortController(); const t = setTimeout(() => c.abort(), 5); await job(c.signal); clearTimeout(t);',
    TIMERS,
  ],
  [
    'const c = new AbortController(); setTimeout(() => c.abort(new Error("late")), 5).unref(); await job(c.signal);',
    TIMERS,
  ],
  ['let over = false; setTimeout(() => { over = true; }, 5); await job(1); return over;', TIMERS],
  ['const { promise, resolve } = Promise.withResolvers(); setTimeout(resolve, 5); await promise;', TIMERS],
  [
    'const c = new AbortController(); const stop = () => { c.abort(); }; setTimeout(stop, 5); await job(c.signal);',
    TIMERS,
  ],
  ['await step(async () => { const t = setTimeout(() => notify(), 5); clearTimeout(t); });', TIMERS],
  ['await fs.promises.writeFile("a", "b");', "import fs from 'node:fs';"],
  ['await writeFile("a", "b");', "import { writeFile } from 'node:fs/promises';"],
  ['await step(() => process.exit(1));', "import { step } from 'use-durable';"],
  ['await step(() => { new Worker("a.js"); });', "import { step } from 'use-durable';"],
  ['await run(() => process.exit(1));', "import { run } from './steps.ts';"],
  ['class Worker {} new Worker();'],
  // Called by a step only.
  [
    'const read = () => readFileSync("a"); return await step(() => read());',
    "import { readFileSync } from 'node:fs';\nimport { step } from 'use-durable';",
  ],
  ['const ping = () => { fetch("https://a"); }; await step(ping);', "import { step } from 'use-durable';"],
  ['const process = { exit() {}, env: {} }; process.exit(); return process.env;'],
  ['const at = new Intl.DateTimeFormat("en").format(new Date());'],
  ['const text = format();', "import { format } from './steps.ts';"],
  ['return new Date().toLocaleString();'],
  ['return typeof process;'],
  ['return Atomics.load(new Int32Array(1), 0);'],
  [
    'await wait(); await currentStep;',
    "import { currentStep } from 'use-durable';\nimport { wait } from './steps.ts';",
  ],
  ['await step(() => currentStep().key);', "import { currentStep, step } from 'use-durable';"],
  // Set once when the program starts, used by steps only, or never changed by a function.
  [
    'await client.query("a"); return client;',
    'let client: any;\nexport function setup(to: any) { client = to; }',
  ],
  [
    'await client.query("a");',
    "import { made } from './steps.ts';\nlet client = made();\nexport function again() { client = made(); }",
  ],
  ['return mode;', "let mode = 'a';\nmode = 'b';"],
  ['return names.get("a");', "const names = new Map();\nfor (const name of ['a']) names.set(name, 1);"],
  [
    'return names.size;',
    'const names = new Map();\nexport function copy(names: Map<string, number>) { names.set("a", 1); }',
  ],
  [
    'return registry.add;',
    "const registry = { add(_one: string) {} };\nexport function fill() { registry.add('a'); }",
  ],
  ['const mode = 1; return mode;', "let mode = 'a';\nexport function set() { mode = 'b'; }"],
];

describe('what is done outside of steps', () => {
  it.each(WRONG.map(([code, body, head = '']) => ({ code, body, head })))(
    '$code: $body',
    ({ code, body, head }) => {
      expect(codesOf(head, body)).toEqual([code]);
    },
  );

  it.each(RIGHT.map(([body, head = '']) => ({ body, head })))('nothing: $body', ({ body, head }) => {
    expect(codesOf(head, body)).toEqual([]);
  });

  it('says once what several steps share, and where a variable is changed', () => {
    const head = "import { step } from 'use-durable';\nlet mode = 1;\nexport function set() { mode = 2; }";
    const body = 'let n = 0; const add = () => { n++; }; await step(add); await step(add); return mode + n;';
    const { diagnostics } = transform(
      `${head}\nexport async function main() {\n  'use durable';\n  ${body}\n}\n`,
      {
        fileName: 'main.ts',
      },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['UD3001', 'UD3010']);
    expect(diagnostics[1]?.message).toContain("'mode' changes while the process runs (line 3)");
  });
});

describe('values of the durable function that a step changes', () => {
  const head = "import { step } from 'use-durable';\nimport { load, db, pLimit, Redis } from './steps.ts';";
  it.each([
    'const rows = await load(); await step(() => { for (const row of rows) row.done = true; });',
    'const rows = await load(); await step(() => rows.forEach((row: any) => { row.done = true; }));',
    'const rows = await load(); await step(() => { for (const { parts } of rows) parts.push(1); });',
    'const state = { list: [1] }; await step(() => { const { list } = state; list.push(2); });',
    'const state = { list: [1] }; await step(() => { const all = state; all.list.push(2); });',
    'const seen: Set<number> = await load(); await step(() => seen.add(1));',
    'let n = 0; const limit = pLimit(2); await limit(async () => { n++; }); return n;',
    'let n = 0; const queue = new Redis({ size: 2 }); await queue.add(async () => { n++; }); return n;',
    'let n = 0; const options = { onItem: () => { n++; } }; await db.read(options); return n;',
  ])('%s', (body) => {
    expect(new Set(codesOf(head, body)).size).toBe(1);
    expect(codesOf(head, body)[0]).toMatch(/UD300[12]/);
  });

  it.each([
    'const redis = new Redis(); await step(() => redis.set("a", 1));',
    // Whether these hand back what they are given is seen when they are called.
    'let n = 0; const limit = pLimit(() => n); await limit(async () => { n++; }); return n;',
    'let n = 0; const all = { f: async () => 1 }; const pick = pLimit(all); await pick(async () => { n++; }); return n;',
    'let n = 0; const state = { add: () => { n++; } }; state.add(); await db.save(state); return n;',
    'const limit = pLimit(2); return await limit(async () => { let n = 0; n++; return n; });',
    'const queue = db.queue(); await step(() => queue.push(1));',
    'const batch = db.batch(); await step(async () => { await batch.add(1); await batch.delete(2); });',
    'const rows = await load(); await step(() => { for (let row of rows) row = 1; });',
    'const rows = await load(); await step(() => { const copy = rows.slice(); copy.push(1); return copy; });',
    'const rows = await load(); await step(() => { const { a, ...rest } = rows; rest.b = 1; return rest; });',
    'const rows = await load(); await step(() => rows.reduce((sum: any, row: any) => { sum.n += row; return sum; }, { n: 0 }));',
    'const rows = await load(); await step(() => { const totals: any = {}; for (const row of rows) totals[row] = 1; return totals; });',
  ])('nothing: %s', (body) => {
    expect(codesOf(head, body)).toEqual([]);
  });
});

describe('what acts on the world and what reads it', () => {
  const messageOf = (body: string, head: string): string =>
    transform(`${head}\nexport async function main() { 'use durable'; ${body} }\n`, { fileName: 'main.ts' })
      .diagnostics.map(({ code, message }) => `${code}: ${message}`)
      .join();
  const FS = "import * as fs from 'node:fs';";
  const STORAGE = 'export {};';

  it.each([
    ['fs.existsSync("a");', FS],
    ['fs.readFileSync("a");', FS],
    ['fs.statSync("a"); ', FS],
    ['fs.lstatSync("a"); ', FS],
    ['fs.readdirSync("a");', FS],
    ['fs.accessSync("a");', FS],
    ['fs.realpathSync.native("a");', FS],
    ['fs.readFile("a", () => {});', FS],
    ['fs.createReadStream("a");', FS],
    ['dns.lookup("a", () => {});', "import dns from 'node:dns';"],
    ['localStorage.getItem("a");', STORAGE],
  ])('%s is a read that a replay would repeat', (body, head) => {
    expect(messageOf(body, head)).toMatch(
      /^UD3005: `.*` is a read of the world outside of any step; every replay would repeat it, and may see something else\.$/,
    );
  });

  it.each([
    ['fs.writeFileSync("a", "b");', FS],
    ['fs.mkdirSync("a");', FS],
    ['fs.mkdtempSync("a");', FS],
    ['fs.openSync("a");', FS],
    ['fs.readSync; fs.rmSync("a");', FS],
    ['fs.watch("a");', FS],
    ['execSync("date");', "import { execSync } from 'node:child_process';"],
    ['localStorage.setItem("a", "b");', STORAGE],
    ['process.chdir("/");', STORAGE],
    ['new WebSocket("wss://a");', STORAGE],
  ])('%s is a side effect', (body, head) => {
    expect(messageOf(body, head)).toMatch(
      /^UD3005: `.*` is a side effect outside of any step; every replay would do it again\.$/,
    );
  });

  it.each([
    ['return process.cwd();', STORAGE],
    ['return os.hostname();', "import os from 'node:os';"],
    ['return os.availableParallelism();', "import os from 'node:os';"],
  ])('%s is a read of the environment', (body, head) => {
    expect(messageOf(body, head)).toMatch(
      /^UD3009: `.*` may have another value in the process that resumes the run/,
    );
  });
});
