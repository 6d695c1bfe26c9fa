import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { isErased } from './nodes.ts';

export type Member = ts.ClassElement | ts.ObjectLiteralElementLike;
type Holder = ts.ClassLikeDeclaration | ts.ObjectLiteralExpression;

interface Members {
  readonly byName: ReadonlyMap<string, readonly Member[]>;
  /** The last member whose names are known only at run time: a spread, or a member with a computed name. */
  readonly lastUnknown: Member | undefined;
}

const known = new WeakMap<Holder, Members>();

/** The members of a class or an object literal that exist at run time, collected in one pass. */
export function membersOf(ts: TypeScript, holder: Holder): Members {
  const present = known.get(holder);
  if (present) return present;
  const byName = new Map<string, Member[]>();
  let lastUnknown: Member | undefined;
  for (const member of ts.isClassLike(holder) ? holder.members : holder.properties) {
    if (isErased(ts, member)) continue;
    const { name } = member;
    if (ts.isSpreadAssignment(member) || (name && ts.isComputedPropertyName(name))) lastUnknown = member;
    if (!name || ts.isComputedPropertyName(name)) continue;
    const same = byName.get(name.text);
    if (same) same.push(member);
    else byName.set(name.text, [member]);
  }
  const members = { byName, lastUnknown };
  known.set(holder, members);
  return members;
}

/** The members that are written with this name, private names included: `x`, `'x'`, `#x`. */
export function membersNamed(ts: TypeScript, holder: Holder, name: string): readonly Member[] {
  return membersOf(ts, holder).byName.get(name) ?? [];
}
