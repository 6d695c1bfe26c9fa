import { defineConfig } from 'tsdown';
import useDurable from 'use-durable/rolldown';

export default defineConfig({ entry: 'main.ts', platform: 'node', dts: false, plugins: [useDurable()] });
