import { defineConfig } from "vitest/config";

export default defineConfig({
  // The package `obsidian` has types alone; what stands in for the app has its classes.
  resolve: { alias: { obsidian: "obsidian-test-mocks/obsidian" } },
  test: {
    environment: "jsdom",
    globalSetup: ["tests/environment.ts"],
    setupFiles: ["obsidian-test-mocks/vitest-setup"],
    include: ["tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
