import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, ...extra },
});

/** Files of a worker share its modules: to import the app anew takes longer than most files. A test leaves no state behind. */
const shared = { isolate: false };

// Suites by what they need: nothing, a database, the sandbox, minutes, a browser.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project(
        'pure',
        [
          'test/domain/**/*.test.ts',
          'test/{sheets,pictures}/**/*.test.ts',
          'test/views/**/*.test.ts',
          'test/*.test.ts',
        ],
        {
          ...shared,
          testTimeout: 30_000,
        },
      ),
      project('database', ['test/{db,services,handlers,jobs}/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        ...shared,
        testTimeout: 30_000,
        hookTimeout: 60_000,
      }),
      project('e2e', ['test/{e2e,sandbox}/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        ...shared,
        testTimeout: 120_000,
        hookTimeout: 60_000,
      }),
      project('long', ['test/long/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        testTimeout: 1_800_000,
        hookTimeout: 120_000,
      }),
      project('browser', ['test/browser/**/*.test.ts'], {
        globalSetup: ['test/support/global-setup.ts'],
        testTimeout: 180_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});
