/**
 * `node bench/engines.ts [--write]`: what the same work costs with us and written by hand on the SDK of each engine, in
 * turns. It needs a build, and the install of the engine tests. `--write` puts the table into `docs/benchmarks.md`.
 */
import { readFileSync } from 'node:fs';
import { bundleFigures } from './engines-bundle.ts';
import { formatFigures } from './measure.ts';
import { describeMachine, writeSection } from './report.ts';

// The SDK would print lines for each run.
process.env.RESTATE_LOGGING ??= 'ERROR';
const { restateFigures } = await import('./engines-restate.ts');
const { awsFigures } = await import('./engines-aws.ts');

const figures = [...(await awsFigures()), ...(await bundleFigures()), ...(await restateFigures())];
const versionOf = (path: string): string => {
  const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<
    'name' | 'version',
    string
  >;
  return `${name} ${version}`;
};
const machine = describeMachine('@aws/durable-execution-sdk-js', '@restatedev/restate-sdk');
const server = versionOf('../test/engines/node_modules/@restatedev/restate-server/package.json');
const text = `${machine}, ${server}.\n\n${formatFigures(figures)}`;
console.log(text);
if (process.argv.includes('--write')) writeSection('engines', `Measured on ${text}`);
