import { defineConfig } from "vitest/config";

const WAITS = { testTimeout: 60_000, hookTimeout: 60_000 };

// With `--mode pictures` it makes the pictures in docs/ and tests nothing.
export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ["tests/environment.ts"],
    projects: [
      {
        // The package `obsidian` has types alone; what stands in for the app has its classes.
        resolve: { alias: { obsidian: "obsidian-test-mocks/obsidian" } },
        test: {
          name: "app",
          environment: "jsdom",
          setupFiles: ["obsidian-test-mocks/vitest-setup"],
          include: mode === "pictures" ? [] : ["tests/**/*.test.ts"],
          exclude: ["tests/browser"],
          ...WAITS,
        },
      },
      {
        test: {
          name: "browser",
          include: [mode === "pictures" ? "tests/browser/pictures.ts" : "tests/browser/*.test.ts"],
          ...WAITS,
        },
      },
    ],
  },
}));
