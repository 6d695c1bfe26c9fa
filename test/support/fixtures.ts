import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { analyze } from '../../transformer/analyze.ts';
import { graft } from '../../transformer/emit/tree.ts';
import { type TransformResult, transform } from '../../transformer/index.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Folder of the fixtures, and of what is compiled from them. Both have the same depth, so relative imports fit. */
export const FIXTURES = here('../fixtures/');
const OUTPUT = here('../.tmp/');

export interface Fixture {
  readonly name: string;
  /** `input.ts` or another extension. */
  readonly file: string;
  readonly folder: string;
  readonly source: string;
  /** The text of the lock that is beside it, `input.lock.json`. */
  readonly lock?: string;
}

const read = new Map<string, Fixture>();

/** The same fixture is the same object each time, so that what is compiled from it is compiled once in a process. */
function fixtureOf(folder: string, name: string, file: string): Fixture {
  const path = `${folder}${name}/${file}`;
  const known = read.get(path);
  if (known !== undefined) return known;
  const source = readFileSync(path, 'utf8');
  const lock = path.replace(/\.\w+$/, '.lock.json');
  const fixture: Fixture = {
    name,
    file,
    folder: `${folder}${name}/`,
    source,
    ...(existsSync(lock) && { lock: readFileSync(lock, 'utf8') }),
  };
  read.set(path, fixture);
  return fixture;
}

export function fixtures(folder = FIXTURES, file = /^input\.(ts|tsx|js|mts)$/): Fixture[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(`${folder}${name}`)
        .filter((input) => file.test(input))
        .map((input) => fixtureOf(folder, name, input)),
    );
}

/**
 * Those with a function `main`, which can be run. The others show what is emitted for versions side by side and for branches by
 * version: what these mean depends on earlier code, and test/evolution runs them.
 */
export const runnableFixtures = (): Fixture[] => fixtures().filter(({ source }) => /\bmain\b/.test(source));

export const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  jsx: ts.JsxEmit.Preserve,
  experimentalDecorators: false,
};

const compiled = new WeakMap<Fixture, TransformResult>();
const emitted = new WeakMap<Fixture, Map<string, string>>();

/** What the compiler makes of a fixture. */
export function compile(fixture: Fixture): TransformResult {
  const known = compiled.get(fixture);
  if (known !== undefined) return known;
  const result = transform(fixture.source, { fileName: fixture.file, lock: fixture.lock });
  compiled.set(fixture, result);
  return result;
}

/** JavaScript by way of the edited text. */
export function emitThroughText(fixture: Fixture, compilerOptions = COMPILER_OPTIONS): string {
  const codes = emitted.get(fixture) ?? new Map<string, string>();
  emitted.set(fixture, codes);
  const key = JSON.stringify(compilerOptions);
  const known = codes.get(key);
  if (known !== undefined) return known;
  const { outputText } = ts.transpileModule(compile(fixture).code, {
    compilerOptions,
    fileName: fixture.file,
  });
  codes.set(key, outputText);
  return outputText;
}

/** JavaScript by way of the grafted tree. */
export function emitThroughAst({ source, file }: Fixture, compilerOptions = COMPILER_OPTIONS): string {
  const before: ts.TransformerFactory<ts.SourceFile> = (context) => (sourceFile) => {
    const { plan, diagnostics, refusal } = analyze(ts, ts.getOriginalNode(sourceFile) as ts.SourceFile, file);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    return graft(ts, sourceFile, errors.length === 0 ? plan : refusal(errors), context);
  };
  return ts.transpileModule(source, { compilerOptions, fileName: file, transformers: { before: [before] } })
    .outputText;
}

/** JavaScript of the program as it is, with the plain meaning of `use-durable`. */
export function emitPlain({ source, file }: Fixture, compilerOptions = COMPILER_OPTIONS): string {
  const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: file });
  return outputText.replace(
    /from ['"](use-durable|\.\.\/\.\.\/support\/re-exports\.ts)['"]/g,
    'from "../../support/plain-use-durable.ts"',
  );
}

/**
 * Writes a program and loads it. All fixtures have a function `main`, so the ids of compiled functions get the name of
 * the fixture and the kind in front: a process can't have two functions with one id.
 */
export async function load(fixture: Fixture, kind: string, code: string): Promise<Record<string, unknown>> {
  const folder = `${OUTPUT}${fixture.name}/`;
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const file = `${folder}${kind}.mjs`;
  writeFileSync(file, code.replace(/(define\(\{\s*"id":\s*")/g, `$1${fixture.name}-${kind}-`));
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
}

/** The tokens of a program: what is left when layout and comments don't count. */
export function tokensOf(code: string): string[] {
  const sourceFile = ts.createSourceFile('code.js', code, ts.ScriptTarget.ESNext, true);
  const tokens: string[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(sourceFile);
    if (ts.isStringLiteral(node)) tokens.push(JSON.stringify(node.text));
    else if (children.length === 0) tokens.push(node.getText(sourceFile));
    else children.forEach(visit);
  };
  visit(sourceFile);
  return tokens.filter((token) => token !== '');
}
