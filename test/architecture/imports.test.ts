import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Layers, each may import from itself and from those named. The first prefix that fits a file decides. */
const LAYERS: readonly { readonly name: string; readonly prefix: string; readonly may: readonly string[] }[] =
  [
    { name: 'host', prefix: 'transformer/hosts/', may: ['transformer', 'analyze', 'emit', 'data'] },
    { name: 'transformer', prefix: 'transformer/index.ts', may: ['analyze', 'emit', 'data'] },
    { name: 'transformer', prefix: 'transformer/compile', may: ['analyze', 'emit', 'data'] },
    { name: 'analyze', prefix: 'transformer/analyze/', may: ['data'] },
    { name: 'emit', prefix: 'transformer/emit/', may: ['data'] },
    { name: 'data', prefix: 'transformer/', may: [] },
    { name: 'machine', prefix: 'runtime/journal/replay-machine.ts', may: ['events'] },
    { name: 'events', prefix: 'runtime/local/event', may: [] },
    {
      name: 'api',
      prefix: 'runtime/index.ts',
      may: ['compiled', 'http', 'local', 'observe', 'stores', 'context', 'values', 'errors', 'port'],
    },
    { name: 'http', prefix: 'runtime/http/', may: ['local', 'stores', 'context', 'errors'] },
    {
      name: 'testing',
      prefix: 'runtime/testing/',
      may: ['local', 'machine', 'events', 'stores', 'context', 'values', 'errors', 'state', 'port'],
    },
    { name: 'compiled', prefix: 'runtime/compiled.ts', may: ['local', 'context', 'errors', 'state'] },
    {
      name: 'local',
      prefix: 'runtime/local/',
      may: ['machine', 'events', 'observe', 'stores', 'context', 'values', 'errors', 'state', 'port'],
    },
    {
      name: 'aws-local',
      prefix: 'runtime/engines/aws-local/',
      may: ['aws-lambda', 'events', 'stores', 'context', 'values', 'errors', 'port'],
    },
    {
      name: 'aws-lambda',
      prefix: 'runtime/engines/aws-lambda/',
      may: ['context', 'values', 'errors', 'port'],
    },
    {
      name: 'restate',
      prefix: 'runtime/engines/restate/',
      may: ['context', 'values', 'errors', 'port'],
    },
    { name: 'stores', prefix: 'runtime/stores/', may: ['events', 'errors', 'port'] },
    { name: 'values', prefix: 'runtime/values/', may: ['errors', 'state'] },
    { name: 'errors', prefix: 'runtime/base/errors.ts', may: [] },
    { name: 'errors', prefix: 'runtime/base/shared-classes.ts', may: [] },
    { name: 'state', prefix: 'runtime/base/process-state.ts', may: ['errors'] },
    { name: 'state', prefix: 'runtime/base/supported-node.ts', may: ['errors'] },
    { name: 'port', prefix: 'runtime/port/backend.ts', may: [] },
    { name: 'port', prefix: 'runtime/port/tracing.ts', may: [] },
    {
      name: 'observe',
      prefix: 'runtime/observe/',
      may: ['events', 'stores', 'context', 'values', 'errors', 'port'],
    },
    { name: 'context', prefix: 'runtime/', may: ['values', 'errors', 'state', 'port'] },
  ];

function layerOf(file: string): (typeof LAYERS)[number] {
  const layer = LAYERS.find(({ prefix }) => file.startsWith(prefix));
  if (!layer) throw new Error(`${file} belongs to no layer`);
  return layer;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function importsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext);
  const found: string[] = [];
  ts.forEachChild(source, function visit(node): void {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text);
    }
    ts.forEachChild(node, visit);
  });
  return found;
}

describe('imports point one way', () => {
  const files = [...filesUnder('transformer'), ...filesUnder('runtime')];

  it('finds the files', () => {
    expect(files).toContain('transformer/analyze.ts');
    expect(files).toContain('runtime/journal/replay-machine.ts');
  });

  for (const file of files) {
    it(file, () => {
      const layer = layerOf(file);
      for (const specifier of importsOf(file)) {
        if (!specifier.startsWith('.')) continue;
        const target = relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/');
        const other = layerOf(target);
        expect([layer.name, ...layer.may], `${file} imports ${target}`).toContain(other.name);
      }
    });
  }

  it('keeps the replay machine free of I/O, clocks and randomness', () => {
    const file = 'runtime/journal/replay-machine.ts';
    expect(importsOf(file).filter((specifier) => !specifier.startsWith('.'))).toEqual([]);
    const text = readFileSync(join(root, file), 'utf8');
    expect(text).not.toMatch(
      /Date\.now|new Date|Math\.random|performance\.|setTimeout|setImmediate|process\./,
    );
  });

  it('lets the transformer load nothing but typescript, magic-string and five modules of Node', () => {
    const packages = new Set(
      filesUnder('transformer')
        .flatMap(importsOf)
        .filter((specifier) => !specifier.startsWith('.')),
    );
    expect([...packages].sort()).toEqual([
      'magic-string',
      'node:crypto',
      'node:fs',
      'node:module',
      'node:path',
      'node:url',
      'typescript',
    ]);
  });

  it('lets the SDK of an engine be loaded by what is written for it, and by nothing else', () => {
    const named = filesUnder('runtime').filter((file) =>
      importsOf(file).some((specifier) => /^@(aws|restatedev)\//.test(specifier)),
    );
    expect(named.filter((file) => !file.startsWith('runtime/engines/'))).toEqual([]);
    // Types leave no trace; the values are imported where a handler is made.
    for (const file of named) {
      const text = readFileSync(join(root, file), 'utf8');
      const statements = text.match(/^(import|export)(?! type)[^;]*from '@(aws|restatedev)[^;]*;/gm) ?? [];
      expect(statements, file).toEqual([]);
    }
  });
});
