import type ts from 'typescript';
import type { Reporter } from '../base/diagnostics.ts';
import type { Body } from '../body/body.ts';
import type { FileNames } from '../body/callees.ts';
import { type Code, givenTo, HelperReads } from '../body/helper-reads.ts';
import { type HelperCall, reportHelper } from '../check/helpers.ts';
import { Bindings } from '../file/bindings.ts';
import { contains, isFunctionNode } from '../syntax/nodes.ts';
import { mayBePromise } from './known-classes.ts';
import { implementationOf, isDurableDeclaration } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/** Reports helpers of other files that read the clock or chance: with types at hand, what their own files show. */
export function checkHelperClocks(
  types: ProgramTypes,
  body: Body,
  calls: readonly HelperCall[],
  reporter: Reporter,
): void {
  const { ts, checker } = types;
  for (const call of calls) {
    const code = codeOf(types, call);
    if (!code || contains(body.durable.node, code) || isDurableDeclaration(ts, code)) continue;
    if (ts.isCallExpression(call) && mayBePromise(checker, checker.getTypeAtLocation(call))) continue;
    const read = types.reads.in(code, givenTo(call));
    if (read) reportHelper(body, call.expression, read, reporter);
  }
}

/** The helpers of a program. */
export function programReads(types: Pick<ProgramTypes, 'ts' | 'checker'>): HelperReads {
  const files = new Map<ts.SourceFile, FileNames>();
  const namesOf = (file: ts.SourceFile): FileNames => {
    const known = files.get(file) ?? { ts: types.ts, bindings: new Bindings(types.ts), origins: new Map() };
    files.set(file, known);
    return known;
  };
  return new HelperReads(namesOf, (call) => codeOf(types, call));
}

/** What a call calls, if it is written in a file of the program. */
function codeOf({ ts, checker }: Pick<ProgramTypes, 'ts' | 'checker'>, call: HelperCall): Code | undefined {
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
