import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { App, FileSystemAdapter, Notice, Plugin } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import manifest from "../manifest.json";
import VaultlintPlugin from "../src/main";
import { processesIn, TELLS_PROCESSES } from "./processes";
import { folderWith, vaultWith } from "./vaults";

const BROKEN = { "One.md": "[[Two]] and [[Nowhere]]\n", "Two.md": "[[One]] and [[Nothing]]\n" };

let notices: string[];

beforeEach(async () => {
  notices = [];
  const shown = vi.spyOn(Notice.prototype, "constructor__");
  shown.mockImplementation((message) => void notices.push(typeof message === "string" ? message : ""));
  vi.stubEnv("XDG_CACHE_HOME", await folderWith({}));
  onTestFinished(() => {
    shown.mockRestore();
    vi.unstubAllEnvs();
  });
});

/** The app with a vault on this machine, its window ready. */
async function app(): Promise<{ app: App; folder: string }> {
  const folder = await vaultWith(BROKEN);
  const adapter = FileSystemAdapter.create__(folder).asOriginalType__();
  const app = App.createConfigured__({ adapter });
  app.workspace.setLayoutReady__();
  return { app, folder };
}

/** The plugin as the app enables it. */
function enabled(app: App): VaultlintPlugin {
  const plugin = new VaultlintPlugin(app.asOriginalType__(), manifest);
  onTestFinished(() => plugin.unload());
  plugin.load();
  return plugin;
}

/** What the plugin's page in the settings says. */
function settingsPage(plugin: VaultlintPlugin): string {
  const [tab] = Plugin.fromOriginalType2__(plugin).settingTabs__;
  if (tab === undefined) throw new Error("the plugin has no page in the settings");
  tab.display();
  const text = tab.containerEl.textContent;
  tab.hide();
  return text;
}

test.runIf(TELLS_PROCESSES)("enabled and disabled ten times, it leaves no process behind", async () => {
  const { app: inApp, folder } = await app();
  for (const round of Array(10).keys()) {
    const plugin = enabled(inApp);
    if (round % 3 === 1)
      await vi.waitFor(async () => expect(await processesIn(folder)).not.toEqual([]), 30_000);
    if (round % 3 === 2) await vi.waitFor(() => expect(settingsPage(plugin)).toContain("Running: /"), 30_000);
    plugin.unload();
  }
  await vi.waitFor(async () => expect(await processesIn(folder)).toEqual([]), 30_000);
  expect(notices).toEqual([]);
});

test("without a program a notice says what to do, and nothing else happens", async () => {
  const { app: inApp } = await app();
  inApp.saveLocalStorage("vaultlint-program", "/nowhere/vaultlint");
  enabled(inApp);
  await vi.waitFor(() => expect(notices).not.toEqual([]), 30_000);
  expect(notices).toEqual([
    "There is no file “/nowhere/vaultlint”. Give the path of the program in the settings, or leave it empty " +
      "to have it looked for. “which vaultlint” says it in a terminal, on Windows “where vaultlint”.",
  ]);
});

test("a mistake in the configuration of the vault is told in a notice", async () => {
  const { app: inApp, folder } = await app();
  await writeFile(join(folder, "vaultlint.toml"), 'select = ["VL999"]\n');
  enabled(inApp);
  await vi.waitFor(() => expect(notices).toEqual([expect.stringContaining("VL999")]), 30_000);
});

test.runIf(TELLS_PROCESSES)(
  "with checks by command alone no server is started before they are wanted",
  async () => {
    const { app: inApp, folder } = await app();
    const plugin = Plugin.fromOriginalType2__(new VaultlintPlugin(inApp.asOriginalType__(), manifest));
    onTestFinished(() => plugin.unload());
    plugin.data__ = { when: "off" };
    plugin.load();
    await vi.waitFor(() => expect(plugin.events__.length).toBeGreaterThan(3), 30_000);
    expect(await processesIn(folder)).toEqual([]);
    plugin.data__ = { when: "save" }; // as another device would
    plugin.onExternalSettingsChange();
    await vi.waitFor(async () => expect(await processesIn(folder)).not.toEqual([]), 30_000);
  },
);
