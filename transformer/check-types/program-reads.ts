import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { type Code, HelperReads } from '../body/helper-reads.ts';
import type { HelperCall } from '../check/helpers.ts';
import { Bindings } from '../file/bindings.ts';
import type { FileNames } from '../file/origins.ts';
import { isFunctionNode } from '../syntax/nodes.ts';
import { implementationOf } from './places.ts';

interface Types {
  readonly ts: TypeScript;
  readonly checker: ts.TypeChecker;
}

/** The helpers of a program. */
export function programReads(types: Types): HelperReads {
  const files = new Map<ts.SourceFile, FileNames>();
  const namesOf = (file: ts.SourceFile): FileNames => {
    const known = files.get(file) ?? { ts: types.ts, bindings: new Bindings(types.ts), origins: new Map() };
    files.set(file, known);
    return known;
  };
  return new HelperReads(namesOf, (call) => codeOf(types, call));
}

/** The function or class that a call refers to, if it is written in a file of the program. */
export function codeOf({ ts, checker }: Types, call: HelperCall): Code | undefined {
  const declaration = checker.getResolvedSignature(call)?.declaration;
  if (ts.isNewExpression(call)) {
    const symbol = checker.getTypeAtLocation(call).getSymbol();
    const cls = symbol?.valueDeclaration;
    return cls && ts.isClassLike(cls) && !cls.getSourceFile().isDeclarationFile ? cls : undefined;
  }
  if (!declaration || declaration.getSourceFile().isDeclarationFile) return undefined;
  const code = implementationOf(ts, declaration);
  return code && isFunctionNode(ts, code) ? code : undefined;
}
