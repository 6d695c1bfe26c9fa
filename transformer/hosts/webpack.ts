/**
 * The plugin for webpack and Rspack.
 *
 *     import UseDurable from 'use-durable/webpack';
 *     export default { plugins: [new UseDurable()], ... };
 */
import '../base/require-node.ts';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginOptions } from './compile-text.ts';

const own = fileURLToPath(import.meta.url);

/** The rule for its loader: before the loaders that strip types. */
export const rule = {
  test: /\.[cm]?[jt]sx?$/,
  enforce: 'pre' as const,
  loader: fileURLToPath(new URL(`./loader${extname(own)}`, import.meta.url)),
};

/** What a plugin is given, as far as this one goes. */
interface Compiler {
  readonly options: { readonly module: { rules: unknown[] } };
}

/** Adds the loader to the rules of a configuration. */
export default class UseDurable {
  private readonly options: PluginOptions;

  constructor(options: PluginOptions = {}) {
    this.options = options;
  }

  apply(compiler: Compiler): void {
    compiler.options.module.rules.push({ ...rule, options: this.options });
  }
}
