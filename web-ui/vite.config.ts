import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where the API answers while developing: the fake server of dev/, or a real one.
const api = process.env['COUNTERSIGN_URL'] ?? 'http://127.0.0.1:8081';

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': api, '/demo': api, '/ca.pem': api } },
  build: {
    target: 'es2022',
    // The page's policy is default-src 'self', which rules out data: URLs.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  test: { environment: 'jsdom', include: ['test/**/*.test.{ts,tsx}'], restoreMocks: true },
});
