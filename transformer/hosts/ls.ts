/**
 * The plugin for tsserver, the language service of editors. One entry in `tsconfig.json` serves it and the build:
 *
 *     "plugins": [{ "name": "use-durable/ls", "transform": "use-durable/tspc", "transformProgram": true }]
 */
import '../base/require-node.ts';
import type ts from 'typescript';
import { requireUsable, type TypeScript } from '../base/typescript.ts';
import { FIXABLE } from '../editor/fixes/index.ts';
import { LanguageServiceFiles } from './language-service-files.ts';
import { numberOf } from './typescript-diagnostics.ts';

/** What a plugin is given for a project, as far as this one goes. */
export interface PluginInfo {
  readonly languageService: ts.LanguageService;
  readonly project?: { readonly projectService?: { readonly logger?: { info(message: string): void } } };
}

export interface LanguagePlugin {
  create(info: PluginInfo): ts.LanguageService;
}

/** Called by tsserver, with the TypeScript that it runs. */
export default function durablePlugin({ typescript }: { readonly typescript: TypeScript }): LanguagePlugin {
  return {
    create(info) {
      try {
        requireUsable(typescript);
        return decorated(typescript, info);
      } catch (error) {
        log(info, error);
        return info.languageService;
      }
    },
  };
}

function log({ project }: PluginInfo, error: unknown): void {
  const text = error instanceof Error ? error.stack : error;
  project?.projectService?.logger?.info(`use-durable: ${text}`);
}

/** A language service that adds to the answers of the one it is given. What fails in here leaves those as they are. */
function decorated(ts: TypeScript, info: PluginInfo): ts.LanguageService {
  const { languageService: inner } = info;
  const files = new LanguageServiceFiles(ts, inner);
  const adding = <Answer>(answer: Answer, add: (answer: Answer) => Answer): Answer => {
    try {
      return add(answer);
    } catch (error) {
      log(info, error);
      return answer;
    }
  };
  return {
    ...inner,
    getSemanticDiagnostics: (file) =>
      adding(inner.getSemanticDiagnostics(file), (found) => files.withDiagnostics(file, found)),
    getQuickInfoAtPosition: (file, position, ...rest) =>
      adding(inner.getQuickInfoAtPosition(file, position, ...rest), (hover) =>
        files.withQuickInfo(file, position, hover),
      ),
    // Editors ask for fixes of these numbers only.
    getSupportedCodeFixes: (file) => [
      ...inner.getSupportedCodeFixes(file),
      ...FIXABLE.map((code) => String(numberOf(code))),
    ],
    getCodeFixesAtPosition: (file, start, end, errorCodes, ...rest) =>
      adding(inner.getCodeFixesAtPosition(file, start, end, errorCodes, ...rest), (fixes) =>
        files.withFixes(file, { start, end, errorCodes }, fixes),
      ),
    provideInlayHints: (file, span, preferences) =>
      adding(inner.provideInlayHints(file, span, preferences), (hints) => files.withHints(file, span, hints)),
  };
}
