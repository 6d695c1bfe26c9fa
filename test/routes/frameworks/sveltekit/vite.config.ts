import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import useDurable from 'use-durable/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [useDurable(), sveltekit({ adapter: adapter() })] });
