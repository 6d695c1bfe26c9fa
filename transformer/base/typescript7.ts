/** The API of TypeScript 7.1, in the shape that the compiler knows from version 6. */
import { extname } from 'node:path';
import type ts from 'typescript';

/** What is used of `typescript/ast`: kinds, flags, and questions to nodes, under the names of version 6. */
interface Ast {
  readonly SyntaxKind: typeof ts.SyntaxKind;
  readonly NodeFlags: typeof ts.NodeFlags;
}

/** What is used of `typescript/sync`, whose requests go to a process of its own. */
interface Api {
  createSourceFile(fileName: string, text: string): { readonly sourceFile: RemoteFile; dispose(): void };
  transpileModule(
    text: string,
    options: {
      readonly fileName: string;
      readonly reportDiagnostics: true;
      readonly compilerOptions: object;
    },
  ): { readonly diagnostics?: readonly { readonly code: number }[] };
}

type RemoteFile = ts.SourceFile & { parseDiagnostics?: readonly { readonly code: number }[] };
type RemoteNode = ts.Node & { forEachChild: ts.Node['forEachChild'] };
type Kind = Exclude<keyof typeof ts.SyntaxKind, number>;

/** Diagnostics of TypeScript's own syntax in files of JavaScript, which are none of the parser. */
const inJavaScript = (code: number): boolean => code >= 8000 && code < 9000;

/** Flags of types and symbols, which the checks with types ask for. */
type Enumerations = Pick<
  typeof ts,
  'SymbolFlags' | 'TypeFlags' | 'ObjectFlags' | 'ElementFlags' | 'ModifierFlags'
>;

const enumerationsOf = ({
  SymbolFlags,
  TypeFlags,
  ObjectFlags,
  ElementFlags,
  ModifierFlags,
}: Enumerations): Enumerations => ({ SymbolFlags, TypeFlags, ObjectFlags, ElementFlags, ModifierFlags });

/**
 * Adds the names to the API of 7.1 that version 6 has besides, and that analysis and the emission of text use. Its
 * programs have a shim of their own.
 *
 * @param load loads a module of the package
 */
export function typescript7(load: (module: 'sync' | 'ast') => unknown, version: string): typeof ts {
  const ast = load('ast') as Ast;
  const sync = load('sync') as Enumerations & { readonly API: new () => Api };
  let api: Api | undefined;
  const createSourceFile = (fileName: string, text: string): RemoteFile => {
    api ??= new sync.API();
    const name = `/source${extname(fileName)}`;
    const retained = api.createSourceFile(name, text);
    // The whole tree is here by now.
    retained.dispose();
    const options = { fileName: name, reportDiagnostics: true, compilerOptions: {} } as const;
    const { diagnostics = [] } = api.transpileModule(text, options);
    return Object.assign(retained.sourceFile, {
      parseDiagnostics: diagnostics.filter(({ code }) => !inJavaScript(code)),
    });
  };
  const shim = {
    ...ast,
    ...enumerationsOf(sync),
    version,
    createSourceFile,
    ...questions(ast),
    ...elisions(ast),
  };
  return shim as unknown as typeof ts;
}

/** Whether a node is of one of some kinds. */
function kindsOf({ SyntaxKind }: Ast, ...names: readonly Kind[]): (node: ts.Node) => boolean {
  const kinds = new Set<ts.SyntaxKind>(names.map((name) => SyntaxKind[name]));
  return ({ kind }) => kinds.has(kind);
}

const CLASSES = ['ClassDeclaration', 'ClassExpression'] as const;
const ACCESSORS = ['GetAccessor', 'SetAccessor'] as const;
const FUNCTIONS = ['FunctionExpression', 'ArrowFunction', 'FunctionDeclaration'] as const;
const CLASS_MEMBERS = ['PropertyDeclaration', 'MethodDeclaration', ...ACCESSORS] as const;
const LOOPS = ['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoStatement'] as const;
const IMPORTS = [
  'ImportDeclaration',
  'ImportEqualsDeclaration',
  'ExportDeclaration',
  'ExportAssignment',
] as const;
const DECLARATIONS = [
  'InterfaceDeclaration',
  'TypeAliasDeclaration',
  'EnumDeclaration',
  'ModuleDeclaration',
] as const;
const SIGNATURES = ['PropertySignature', 'MethodSignature', 'IndexSignature', 'ConstructorType'] as const;

function questions(ast: Ast): Partial<Record<keyof typeof ts, unknown>> {
  const is = (...names: readonly Kind[]): ((node: ts.Node) => boolean) => kindsOf(ast, ...names);
  const isDecorator = is('Decorator');
  const isLoop = is(...LOOPS);
  const isLink = is(
    'PropertyAccessExpression',
    'ElementAccessExpression',
    'CallExpression',
    'NonNullExpression',
  );
  const some = (nodes: readonly ts.Node[]): readonly ts.Node[] | undefined =>
    nodes.length > 0 ? nodes : undefined;
  const marksOf = ({ modifiers = [] }: { readonly modifiers?: readonly ts.Node[] }): readonly ts.Node[] =>
    modifiers;
  const { PublicKeyword, PrivateKeyword, ProtectedKeyword, ReadonlyKeyword, OverrideKeyword } =
    ast.SyntaxKind;
  const OF_PROPERTIES: ReadonlySet<ts.SyntaxKind> = new Set([
    PublicKeyword,
    PrivateKeyword,
    ProtectedKeyword,
    ReadonlyKeyword,
    OverrideKeyword,
  ]);
  const isIterationStatement = (node: ts.Node, withLabels: boolean): boolean =>
    isLoop(node) ||
    (withLabels &&
      node.kind === ast.SyntaxKind.LabeledStatement &&
      isIterationStatement((node as ts.LabeledStatement).statement, true));
  return {
    isAccessor: is(...ACCESSORS),
    isGetAccessor: is('GetAccessor'),
    isSetAccessor: is('SetAccessor'),
    isCaseOrDefaultClause: is('CaseClause', 'DefaultClause'),
    isClassElement: is(
      'Constructor',
      ...CLASS_MEMBERS,
      'IndexSignature',
      'ClassStaticBlockDeclaration',
      'SemicolonClassElement',
    ),
    isClassLike: is(...CLASSES),
    isDeclarationStatement: is(
      'FunctionDeclaration',
      'MissingDeclaration',
      'ClassDeclaration',
      ...DECLARATIONS,
      ...IMPORTS,
      'NamespaceExportDeclaration',
    ),
    isIterationStatement,
    isOptionalChain: (node: ts.Node) => isLink(node) && (node.flags & ast.NodeFlags.OptionalChain) !== 0,
    isParameter: is('Parameter'),
    isParameterPropertyDeclaration: (node: ts.Node, parent: ts.Node) =>
      node.kind === ast.SyntaxKind.Parameter &&
      parent.kind === ast.SyntaxKind.Constructor &&
      marksOf(node as ts.ParameterDeclaration).some(({ kind }) => OF_PROPERTIES.has(kind)),
    isStringLiteralLike: is('StringLiteral', 'NoSubstitutionTemplateLiteral'),
    isTypeAssertionExpression: is('TypeAssertionExpression'),
    canHaveDecorators: is('Parameter', ...CLASS_MEMBERS, ...CLASSES),
    canHaveModifiers: is(
      'TypeParameter',
      'Parameter',
      'Constructor',
      'VariableStatement',
      ...CLASS_MEMBERS,
      ...CLASSES,
      ...FUNCTIONS,
      ...DECLARATIONS,
      ...SIGNATURES,
      ...IMPORTS,
    ),
    getDecorators: (node: object) => some(marksOf(node).filter(isDecorator)),
    getModifiers: (node: object) => some(marksOf(node).filter((mark) => !isDecorator(mark))),
  };
}

/** What a pattern leaves out, as in `[, second]`, is a binding element without a name there. */
function elisions({ SyntaxKind }: Ast): Partial<Record<keyof typeof ts, unknown>> {
  const isLeftOut = (node: ts.Node): boolean =>
    node.kind === SyntaxKind.BindingElement && (node as { readonly name?: ts.Node }).name === undefined;
  const known = new WeakMap<ts.Node, ts.Node>();
  const asInSix = (node: ts.Node): ts.Node => {
    if (!isLeftOut(node)) return node;
    const omitted =
      known.get(node) ?? (Object.create(node, { kind: { value: SyntaxKind.OmittedExpression } }) as ts.Node);
    known.set(node, omitted);
    return omitted;
  };
  return {
    isBindingElement: (node: ts.Node) => node.kind === SyntaxKind.BindingElement && !isLeftOut(node),
    isOmittedExpression: (node: ts.Node) => node.kind === SyntaxKind.OmittedExpression || isLeftOut(node),
    forEachChild: <T>(node: RemoteNode, visit: (child: ts.Node) => T): T | undefined =>
      node.forEachChild(
        node.kind === SyntaxKind.ArrayBindingPattern ? (child) => visit(asInSix(child)) : visit,
      ),
  };
}
