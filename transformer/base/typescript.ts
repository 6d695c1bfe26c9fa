import { createRequire } from 'node:module';
import type ts from 'typescript';
import { typescript7 } from './typescript7.ts';

/** The compiler API. It is passed in instead of imported, since under ts-patch it must be the copy that parsed the program. */
export type TypeScript = typeof ts;

const require = createRequire(import.meta.url);

/** The version whose API the compiler is written for. */
const MAJOR = '6';
/** The package that has TypeScript 6 beside another version. */
const COMPANION = '@typescript/typescript6';
const PACKAGES = ['typescript', COMPANION] as const;
/** The later version whose API gives the same code, ids and diagnostics: the tests compare all fixtures. */
const COMPARED = '7.1.0-beta';

/** Whether it is that version. */
export const isCompared = (version: string): boolean => version === COMPARED;

/**
 * The copy that is installed, for hosts that have none of their own. It is large, and loaded when a file needs it. Where
 * TypeScript 7 is installed, which has another API, the companion package has version 6.
 *
 * @throws TypeScriptMissingError if neither is version 6
 */
export function loadTypeScript(): TypeScript {
  const found = find();
  if (typeof found === 'object') return found;
  throw new TypeScriptMissingError(found);
}

/**
 * For what needs no more than the syntax of one file: without version 6, the one later version that was compared with it
 * will do.
 *
 * @throws TypeScriptMissingError if there is none of them
 */
export function loadSyntax(): TypeScript {
  const found = find();
  if (typeof found === 'object') return found;
  if (found === undefined || !isCompared(found)) throw new TypeScriptMissingError(found);
  later ??= typescript7((name) => require(`typescript/${name}`), found);
  return later;
}

/** The versions of the packages that one of them is loaded from, without loading it; undefined where there are none. */
export function installedVersions(): string | undefined {
  const versions = PACKAGES.map((name) => versionOf(name)?.version ?? 'none');
  return versions.every((version) => version === 'none') ? undefined : versions.join(' ');
}

let loaded: TypeScript | undefined;
let later: TypeScript | undefined;

/** Version 6, or the version that is there in its place. */
function find(): TypeScript | string | undefined {
  if (loaded) return loaded;
  const versions: string[] = [];
  for (const name of PACKAGES) {
    const found = load(name);
    if (found?.createSourceFile !== undefined && isUsable(found)) {
      loaded = found as TypeScript;
      return loaded;
    }
    if (found?.version !== undefined) versions.push(found.version);
  }
  return versions[0];
}

/**
 * For hosts that are handed a copy.
 *
 * @throws TypeScriptMissingError if it isn't version 6
 */
export function requireUsable(ts: TypeScript): void {
  if (!isUsable(ts)) throw new TypeScriptMissingError(ts.version);
}

const isUsable = ({ version }: Partial<TypeScript>): boolean => majorOf(version) === MAJOR;

const majorOf = (version: string | undefined): string | undefined => version?.split('.')[0];

function load(name: string): Partial<TypeScript> | undefined {
  try {
    return require(name) as Partial<TypeScript>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Version 7 may have nothing that can be required.
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    return versionOf(name);
  }
}

function versionOf(name: string): { readonly version: string } | undefined {
  try {
    return { version: (require(`${name}/package.json`) as { readonly version: string }).version };
  } catch {
    return undefined;
  }
}

/** No TypeScript is installed that this package can compile with: none, or only another version than 6. */
export class TypeScriptMissingError extends Error {
  override readonly name = 'TypeScriptMissingError';

  /** @param version the one that is installed, if there is any */
  constructor(version: string | undefined) {
    const found = version === undefined ? 'None is installed' : `Version ${version} is installed`;
    const isLater = Number(majorOf(version)) > Number(MAJOR);
    // What comes after 6 stays, with 6 beside it.
    const what = isLater ? COMPANION : `typescript@${MAJOR}`;
    super(
      `use-durable compiles with TypeScript ${MAJOR}. ${found}. Add it where you build: npm install --save-dev ${what}. ` +
        `Programs that are compiled run without it.`,
    );
  }
}

const views = new WeakMap<TypeScript, TypeScript>();

/**
 * The same API, with the functions that analysis and emission call for each node as plain properties. TypeScript's namespace
 * object has more than two thousand getters, and engines look properties of such an object up by a hash. A call of
 * `ts.isIdentifier(node)` is several times faster on this view.
 */
export function quickView(ts: TypeScript): TypeScript {
  const known = views.get(ts);
  if (known) return known;
  const near: Record<string, unknown> = {};
  for (const name of Object.keys(ts)) if (NEAR.test(name)) near[name] = ts[name as keyof TypeScript];
  near.SyntaxKind = Object.create({ ...ts.SyntaxKind }) as unknown;
  // Engines keep objects that are prototypes in their fast form, whatever the number of their properties.
  const view = Object.create(Object.setPrototypeOf(near, ts) as object) as TypeScript;
  views.set(ts, view);
  return view;
}

const NEAR =
  /^(is[A-Z]\w*|forEachChild|visitEachChild|getOriginalNode|setOriginalNode|setTextRange|factory|NodeFlags)$/;
