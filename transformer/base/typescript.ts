import { createRequire } from 'node:module';
import type ts from 'typescript';

/**
 * The compiler API, passed in instead of imported: under ts-patch it must be the very copy that parsed the program.
 */
export type TypeScript = typeof ts;

const require = createRequire(import.meta.url);

/** The copy of this package, for hosts that have none of their own. It is large, and loaded when a file needs it. */
export const loadTypeScript = (): TypeScript => require('typescript') as TypeScript;

const views = new WeakMap<TypeScript, TypeScript>();

/**
 * The same API, with what analysis and emission ask of every node held as plain properties. The namespace object of
 * TypeScript has more than two thousand getters, too many for an engine to know them by their place: a single
 * `ts.isIdentifier(node)` costs several times what it does on this view.
 */
export function quickView(ts: TypeScript): TypeScript {
  const known = views.get(ts);
  if (known) return known;
  const near: Record<string, unknown> = {};
  for (const name of Object.keys(ts)) if (NEAR.test(name)) near[name] = ts[name as keyof TypeScript];
  near.SyntaxKind = Object.create({ ...ts.SyntaxKind }) as unknown;
  // Engines keep objects that serve as prototypes in their fast form, however many properties they have.
  const view = Object.create(Object.setPrototypeOf(near, ts) as object) as TypeScript;
  views.set(ts, view);
  return view;
}

const NEAR =
  /^(is[A-Z]\w*|forEachChild|visitEachChild|getOriginalNode|setOriginalNode|setTextRange|factory|NodeFlags)$/;
