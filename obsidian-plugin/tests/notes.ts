import { createHash } from "node:crypto";
import type { App, Editor } from "obsidian";
import { App as AppMock, MarkdownView, WorkspaceLeaf } from "obsidian-test-mocks/obsidian";

/** The app with a vault of these notes. */
export function appWith(notes: Readonly<Record<string, string>>): App {
  return AppMock.createConfigured__({ files: { ...notes } }).asOriginalType__();
}

/** Open a note in a new pane, as it is in the vault. */
export async function openNote(
  app: App,
  path: string,
  mode: "source" | "preview" = "source",
): Promise<Editor> {
  const file = app.vault.getFileByPath(path);
  if (file === null) throw new Error(`there is no note “${path}”`);
  const leaf = app.workspace.getLeaf("tab");
  const view = MarkdownView.create2__(WorkspaceLeaf.fromOriginalType3__(leaf)).asOriginalType7__();
  view.file = file;
  view.getMode = () => mode;
  view.setViewData((await app.vault.read(file)).replace(/\r\n?/g, "\n"), true);
  await leaf.setViewState({ type: "markdown", state: { file: path } });
  await leaf.open(view);
  return view.editor;
}

/** The text of a note as it is in the vault. */
export async function textOf(app: App, path: string): Promise<string | null> {
  const file = app.vault.getFileByPath(path);
  return file === null ? null : app.vault.read(file);
}

/** The hash of a text, as the server names it. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
