import './base/require-node.ts';

export type { Diagnostic, Severity } from './base/diagnostics.ts';
export { type FileId, fileIdOf } from './base/file-id.ts';
export type { FunctionInfo, Site, SiteKind } from './base/plan.ts';
export { formatDiagnostic } from './base/reporter.ts';
export { TypeScriptMissingError } from './base/typescript.ts';
export { type SourceMapV3, type TransformOptions, type TransformResult, transform } from './compile.ts';
export { compileFile, type FileOptions } from './compile-file.ts';
