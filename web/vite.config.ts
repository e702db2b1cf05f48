import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const runes = ({ filename }: { filename: string }) => (filename.includes('node_modules') ? undefined : true);

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes, cssHash: ({ hash, css }) => `s${hash(css).slice(0, 4)}` } })],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content-security policy has no data: addresses
    reportCompressedSize: false, // scripts/size.mjs measures, and fails
    // Few, large files pack far better than many small ones: everything up to the start page, and one file for each group further away,
    // and one for what several groups share.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'shared', test: /src\/(pages\/(limits|suggestions|rentals\/WebsitePick|customers\/calls)|ui\/(Figures|ShownOnce|Suggest|TextFilter|TimeLeft))/, priority: 3, includeDependenciesRecursively: false },
            { name: 'customers', test: /src\/pages\/(customers|rentals)/, priority: 2, includeDependenciesRecursively: false },
            { name: 'billing', test: /src\/pages\/(billing|invoices|reports)/, priority: 2, includeDependenciesRecursively: false },
            { name: 'settings', test: /src\/pages\/(settings\/|Activity)/, priority: 2, includeDependenciesRecursively: false },
            { name: 'keyledger', test: /src\/|node_modules/, priority: 1 }
          ]
        }
      }
    }
  },
  server: { proxy: { '/api': process.env.KEYLEDGER_URL ?? 'http://127.0.0.1:5000' } },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], environment: 'node' }
});
