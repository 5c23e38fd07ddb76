import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['build.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // A slow answer is no wrong answer.
    expect: { poll: { timeout: 20_000 } },
    fileParallelism: false,
    // Pages at once, each in a process of the browser's.
    maxConcurrency: 2,
  },
});
