import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test of test262, with what its front matter says. */
export interface Test262File {
  /** Relative to `test/language`. */
  readonly path: string;
  readonly source: string;
  readonly includes: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** The error that must stop the test, and when. */
  readonly negative: { readonly phase: string; readonly type: string } | undefined;
}

/**
 * The tests of asynchronous functions: by their folder or their name. Of dynamic import only the syntax: the rest looks at
 * modules that are loaded once in a process.
 */
export function selectTests(checkout: string): string[] {
  const language = join(checkout, 'test/language');
  return ['expressions', 'statements', 'arguments-object']
    .flatMap((folder) =>
      readdirSync(join(language, folder), { recursive: true }).map((name) => `${folder}/${name}`),
    )
    .filter(
      (path) =>
        path.endsWith('.js') &&
        !path.includes('_FIXTURE') &&
        /async|await/.test(path) &&
        !/dynamic-import\/(?!syntax)/.test(path) &&
        !ENDS_NODE.test(path),
    )
    .sort();
}

/** The plain code ends the process of Node 24: it assigns to a variable that an `await using` declares in a loop. */
const ENDS_NODE = /await-using-invalid-assignment-next-expression-for\.js$/;

export function readTest(checkout: string, path: string): Test262File {
  const source = readFileSync(join(checkout, 'test/language', path), 'utf8');
  const matter = /\/\*---\r?\n([\s\S]*?)---\*\//.exec(source)?.[1] ?? '';
  const phase = /^negative:\s*\n\s+phase:\s*(\w+)\s*\n\s+type:\s*(\w+)/m.exec(matter);
  return {
    path,
    source,
    includes: listIn(matter, 'includes'),
    flags: new Set(listIn(matter, 'flags')),
    negative: phase?.[1] && phase[2] ? { phase: phase[1], type: phase[2] } : undefined,
  };
}

/** A list of the front matter, in either of the two ways YAML writes one. */
function listIn(matter: string, name: string): string[] {
  const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, 'm').exec(matter)?.[1];
  if (inline !== undefined)
    return inline
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const block = new RegExp(`^${name}:\\s*\\n((?:\\s+-.*\\n?)+)`, 'm').exec(matter)?.[1] ?? '';
  return [...block.matchAll(/-\s*(\S+)/g)].map((match) => match[1] ?? '');
}
