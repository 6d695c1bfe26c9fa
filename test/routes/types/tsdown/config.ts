import { defineConfig } from 'tsdown';
import useDurable from 'use-durable/rolldown';

export default defineConfig({ entry: 'src/main.ts', platform: 'node', plugins: [useDurable()] });
