import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Inside the repository, so that what is compiled there finds the package. */
const shared = join(root, 'test/.tmp');
mkdirSync(shared, { recursive: true });
let own: string | undefined;

/**
 * The outputs of `npm run build` are newer than all sources. It isn't run from here: other test files load its outputs meanwhile.
 *
 * @throws {Error} naming a source that is newer
 */
export function expectBuilt(): void {
  const time = (file: string): number => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Written last.
  const built = time('dist/runtime/dashboard/static/licenses.txt');
  const newer = globSync('{cli,transformer,runtime}/**/*.{ts,tsx,css}', { cwd: root }).find(
    (source) => time(source) > built,
  );
  if (newer !== undefined) throw new Error(`${newer} is newer than dist: run \`npm run build\` first.`);
}

export interface Variant {
  /** The folder below `examples`; default: the registration. */
  readonly example?: string;
  /** Default: as `tsconfig.json` has it, with `tspc`. `transform` is as loaders do it, in less time. */
  readonly compiler?: 'tspc' | 'tsc' | 'transform';
  /** Replaced in `register.ts` of the registration; each text must stand there exactly once. */
  readonly edits?: Readonly<Record<string, string>>;
}

/** Compiles a copy of an example; gives the folder of the output. */
export function compileExample(
  name: string,
  { example = '01-registration', compiler = 'tspc', edits = {} }: Variant = {},
): string {
  own ??= mkdtempSync(join(shared, 'examples-'));
  const folder = join(own, name);
  mkdirSync(folder);
  for (const part of ['src', 'tsconfig.json', 'package.json']) {
    cpSync(join(root, 'examples', example, part), join(folder, part), { recursive: true });
  }
  for (const [from, to] of Object.entries(edits)) replaceOnce(join(folder, 'src/register.ts'), from, to);
  if (compiler === 'transform') run(join(root, 'test/process/examples/transform.ts'), [folder], folder);
  else
    run(compiler === 'tspc' ? 'ts-patch/bin/tspc.js' : 'typescript/bin/tsc', ['-p', 'tsconfig.json'], folder);
  return join(folder, 'dist');
}

function replaceOnce(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${path} doesn't hold "${from}" exactly once.`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

export function removeCompiled(): void {
  if (own !== undefined) rmSync(own, { recursive: true, force: true });
  own = undefined;
}

function run(script: string, args: readonly string[], cwd: string): void {
  const command = [resolve(root, 'node_modules', script), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} in ${cwd}:\n${stdout}${stderr}`);
}
