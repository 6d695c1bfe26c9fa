import { $, ExecaError, execa } from 'execa';

const node = process.execPath;
export const close = async () => {};

const print = (text: string) => ['-e', `process.stdout.write(${JSON.stringify(text)})`];

export async function main() {
  'use durable';
  const { stdout, stderr, exitCode, failed, command } = await execa(node, print('built'));
  const lines = await execa({ lines: true })(node, [
    '-e',
    'console.log(1); console.log(2); console.error(3)',
  ]);
  const both = await Promise.all([execa(node, print('a')), execa(node, print('b'))]);
  const upper = await execa({ input: 'quiet' })(node, [
    '-e',
    'process.stdin.on("data", (part) => process.stdout.write(String(part).toUpperCase()))',
  ]);
  const tagged = await $({ env: { TAG: 'v1' } })`${node} -e ${'process.stdout.write(process.env.TAG)'}`;
  const lenient = await execa(node, ['-e', 'process.exit(3)'], { reject: false });
  const bytes = await execa({ encoding: 'buffer' })(node, print('ok'));
  const failures: unknown[] = [];
  try {
    await execa(node, ['-e', 'console.log("half"); console.error("no such file"); process.exit(2)']);
  } catch (error) {
    if (error instanceof ExecaError)
      failures.push([
        'code',
        error.exitCode,
        error.stdout,
        error.stderr,
        error.failed,
        error.shortMessage.length > 9,
      ]);
  }
  try {
    await execa({ encoding: 'buffer' })(node, ['-e', 'console.log("half"); process.exit(2)']);
  } catch (error) {
    if (error instanceof ExecaError)
      failures.push(['bytes', Buffer.from(error.stdout as unknown as Uint8Array).toString()]);
  }
  try {
    await execa('no-such-program-here');
  } catch (error) {
    if (error instanceof ExecaError) failures.push(['missing', error.code, error.exitCode, error.command]);
  }
  try {
    await execa(node, ['-e', 'setTimeout(() => {}, 60000)'], { timeout: 100 });
  } catch (error) {
    if (error instanceof ExecaError)
      failures.push(['late', error.timedOut, error.signal, error.isTerminated]);
  }
  return [
    [stdout, stderr, exitCode, failed, command.includes('built')],
    [lines.stdout, lines.stderr, lines.all],
    both.map(({ stdout }) => stdout),
    [upper.stdout, tagged.stdout, lenient.exitCode, lenient.failed],
    [
      Buffer.from(bytes.stdout).toString(),
      bytes.stdout.length,
      bytes.stdout instanceof Uint8Array,
      bytes.durationMs > 0,
    ],
    failures,
  ];
}
