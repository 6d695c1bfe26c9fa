export { type SourceMapV3, type TransformOptions, type TransformResult, transform } from './compile.ts';
export { compileFile } from './compile-file.ts';
export { type Diagnostic, formatDiagnostic, type Severity } from './diagnostics.ts';
export { type FileId, fileIdOf } from './file-id.ts';
export type { FunctionInfo, Site, SiteKind } from './plan.ts';
