/** The plugin is one of Bun. Checked with the types of Bun, which take the place of those of Node. */
import type { BunPlugin } from 'bun';
import useDurable from 'use-durable/bun';

export const plugin: BunPlugin = useDurable();

export const build = (): unknown => Bun.build({ entrypoints: ['src/main.ts'], plugins: [useDurable()] });
