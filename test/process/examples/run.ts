import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectBuilt, root } from './build.ts';

const PROGRAM = `import { sleep } from 'use-durable';

export async function greet({ name }: { name: string }): Promise<string> {
  'use durable';
  const greeting = await hello(name);
  await sleep(5);
  if (name === 'nobody') throw new RangeError('nobody is here');
  console.log('half way');
  return hello(greeting);
}

async function hello(name: string): Promise<string> {
  console.log('step', name);
  return \`Hello \${name}\`;
}
`;

export interface Printed {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs `greet` of a file of its own by `examples/run.ts`. */
export async function runGreet(
  engine: string,
  name: string,
  { env = {}, args = [] }: { readonly env?: Record<string, string>; readonly args?: readonly string[] } = {},
): Promise<Printed> {
  expectBuilt();
  // Inside the repository, so that it finds the package.
  const folder = mkdtempSync(join(root, 'test/.tmp/run-'));
  writeFileSync(join(folder, 'greet.ts'), PROGRAM);
  const input = JSON.stringify({ name });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'examples/run.ts'),
      '--engine',
      engine,
      join(folder, 'greet.ts'),
      'greet',
      '--input',
      input,
      ...args,
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, output: stdout, errors: stderr };
}

/** What a run prints that nobody interrupts. */
export const GREETED = "step Ada\nhalf way\nstep Hello Ada\n'Hello Hello Ada'\n";
