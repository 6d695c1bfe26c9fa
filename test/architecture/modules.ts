import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The modules of the repository, as a graph. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The file of the repository; undefined for a package. */
  readonly file: string | undefined;
  /** What is imported by name; `*` for all. */
  readonly names: readonly string[];
}

export interface Export {
  readonly name: string;
  readonly isType: boolean;
}

export interface Module {
  readonly file: string;
  readonly source: ts.SourceFile;
  readonly imports: readonly Import[];
  /** Its own exports, without those that it passes on. */
  readonly exports: readonly Export[];
}

/** All TypeScript files of these folders that git knows, or would add. */
export function readModules(folders: readonly string[]): ReadonlyMap<string, Module> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const files = listed.split('\n').filter((file) => /\.m?tsx?$/.test(file) && existsSync(join(ROOT, file)));
  return new Map(files.map((file) => [file, moduleOf(file)]));
}

const known = new Map<string, Module>();

/** Read once for all tests of a process. */
function moduleOf(file: string): Module {
  const module = known.get(file) ?? readModule(file);
  known.set(file, module);
  return module;
}

function readModule(file: string): Module {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const imports: Import[] = [];
  const exports: Export[] = [];
  const add = (specifier: string, names: readonly string[]): void => {
    const isOurs = specifier.startsWith('.');
    imports.push({ specifier, file: isOurs ? posix.join(dirname(file), specifier) : undefined, names });
  };
  for (const statement of source.statements) exports.push(...exportsOf(statement));
  const open: ts.Node[] = [source];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const found = importOf(node);
    if (found !== undefined) add(...found);
    ts.forEachChild(node, (child) => void open.push(child));
  }
  return { file, source, imports, exports };
}

/** Statements, `import()`, `import('x').T`, and scripts that are named by `new URL('./x.ts', import.meta.url)`. */
function importOf(node: ts.Node): [specifier: string, names: readonly string[]] | undefined {
  if (ts.isImportDeclaration(node)) return [textOf(node.moduleSpecifier), namesOf(node.importClause)];
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const { exportClause } = node;
    const names =
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : ['*'];
    return [textOf(node.moduleSpecifier), names];
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return [textOf(node.argument.literal), ['*']];
  const [argument] = ts.isCallExpression(node) || ts.isNewExpression(node) ? (node.arguments ?? []) : [];
  if (argument === undefined || !ts.isStringLiteral(argument)) return undefined;
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isScript =
    ts.isNewExpression(node) && node.expression.getText() === 'URL' && /^\.+\/.*\.ts$/.test(argument.text);
  return isImport || isScript ? [argument.text, ['*']] : undefined;
}

const textOf = (node: ts.Node): string => (ts.isStringLiteral(node) ? node.text : '');

function namesOf(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings;
  const named =
    bindings === undefined
      ? []
      : ts.isNamedImports(bindings)
        ? bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : ['*'];
  return clause?.name === undefined ? named : ['default', ...named];
}

function exportsOf(statement: ts.Statement): readonly Export[] {
  if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier && statement.exportClause) {
    const { exportClause, isTypeOnly } = statement;
    const elements = ts.isNamedExports(exportClause) ? exportClause.elements : [];
    return elements.map(({ name, isTypeOnly: isType }) => ({
      name: name.text,
      isType: isType || isTypeOnly,
    }));
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  const declared = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations
    : [statement as ts.DeclarationStatement];
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return declared.flatMap(({ name }) =>
    name !== undefined && ts.isIdentifier(name) ? [{ name: name.text, isType }] : [],
  );
}

/** Sets of files that import each other, types included: the strongly connected components of more than one file. */
export function circlesIn(modules: ReadonlyMap<string, Module>): readonly (readonly string[])[] {
  const numbers = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    numbers.set(file, numbers.size);
    let low = numbers.get(file)!;
    path.push(file);
    for (const { file: next } of modules.get(file)?.imports ?? []) {
      if (next === undefined || !modules.has(next)) continue;
      if (!numbers.has(next)) low = Math.min(low, visit(next));
      else if (path.includes(next)) low = Math.min(low, numbers.get(next)!);
    }
    if (low === numbers.get(file)) {
      const members = path.splice(path.indexOf(file));
      if (members.length > 1) circles.push(members.sort());
    }
    return low;
  };
  for (const file of modules.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}
