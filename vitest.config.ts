import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, ...extra },
});

// Suites by what they need: little, minutes, a browser.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // Files of a worker share its modules: to import the app anew takes longer than most files. A test leaves no state
      // behind. One project for all of them: each transforms and imports the app for itself.
      project(
        'fast',
        [
          'test/{domain,sheets,pictures,views,db,services,handlers,jobs,e2e,sandbox}/**/*.test.ts',
          'test/*.test.ts',
        ],
        {
          globalSetup: ['test/support/global-setup.ts'],
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      ),
      project('long', ['test/long/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        testTimeout: 1_800_000,
        hookTimeout: 120_000,
      }),
      project('browser', ['test/browser/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        testTimeout: 180_000,
        hookTimeout: 300_000,
      }),
    ],
  },
});
