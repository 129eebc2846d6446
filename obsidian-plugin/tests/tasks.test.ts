import { Text } from "@codemirror/state";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type App, type Editor, MarkdownView } from "obsidian";
import {
  App as AppMock,
  MarkdownRenderer,
  Modal,
  Notice,
  Plugin,
  WorkspaceLeaf,
} from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import manifest from "../manifest.json";
import { Actions } from "../src/actions";
import type { Backend } from "../src/backend/backend";
import { addCommands } from "../src/commands";
import { Documents } from "../src/documents";
import { RulePage } from "../src/explain";
import { Findings, SEVERITIES } from "../src/findings";
import { Preview } from "../src/fixing/preview";
import { PROBLEMS, ProblemsView } from "../src/pane/view";
import { Progress } from "../src/progress";
import { Rules } from "../src/rules";
import { Tasks } from "../src/tasks";
import { VaultUris } from "../src/uris";
import { appWith, openNote, textOf } from "./notes";
import { backendFor } from "./servers";
import { vaultWith } from "./vaults";

const NOTES = {
  "Soil type.md": "[[Home]]\n",
  "Home.md": "# Home\n\n[[Soil_type]] and [[soil-type]]\n",
  "Tree.md": "[[Soil_type|soil]]\n\n[[Gone]]\n",
};

let notices: string[];
let opened: unknown[];

beforeEach(() => {
  notices = [];
  opened = [];
  vi.spyOn(Notice.prototype, "constructor__").mockImplementation((message) => {
    notices.push(typeof message === "string" ? message : "");
  });
  vi.spyOn(Modal.prototype, "open").mockImplementation(function (this: Modal) {
    opened.push(this);
    document.body.append(this.containerEl);
    this.onOpen();
  });
  onTestFinished(() => void vi.restoreAllMocks());
});

interface Trial {
  readonly app: App;
  readonly folder: string;
  readonly backend: Backend;
  readonly documents: Documents;
  readonly findings: Findings;
  readonly rules: Rules;
  readonly tasks: Tasks;
  readonly uris: VaultUris;
}

/** The tasks in an app with these notes, which the real server reads from the disk once it is started. */
async function trial(notes: Readonly<Record<string, string>> = NOTES): Promise<Trial> {
  const folder = await vaultWith(notes);
  const app = appWith(notes);
  const uris = new VaultUris(folder);
  const backend = await backendFor(folder);
  const findings = new Findings(uris);
  const rules = new Rules();
  const documents = new Documents(app, uris, () => "type");
  const progress = new Progress();
  backend.onReady((connection) => {
    findings.listen(connection);
    progress.listen(connection);
    documents.connect(connection);
    void rules.ask(connection);
  });
  const tasks = new Tasks({ app, uris, backend, rules, sync: (path) => documents.sync(path) });
  vi.spyOn(app.workspace, "ensureSideLeaf").mockImplementation(async (type) => {
    expect(type).toBe(PROBLEMS);
    const leaf = WorkspaceLeaf.create2__(
      WorkspaceLeaf.fromOriginalType3__(app.workspace.getLeaf("tab")).app__,
    );
    const view = new ProblemsView(
      leaf.asOriginalType3__(),
      {
        findings,
        severities: () => SEVERITIES,
        nameOf: (code) => rules.nameOf(code),
        nothing: () => "",
        onChange: (heard) => [findings.onChange(heard)],
      },
      { show: vi.fn(), explain: vi.fn(), checkVault: vi.fn(), fixVault: vi.fn() },
    );
    await view.onOpen();
    await leaf.asOriginalType3__().open(view);
    return leaf.asOriginalType3__();
  });
  return { app, folder, backend, documents, findings, rules, tasks, uris };
}

function pressFix(preview: unknown): void {
  if (!(preview instanceof Preview)) throw new Error("there is no preview");
  preview.contentEl.querySelector<HTMLElement>("button.mod-cta")?.click();
}

test("the vault is fixed as the preview shows it, and nothing was fixed before", async () => {
  const { app, tasks, rules } = await trial();
  await tasks.fixVault();
  const [preview] = opened;
  if (!(preview instanceof Preview)) throw new Error("there is no preview");
  const titles = [...preview.contentEl.querySelectorAll("label")].map((each) => each.textContent);
  expect(titles).toEqual(Array(3).fill("Link to “Soil type.md”"));
  await vi.waitFor(() => expect(rules.nameOf("VL201")).toBe("broken-link"));
  expect(await textOf(app, "Home.md")).toBe(NOTES["Home.md"]);
  pressFix(preview);
  await vi.waitFor(() => expect(notices).toEqual(["Fixed 3 problems in 2 notes."]));
  expect(await textOf(app, "Home.md")).toBe(
    "# Home\n\n[[Soil type|Soil_type]] and [[Soil type|soil-type]]\n",
  );
  expect(await textOf(app, "Tree.md")).toBe("[[Soil type|soil]]\n\n[[Gone]]\n");
});

test("what is not ticked is left as it is", async () => {
  const { app, tasks } = await trial();
  await tasks.fixVault();
  const [preview] = opened;
  if (!(preview instanceof Preview)) throw new Error("there is no preview");
  preview.contentEl.querySelectorAll<HTMLElement>("label input")[0]?.click();
  pressFix(preview);
  await vi.waitFor(() => expect(notices).toEqual(["Fixed 2 problems in 2 notes."]));
  expect(await textOf(app, "Home.md")).toBe("# Home\n\n[[Soil_type]] and [[Soil type|soil-type]]\n");
});

test("a note that changes while the preview is open is left alone, and named", async () => {
  const { app, tasks } = await trial();
  await tasks.fixVault();
  const home = app.vault.getFileByPath("Home.md");
  if (home !== null) await app.vault.modify(home, "# Home\n\nnew [[Soil_type]]\n");
  pressFix(opened[0]);
  await vi.waitFor(() => expect(notices).not.toEqual([]));
  expect(notices).toEqual(["Fixed 1 problem in 1 note. Left alone: Home (it was changed meanwhile)."]);
  expect(await textOf(app, "Home.md")).toBe("# Home\n\nnew [[Soil_type]]\n");
});

test("whoever closes the preview while it is worked out anew has nothing fixed", async () => {
  const { app, tasks } = await trial();
  await tasks.fixVault();
  const [preview] = opened;
  if (!(preview instanceof Preview)) throw new Error("there is no preview");
  preview.contentEl.querySelectorAll<HTMLElement>("label input")[0]?.click();
  const fix = vi.spyOn(tasks, "withServer");
  pressFix(preview);
  preview.close();
  await fix.mock.results[0]?.value;
  expect(notices).toEqual([]);
  expect(await textOf(app, "Home.md")).toBe(NOTES["Home.md"]);
  expect(await textOf(app, "Tree.md")).toBe(NOTES["Tree.md"]);
});

test("where nothing can be fixed there is no preview", async () => {
  const { tasks } = await trial({ "Home.md": "[[Gone]]\n" });
  await tasks.fixVault();
  expect(notices).toEqual(["Nothing was fixed."]);
  expect(opened).toEqual([]);
});

test("a note is fixed in its editor, and the others stay as they are", async () => {
  const { app, tasks } = await trial();
  const editor = await openNote(app, "Home.md");
  await tasks.fixNote("Home.md");
  expect(notices).toEqual(["Fixed 2 problems in 1 note."]);
  expect(editor.getValue()).toBe("# Home\n\n[[Soil type|Soil_type]] and [[Soil type|soil-type]]\n");
  expect(await textOf(app, "Tree.md")).toBe(NOTES["Tree.md"]);
});

test("the page of a rule is shown with its title", async () => {
  const render = vi.spyOn(MarkdownRenderer, "render");
  const { tasks } = await trial();
  await tasks.explain("VL201");
  const [page] = opened;
  if (!(page instanceof RulePage)) throw new Error("there is no page");
  expect(page.titleEl.textContent).toBe("broken-link (VL201)");
  expect(render.mock.calls[0]?.[1]).not.toContain("# broken-link (VL201)");
  expect(render.mock.calls[0]?.[1]).toContain("[[");
});

test("to check the vault takes in a new configuration", async () => {
  const { findings, folder, tasks } = await trial();
  await tasks.checkVault();
  await vi.waitFor(() => expect(findings.of("Tree.md").map(({ code }) => code)).toContain("VL201"));
  await writeFile(join(folder, "vaultlint.toml"), "ignore = ['VL201', 'VL401']\n");
  await tasks.checkVault();
  await vi.waitFor(() => expect([...findings.all()]).toEqual([]), 10_000);
});

test("to check a note starts the server, and shows the note in the pane", async () => {
  const { tasks, app } = await trial();
  await tasks.checkNote("Tree.md");
  const pane = await tasks.openPane();
  await vi.waitFor(() => expect(pane?.contentEl.textContent).toContain("no note is named “Gone”"), 10_000);
  expect(app.workspace.getLeavesOfType("markdown")).toEqual([]);
});

test("what the server refuses is told", async () => {
  const { tasks } = await trial();
  await tasks.explain("VL999");
  expect(notices).toEqual(["Vaultlint could not do that: no such rule"]);
});

class Commands extends Plugin {}

/** The commands with the note open in an editor, once what is found in it is known. */
async function commandsIn(parts: Trial, path: string): Promise<{ plugin: Plugin; editor: Editor }> {
  const { app, backend, documents, findings, rules, tasks, uris } = parts;
  const editor = await openNote(app, path);
  documents.add({ note: () => path, text: () => Text.of(editor.getValue().split("\n")) });
  const apply = tasks.applyEdit.bind(tasks);
  const actions = new Actions(() => backend.connection, documents, uris, apply);
  const plugin = new Commands(AppMock.fromOriginalType__(app), manifest);
  addCommands(plugin.asOriginalType2__(), { app, tasks, findings, rules, actions });
  await backend.start();
  await vi.waitFor(() => expect(findings.of(path)).not.toEqual([]), 10_000);
  return { plugin, editor };
}

/** Run a command of editors at a place; gives whether it is offered there. */
function run({ plugin, editor }: { plugin: Plugin; editor: Editor }, id: string, line: number): boolean {
  const [view] = plugin.app.workspace.getLeavesOfType("markdown").map((leaf) => leaf.view);
  if (!(view instanceof MarkdownView)) throw new Error("no note is open");
  editor.setCursor({ line, ch: 2 });
  const callback = plugin.commands__.get(id)?.editorCheckCallback;
  const offered = callback?.(true, editor, view) === true;
  if (offered) callback?.(false, editor, view);
  return offered;
}

test("commands for a place are offered where something is found, and nowhere else", async () => {
  const commands = await commandsIn(await trial(), "Tree.md");
  expect([...commands.plugin.commands__.values()].map(({ name }) => name).sort()).toEqual([
    "Check note",
    "Check vault",
    "Create missing note",
    "Explain problem here",
    "Fix note",
    "Fix vault",
    "Ignore problem here",
    "Show problems",
  ]);
  expect(run(commands, "explain-rule", 1)).toBe(false);
  expect(run(commands, "explain-rule", 2)).toBe(true);
  await vi.waitFor(() => expect(opened).toEqual([expect.any(RulePage)]));
});

test("a problem is ignored by a comment on its line", async () => {
  const commands = await commandsIn(await trial(), "Tree.md");
  expect(run(commands, "ignore-here", 2)).toBe(true);
  await vi.waitFor(() => expect(commands.editor.getValue()).not.toBe(NOTES["Tree.md"]));
  expect(commands.editor.getValue()).toBe(
    "[[Soil_type|soil]]\n\n%% vaultlint-disable-next-line VL201 %%\n[[Gone]]\n",
  );
});

test("the note that a link names is made", async () => {
  const parts = await trial();
  expect(run(await commandsIn(parts, "Tree.md"), "create-note", 2)).toBe(true);
  await vi.waitFor(() => expect(notices).toEqual(["Made Gone.md."]));
  expect(await textOf(parts.app, "Gone.md")).toBe("");
});
