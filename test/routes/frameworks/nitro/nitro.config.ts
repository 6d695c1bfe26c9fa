import { defineConfig } from 'nitro';

export default defineConfig({ serverDir: './', modules: ['use-durable/nitro'] });
