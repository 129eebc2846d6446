import {
  App,
  ButtonComponent,
  Modal,
  Plugin,
  Setting,
  TextComponent,
  ToggleComponent,
} from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import manifest from "../manifest.json";
import { Backend } from "../src/backend/backend";
import { Log } from "../src/backend/log";
import { THIS_SYSTEM } from "../src/backend/system";
import { type Settings, SettingsInForce } from "../src/settings";
import { VaultlintSettingTab } from "../src/settings-tab";
import { VaultUris } from "../src/uris";
import { script, vaultWith } from "./vaults";

class AnyPlugin extends Plugin {}

let tab: VaultlintSettingTab;
let backend: Backend;
let kept: Settings[];
let settings: SettingsInForce;
let log: Log;

beforeEach(async () => {
  kept = [];
  settings = new SettingsInForce(null, (now) => Promise.resolve(void kept.push(now)));
  const folder = await vaultWith({ "One.md": "" });
  log = new Log(1000);
  const program = (): string => settings.now.program;
  backend = new Backend({ folder, root: new VaultUris(folder).root, system: THIS_SYSTEM, log, program });
  onTestFinished(() => backend.close());
  const app = App.createConfigured__();
  const plugin = new AnyPlugin(app, manifest);
  tab = new VaultlintSettingTab(app.asOriginalType__(), plugin.asOriginalType2__(), settings, backend, log);
});

/** The page as the app before 1.13 shows it: its rows by their names. */
function shown(): Map<string, Setting> {
  const made: Setting[] = [];
  const making = vi.spyOn(Setting.prototype, "constructor__");
  making.mockImplementation(function (this: Setting) {
    made.push(this);
  });
  tab.display();
  making.mockRestore();
  return new Map(made.map((row) => [row.nameEl.textContent, row]));
}

/** The part of its kind in a row of the page. */
function part<Kind>(rows: Map<string, Setting>, name: string, kind: new (el: HTMLElement) => Kind): Kind {
  const found = rows.get(name)?.components.find((component) => component instanceof kind);
  if (!(found instanceof kind)) throw new Error(`no such part: ${name}`);
  return found;
}

test("the page has a row for each setting, and one for the server", () => {
  const names = [
    "Server",
    "Path of the program",
    "Check notes",
    "Show errors",
    "Show warnings",
    "Show hints",
    "Server log",
  ];
  expect([...shown().keys()]).toEqual(names);
  expect(tab.getSettingDefinitions().map(({ name }) => name)).toEqual(names);
});

test("a severity that is turned off and on again is kept in its place", async () => {
  part(shown(), "Show warnings", ToggleComponent).onClick();
  await vi.waitFor(() => expect(kept.at(-1)?.severities).toEqual(["error", "info"]));
  part(shown(), "Show warnings", ToggleComponent).onClick();
  await vi.waitFor(() => expect(kept.at(-1)?.severities).toEqual(["error", "warning", "info"]));
});

test("a path that is typed is kept, and tried when the field is left", async () => {
  const old = await script('echo "vaultlint 0.0.1"');
  settings.replace({ program: "/nowhere/vaultlint" });
  await backend.start();
  const rows = shown();
  const field = part(rows, "Path of the program", TextComponent);
  expect(field.getValue()).toBe("/nowhere/vaultlint");
  field.setValue(old);
  expect(kept.at(-1)?.program).toBe(old);
  expect(backend.configured).toBe("/nowhere/vaultlint");
  field.inputEl.dispatchEvent(new Event("change"));
  await vi.waitFor(
    () => expect(rows.get("Server")?.descEl.textContent).toContain("is vaultlint 0.0.1."),
    30_000,
  );
});

test("a path that is typed counts when the page is left, and the server is not started for nothing", async () => {
  part(shown(), "Path of the program", TextComponent).setValue("/nowhere/vaultlint");
  tab.hide();
  expect(backend.state.kind).toBe("off");
  await backend.start();
  shown();
  tab.hide();
  expect(backend.state.kind).toBe("failed");
});

test("a failure stands on the page with its commands", async () => {
  settings.replace({ program: await script('echo "vaultlint 0.0.1"') });
  const rows = shown();
  await backend.start();
  const told = rows.get("Server")?.descEl;
  expect([...(told?.querySelectorAll("code") ?? [])].map((code) => code.textContent)).toEqual([
    'pipx install --force "obsidian-vaultlint[lsp]"',
    'uv tool install --force "obsidian-vaultlint[lsp]"',
  ]);
});

test("the server log is shown as it is, and what to do where it is empty", () => {
  const contents: string[] = [];
  const opened = vi.spyOn(Modal.prototype, "open").mockImplementation(function (this: Modal) {
    this.onOpen();
    contents.push(this.contentEl.querySelector("pre")?.textContent ?? "");
  });
  onTestFinished(() => opened.mockRestore());
  part(shown(), "Server log", ButtonComponent).simulateClick__();
  log.line("started");
  part(shown(), "Server log", ButtonComponent).simulateClick__();
  expect(contents).toEqual(["Nothing is kept. Turn the log on, then restart the server.", "started\n"]);
});
