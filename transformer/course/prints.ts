import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import type { Fingerprints } from '../body/fingerprints.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { isReference, unwrap } from '../syntax/nodes.ts';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';
import { functionIn } from './effects.ts';
import type { Helpers } from './helpers.ts';

/** Characters of a print, of 6 bits each. */
const LENGTH = 10;

/**
 * Hashes of pieces of code. Calls and closures count by their ids, variables by what they hold, and with the code of the helpers
 * by which that is made.
 */
export class Prints {
  private readonly body: Body;
  private readonly sites: ReadonlyMap<ts.Node, SiteNode>;
  private readonly closures: ReadonlyMap<ts.Node, string>;
  private readonly fingerprints: Fingerprints;
  private readonly helpers: Helpers;
  private readonly form: NormalForm;

  constructor(
    body: Body,
    sites: ReadonlyMap<ts.Node, SiteNode>,
    closures: ReadonlyMap<ts.Node, string>,
    fingerprints: Fingerprints,
    helpers: Helpers,
  ) {
    this.body = body;
    this.sites = sites;
    this.closures = closures;
    this.fingerprints = fingerprints;
    this.helpers = helpers;
    this.form = new NormalForm(body.file.ts);
  }

  of(node: ts.Node): string {
    const hash = newHash();
    const helpers = new Set<ts.Node>();
    this.form.write(node, hash, (inner) => this.replacement(inner, helpers));
    // A set goes through what is added meanwhile.
    for (const helper of helpers) {
      hash.update('helper\n');
      this.form.write(helper, hash, (inner) => this.replacement(inner, helpers));
    }
    return digest(hash, LENGTH);
  }

  /** The closure that is called by its name. Which of its arguments decide something is told apart from that. */
  private calledBy(node: ts.Node): string | undefined {
    const { ts, bindings } = this.body.file;
    if (!ts.isCallExpression(node)) return undefined;
    const callee = unwrap(ts, node.expression);
    const binding = ts.isIdentifier(callee) ? bindings.resolve(callee) : undefined;
    const closure = binding && functionIn(this.body.file, binding.declaration);
    return closure && this.closures.get(closure);
  }

  /** @param helpers gets those that the code uses */
  private replacement(node: ts.Node, helpers: Set<ts.Node>): string | undefined {
    const { ts, bindings } = this.body.file;
    const site = this.sites.get(node)?.site;
    if (site) return site.kind === 'combinator' ? 'combinator' : `site ${site.id}`;
    const closure = this.closures.get(node);
    if (closure !== undefined) return `closure ${closure}`;
    const called = this.calledBy(node);
    if (called !== undefined) return `called ${called}`;
    if (!ts.isIdentifier(node)) return undefined;
    const isName = isReference(ts, node) || isDeclared(ts, node);
    const binding = isName ? bindings.resolve(node) : undefined;
    if (!binding) return undefined;
    if (this.body.isLocal(binding)) {
      for (const helper of this.helpers.of(binding)) helpers.add(helper);
      return this.fingerprints.variable(binding);
    }
    const { declaration } = binding;
    return ts.isImportSpecifier(declaration)
      ? (declaration.propertyName ?? declaration.name).text
      : undefined;
  }
}

function isDeclared(typescript: typeof ts, { parent }: ts.Identifier): boolean {
  return (
    typescript.isVariableDeclaration(parent) ||
    typescript.isParameter(parent) ||
    typescript.isBindingElement(parent)
  );
}
