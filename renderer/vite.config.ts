import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/**
 * Builds the window into `dist/renderer`. Relative addresses, because one front serves it from `app://` and the other
 * over HTTP. Styles and scripts are files and nothing is inlined: the content security policy allows neither inline
 * scripts nor `data:` fonts.
 */
export default defineConfig({
  root,
  base: './',
  publicDir: resolve(root, 'public'),
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: resolve(root, '../dist/renderer'),
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
