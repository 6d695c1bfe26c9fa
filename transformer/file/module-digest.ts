import { posix } from 'node:path';
import type ts from 'typescript';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';
import type { FileContext } from './file-context.ts';

/** Characters, of 6 bits each. */
const LENGTH = 16;

/**
 * A hash of a whole module in normal form, by which a renamed file is recognized. Imports from its own package count as the
 * files they resolve to. So the hash stays the same in another folder, and two files with the same text that import different
 * files have different hashes. Undefined for a file without an id.
 */
export function moduleDigest({ ts, sourceFile, fileId }: FileContext): string | undefined {
  if (fileId === undefined) return undefined;
  const hash = newHash();
  hash.update(`${fileId.package ?? ''}\n`);
  const folder = posix.dirname(fileId.path);
  const form = new NormalForm(ts);
  for (const statement of sourceFile.statements) form.write(statement, hash, placeOf);
  return digest(hash, LENGTH);

  /** What depends on the location of the file. */
  function placeOf(node: ts.Node): string | undefined {
    const isText = ts.isStringLiteralLike(node) || node.kind === ts.SyntaxKind.TemplateHead;
    if (isText) {
      const { text } = node as ts.LiteralLikeNode;
      return /^\.\.?(?:\/|$)/.test(text) ? `in ${posix.join(folder, text)}` : undefined;
    }
    const isPath = ts.isIdentifier(node) && (node.text === '__filename' || node.text === '__dirname');
    return isPath || ts.isMetaProperty(node) ? `at ${fileId!.path}` : undefined;
  }
}
