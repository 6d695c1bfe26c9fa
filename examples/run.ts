/**
 * Runs a durable function of a TypeScript file on an engine. The file is compiled as it is imported.
 *
 *     node examples/run.ts --engine local|lambda|restate <file.ts> <function> [--input <JSON>] [--id <id>]
 *
 * - `local`: on this machine, with the journal in `.durable/runs.db` or the file that DURABLE_STORE names. The same id
 *   again takes up the run where it was interrupted, or shows the result it had.
 * - `lambda`: in the official local runner of AWS Lambda Durable Functions, in real time.
 * - `restate`: on the Restate server at RESTATE_INGRESS (http://localhost:8080) and RESTATE_ADMIN (http://localhost:9070).
 *
 * The input is the one argument of the function. The result is printed as the last line.
 */
import { createRequire, registerHooks } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect, parseArgs } from 'node:util';
import { type AnyFunction, createRuntime, fileStore } from 'use-durable';
import { compileFile, formatDiagnostic } from 'use-durable/transformer';

interface Order {
  readonly name: string;
  readonly fn: AnyFunction;
  readonly args: unknown[];
  readonly id: string | undefined;
}

const ENGINES: Readonly<Record<string, (order: Order) => Promise<unknown>>> = {
  local: runLocally,
  lambda: runOnLambda,
  restate: runOnRestate,
};

async function runLocally({ fn, args, id }: Order): Promise<unknown> {
  const store = fileStore(process.env.DURABLE_STORE ?? '.durable/runs.db');
  const runtime = createRuntime({ store });
  try {
    const run = await runtime.start(fn, args, id === undefined ? {} : { id });
    console.error(`run ${run.id}`);
    return await run.result();
  } finally {
    await runtime.close();
    await store.close();
  }
}

/** What is needed of the runner; its package is looked for where the command is given. */
interface Runner {
  run(options: { payload: unknown }): Promise<{
    getStatus(): string;
    getResult(): unknown;
    getError(): { errorType?: string; errorMessage?: string };
  }>;
}
interface RunnerClass {
  setupTestEnvironment(options: { skipTime: boolean }): Promise<void>;
  teardownTestEnvironment(): Promise<void>;
  new (options: { handlerFunction: unknown }): Runner;
}

async function runOnLambda({ fn, args: [payload] }: Order): Promise<unknown> {
  const { toLambda } = await import('use-durable/aws-lambda');
  const { LocalDurableTestRunner } = (await optional('@aws/durable-execution-sdk-js-testing')) as {
    LocalDurableTestRunner: RunnerClass;
  };
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  try {
    const runner = new LocalDurableTestRunner({ handlerFunction: toLambda(fn) });
    const execution = await runner.run({ payload });
    if (execution.getStatus() === 'SUCCEEDED') return execution.getResult();
    const { errorType, errorMessage } = execution.getError();
    throw new Error(
      `The execution ended as ${execution.getStatus()}. ${errorType ?? 'Error'}: ${errorMessage}`,
    );
  } finally {
    await LocalDurableTestRunner.teardownTestEnvironment();
  }
}

async function runOnRestate({ name, fn, args, id }: Order): Promise<unknown> {
  // The SDK would print a line for each start and end of an invocation.
  process.env.RESTATE_LOGGING ??= 'ERROR';
  const { restateClient, toRestate } = await import('use-durable/restate');
  const { RESTATE_INGRESS = 'http://localhost:8080', RESTATE_ADMIN = 'http://localhost:9070' } = process.env;
  const service = await toRestate({ [name]: fn }).listen(0);
  try {
    await register(RESTATE_ADMIN, service.url);
    const run = await restateClient(RESTATE_INGRESS).start(fn, args, {
      service: name,
      ...(id !== undefined && { id }),
    });
    console.error(`run ${run.id}`);
    return await run.result();
  } finally {
    await service.close();
  }
}

async function register(admin: string, uri: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ uri, force: true });
  const answer = await fetch(`${admin}/deployments`, { method: 'POST', headers, body }).catch(
    (cause: unknown) => {
      throw new Error(
        `No Restate server answers at ${admin}. Start one, \`npx @restatedev/restate-server\`, or set RESTATE_ADMIN and ` +
          'RESTATE_INGRESS to where it is.',
        { cause },
      );
    },
  );
  if (!answer.ok) throw new Error(`Restate refuses the service: ${answer.status} ${await answer.text()}`);
}

/** A package that only one engine needs: from where the command is given, or from this repository's own tests. */
async function optional(name: string): Promise<unknown> {
  for (const folder of [process.cwd(), fileURLToPath(new URL('../test/engines', import.meta.url))]) {
    let path: string;
    try {
      path = createRequire(join(folder, 'package.json')).resolve(name);
    } catch {
      continue;
    }
    return import(pathToFileURL(path).href);
  }
  throw new Error(`This engine needs the package "${name}": npm install --save-dev ${name}`);
}

/** From here on TypeScript files are compiled by use-durable before Node strips their types. */
function compileImports(): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!/^file:.*\.[cm]?ts$/.test(url) || url.includes('/node_modules/')) return loaded;
      const file = relative(process.cwd(), fileURLToPath(url));
      const source = String(loaded.source);
      const { code, diagnostics } = compileFile(source, url);
      for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic, source));
      if (diagnostics.some(({ severity }) => severity === 'error'))
        throw new Error(`${file} can't be compiled.`);
      return { ...loaded, source: code };
    },
  });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      engine: { type: 'string', default: 'local' },
      input: { type: 'string' },
      id: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [file, name] = positionals;
  const run = ENGINES[values.engine];
  if (run === undefined || file === undefined || name === undefined) {
    throw new Error(
      'Usage: node examples/run.ts --engine local|lambda|restate <file.ts> <function> [--input <JSON>] [--id <id>]',
    );
  }
  compileImports();
  const module = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  const fn = module[name];
  if (typeof fn !== 'function') throw new Error(`${file} exports no function "${name}".`);
  const args = values.input === undefined ? [] : [JSON.parse(values.input) as unknown];
  const result = await run({ name, fn: fn as AnyFunction, args, id: values.id });
  console.log(inspect(result, { depth: 10, breakLength: Number.POSITIVE_INFINITY }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
