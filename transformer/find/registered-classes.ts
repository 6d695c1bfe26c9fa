import type ts from 'typescript';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { functionAround, unwrap } from '../syntax/nodes.ts';
import type { FunctionPlace, PlaceRefusal } from './place-function.ts';

/** How instances of the class of a durable method are written to journals and read again. */
export interface ClassRegistration {
  /** The id to register it under, if the file does not register it and its symbols define its encoding. */
  readonly knownAs: string | undefined;
}

/** The registration of the class that contains a method: by `registerClass` in this file, or by the pair of symbols. */
export function registrationOf(file: FileContext, place: FunctionPlace): ClassRegistration | PlaceRefusal {
  const { owner, base } = place;
  const call = owner && registerCall(file, place, owner);
  const pair = owner !== undefined && hasPair(file, owner);
  if (!call && !pair) return { refused: 'instanceMethod', words: [] };
  const secret = pair || carriesItself(file, call) ? undefined : privateMember(file, owner);
  if (secret !== undefined) return { refused: 'privateState', words: [secret, base] };
  return { knownAs: call ? undefined : base };
}

/** `registerClass(Order)` at the top level of the module, or `registerClass(this)` in a static block of the class. */
function registerCall(
  file: FileContext,
  { root }: FunctionPlace,
  owner: ts.ClassLikeDeclaration,
): ts.CallExpression | undefined {
  const calls = registerCalls(file);
  const found = [calls.get(root ? root.parent : owner), calls.get(owner)].filter(
    (call) => call !== undefined,
  );
  return found.sort((a, b) => a.pos - b.pos)[0];
}

const known = new WeakMap<FileContext, ReadonlyMap<ts.Node, ts.CallExpression>>();

/** The first `registerClass` of each class in the file, by the declaration of its name or by the class. */
function registerCalls(file: FileContext): ReadonlyMap<ts.Node, ts.CallExpression> {
  const { ts, sourceFile, bindings, nodes } = file;
  const before = known.get(file);
  if (before) return before;
  const calls = new Map<ts.Node, ts.CallExpression>();
  known.set(file, calls);
  nodes.walk(sourceFile, (node) => {
    if (!ts.isCallExpression(node) || originOf(file, node.expression) !== 'use-durable#registerClass') return;
    const [argument] = node.arguments;
    const cls = argument && unwrap(ts, argument);
    if (!cls || functionAround(ts, node)) return;
    const key = ts.isIdentifier(cls)
      ? bindings.resolve(cls)?.declaration
      : cls.kind === ts.SyntaxKind.ThisKeyword
        ? staticBlockAround(node)?.parent
        : undefined;
    if (key && !calls.has(key)) calls.set(key, node);
  });
  return calls;

  function staticBlockAround(node: ts.Node): ts.Node | undefined {
    for (let at = node.parent; at; at = at.parent) {
      if (ts.isClassStaticBlockDeclaration(at)) return at;
      if (ts.isClassLike(at)) return undefined;
    }
    return undefined;
  }
}

/** Whether a call passes `encode` and `decode`, or options that can't be analyzed. */
function carriesItself({ ts }: FileContext, call: ts.CallExpression | undefined): boolean {
  const options = call?.arguments[1] && unwrap(ts, call.arguments[1]);
  if (!options || !ts.isObjectLiteralExpression(options)) return options !== undefined;
  return options.properties.some(
    (property) => ts.isSpreadAssignment(property) || property.name?.getText() === 'encode',
  );
}

function hasPair(file: FileContext, owner: ts.ClassLikeDeclaration): boolean {
  const names = owner.members.map((member) => symbolOf(file, member.name));
  return names.includes('use-durable.encode') && names.includes('use-durable.decode');
}

/** The key of `[Symbol.for('key')]`, written in place or held by a const. */
function symbolOf(file: FileContext, name: ts.PropertyName | undefined): string | undefined {
  const { ts, bindings } = file;
  if (!name || !ts.isComputedPropertyName(name)) return undefined;
  let value = unwrap(ts, name.expression);
  const declaration = ts.isIdentifier(value) ? bindings.resolve(value)?.declaration : undefined;
  if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer)
    value = unwrap(ts, declaration.initializer);
  if (!ts.isCallExpression(value) || originOf(file, value.expression) !== 'Symbol.for') return undefined;
  const [key] = value.arguments;
  return key && ts.isStringLiteralLike(key) ? key.text : undefined;
}

/** A member of instances that only code of the class can access, so that the codec can't write it. */
function privateMember({ ts }: FileContext, owner: ts.ClassLikeDeclaration | undefined): string | undefined {
  for (const member of owner?.members ?? []) {
    const modifiers = ts.canHaveModifiers(member) ? (member.modifiers ?? []) : [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) || !member.name) continue;
    const hidden = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AccessorKeyword);
    if (ts.isPrivateIdentifier(member.name) || hidden) return member.name.getText();
  }
  return undefined;
}
