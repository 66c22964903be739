// Builds the page into sandbox/page/dist; in development the sandbox server's address comes from SANDBOX_URL.
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, '.', 'SANDBOX_').SANDBOX_URL ?? 'http://127.0.0.1:4400';
  const forward = { target, changeOrigin: false };
  return {
    plugins: [react()],
    build: { target: 'es2023', outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0 },
    server: { host: '127.0.0.1', proxy: { '/sandbox': forward, '/files-pri': forward } },
  };
});
