import { createRequire } from 'node:module';
import type ts from 'typescript';

/** The compiler API. It is passed in instead of imported, since under ts-patch it must be the copy that parsed the program. */
export type TypeScript = typeof ts;

const require = createRequire(import.meta.url);

/** The TypeScript of this package, for hosts that have none. It is large, so it is loaded when the first file needs it. */
export const loadTypeScript = (): TypeScript => require('typescript') as TypeScript;

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
