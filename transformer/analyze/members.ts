import type ts from 'typescript';
import type { TypeScript } from '../typescript.ts';

type Holder = ts.ClassLikeDeclaration | ts.ObjectLiteralExpression;

const known = new WeakMap<Holder, ReadonlyMap<string, readonly ts.Node[]>>();

/** The members of a class or an object literal that are written with a name, which may be a private one: `x`, `#x`. */
export function membersNamed(ts: TypeScript, holder: Holder, name: string): readonly ts.Node[] {
  let byName = known.get(holder);
  if (!byName) {
    byName = collect(ts, holder);
    known.set(holder, byName);
  }
  return byName.get(name) ?? [];
}

function collect(ts: TypeScript, holder: Holder): ReadonlyMap<string, readonly ts.Node[]> {
  const byName = new Map<string, ts.Node[]>();
  for (const member of ts.isClassLike(holder) ? holder.members : holder.properties) {
    const { name } = member;
    if (!name || (!ts.isIdentifier(name) && !ts.isPrivateIdentifier(name))) continue;
    const same = byName.get(name.text);
    if (same) same.push(member);
    else byName.set(name.text, [member]);
  }
  return byName;
}
