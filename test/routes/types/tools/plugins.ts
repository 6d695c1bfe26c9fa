/** Each plugin is one of the tool that it is for, and its settings take it. Checked with the types that the tools have. */
import { type RspackPluginInstance, rspack as startRspack } from '@rspack/core';
import type { Plugin as EsbuildPlugin } from 'esbuild';
import { build as buildWithEsbuild } from 'esbuild';
import type { Plugin as RolldownPlugin } from 'rolldown';
import { build as buildWithRolldown } from 'rolldown';
import type { RollupOptions, Plugin as RollupPlugin } from 'rollup';
import esbuild from 'use-durable/esbuild';
import rolldown from 'use-durable/rolldown';
import rollup from 'use-durable/rollup';
import Rspack from 'use-durable/rspack';
import vite from 'use-durable/vite';
import Webpack from 'use-durable/webpack';
import type { Plugin as VitePlugin } from 'vite';
import { defineConfig as viteConfig } from 'vite';
import { defineConfig as vitestConfig } from 'vitest/config';
import startWebpack, { type Configuration, type WebpackPluginInstance } from 'webpack';

export const plugins: readonly [
  VitePlugin,
  RollupPlugin,
  RolldownPlugin,
  EsbuildPlugin,
  WebpackPluginInstance,
  RspackPluginInstance,
] = [vite(), rollup(), rolldown(), esbuild(), new Webpack(), new Rspack()];

export const settings = [
  viteConfig({ plugins: [vite()] }),
  vitestConfig({ plugins: [vite()], test: { include: ['test'] } }),
  { plugins: [rollup()] } satisfies RollupOptions,
  { plugins: [new Webpack()] } satisfies Configuration,
];

export const builds = [
  (): unknown => buildWithEsbuild({ plugins: [esbuild()] }),
  (): unknown => buildWithRolldown({ plugins: [rolldown()] }),
  (): unknown => startWebpack({ plugins: [new Webpack()] }),
  (): unknown => startRspack({ plugins: [new Rspack()] }),
];
