import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileFunction } from "node:vm";
import * as mock from "obsidian-test-mocks/obsidian";
import type { Plugin } from "obsidian-test-mocks/obsidian";
import { expect, onTestFinished, test, vi } from "vitest";
import manifest from "../manifest.json";
import { folderWith, vaultWith } from "./vaults";

const HERE = join(import.meta.dirname, "..");
const FROM_THE_APP = /^(obsidian|electron|@codemirror\/\w+|@lezer\/\w+)$/;

type MadePlugin = new (app: mock.App, manifest: object) => Plugin;

/** What `npm run build` makes, run as the app runs it: nothing may be asked for that the app does not bring. */
async function built(): Promise<{ code: string; made: MadePlugin }> {
  await promisify(execFile)(process.execPath, ["esbuild.config.mjs"], { cwd: HERE });
  const code = await readFile(join(HERE, "main.js"), "utf8");
  const fromHere = createRequire(import.meta.url);
  const require = (name: string): unknown => {
    if (name === "obsidian") return mock;
    if (!FROM_THE_APP.test(name)) expect(builtinModules).toContain(name.replace(/^node:/, ""));
    return fromHere(name);
  };
  const module: { exports: { default?: MadePlugin } } = { exports: {} };
  const run = compileFunction(code, ["require", "module", "exports"]);
  Reflect.apply(run, undefined, [require, module, module.exports]);
  const made = module.exports.default;
  if (made === undefined) throw new Error("the bundle exports no plugin");
  return { code, made };
}

test("the built plugin starts the real server, and bears the licences of what it contains", async () => {
  const { code, made } = await built();
  expect(code.match(/^vscode-\S+$/gm)?.sort()).toEqual([
    "vscode-jsonrpc",
    "vscode-languageserver-protocol",
    "vscode-languageserver-textdocument",
    "vscode-languageserver-types",
  ]);
  vi.stubEnv("XDG_CACHE_HOME", await folderWith({}));
  const adapter = mock.FileSystemAdapter.create__(await vaultWith({ "One.md": "" })).asOriginalType__();
  const app = mock.App.createConfigured__({ adapter });
  app.workspace.setLayoutReady__();
  const plugin = new made(app, manifest);
  onTestFinished(() => {
    plugin.unload();
    vi.unstubAllEnvs();
  });
  plugin.load();
  const [tab] = plugin.settingTabs__;
  tab?.display();
  await vi.waitFor(() => expect(tab?.containerEl.textContent).toContain("Running: /"), 30_000);
});
