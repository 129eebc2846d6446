import { defineConfig, globalIgnores } from "eslint/config";
import obsidianmd from "eslint-plugin-obsidianmd";

export default defineConfig([
  globalIgnores(["main.js", "release", "node_modules", "test-results"]),
  ...obsidianmd.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["manifest.json", "*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
]);
