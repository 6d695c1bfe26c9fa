/** What a build keeps for the next one, by the hosts as they are installed. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Project } from '../../support/project.ts';

const source = (name: string): string => `import { work } from './work.mjs';
export async function order(id: string): Promise<string> {
  'use durable';
  return await work('${name} ' + id);
}
`;
/** Says whether TypeScript was loaded, after everything else. */
const LOADED = `import { registerHooks } from 'node:module';
let isLoaded = false;
registerHooks({
  load(url, context, next) {
    isLoaded ||= url.includes('/typescript/lib/');
    return next(url, context);
  },
});
process.on('exit', () => console.log(isLoaded ? 'with TypeScript' : 'without TypeScript'));
`;
const project = new Project('kept-results', {
  'package.json': '{ "name": "shop", "type": "module" }',
  'loaded.mjs': LOADED,
  'src/work.mjs': 'export const work = async (text) => text.toUpperCase();\n',
  'src/order.ts': source('one'),
  'src/main.mjs': `import { createRuntime, memoryStore } from 'use-durable';
import { order } from './order.ts';
const runtime = createRuntime({ store: memoryStore() });
console.log(await (await runtime.start(order, ['a'])).result());
await runtime.close();
`,
});
afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

function run(cache: string): string {
  const before = process.env.DURABLE_CACHE;
  process.env.DURABLE_CACHE = cache;
  try {
    const args = ['--import', './loaded.mjs', '--import', 'use-durable/register', 'src/main.mjs'];
    const { status, output } = project.node(...args);
    expect(status, output).toBe(0);
    return output;
  } finally {
    process.env.DURABLE_CACHE = before;
  }
}

it('TypeScript is loaded for what was changed, and for nothing else', () => {
  expect(run('')).toBe('ONE A\nwith TypeScript\n');
  expect(run('')).toBe('ONE A\nwithout TypeScript\n');
  expect(run('off')).toBe('ONE A\nwith TypeScript\n');
  project.write('src/order.ts', source('two'));
  expect(run('')).toBe('TWO A\nwith TypeScript\n');
  expect(run('')).toBe('TWO A\nwithout TypeScript\n');
});
