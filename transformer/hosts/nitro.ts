/**
 * The module for Nitro.
 *
 *     export default defineConfig({ modules: ['use-durable/nitro'] });
 */
import '../base/require-node.ts';
import useDurable from './rollup.ts';

/** What a module is given, as far as this one goes. */
interface Nitro {
  readonly hooks: {
    hook(name: 'rollup:before', callback: (nitro: unknown, config: { plugins?: unknown }) => void): unknown;
  };
}

/** Adds the plugin to those of Nitro's bundler, in front of them. */
export default {
  name: 'use-durable',
  setup({ hooks }: Nitro): void {
    hooks.hook('rollup:before', (_nitro, config) => {
      config.plugins = [useDurable(), config.plugins];
    });
  },
};
