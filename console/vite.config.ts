// SPDX-License-Identifier: Apache-2.0
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2021',
    // Small files stay files: a data: address in a style would need a wider policy than img-src does.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks(id) {
          if (/node_modules\/(echarts|zrender|tslib)\//.test(id)) return 'charts';
          if (/node_modules\/(vue|@vue|vue-router)\//.test(id)) return 'vue';
          if (/node_modules\//.test(id)) return 'ui';
          // One file for what pages share: a first page needs few requests.
          return /\/src\/(api|components|i18n|lib)\//.test(id) && !/charts\.ts/.test(id) ? 'app' : undefined;
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
