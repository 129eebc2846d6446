import { type App, MarkdownView, type PaneType, type WorkspaceLeaf } from "obsidian";
import type { Range } from "vscode-languageserver-protocol";
import { fieldsOf } from "./answers";

/**
 * Show a place of a note, or the whole of another file, in the pane where it is open, else in the one that
 * was used last. `fresh`: in a new one, of that kind.
 */
export async function showPlace(
  app: App,
  path: string,
  { start, end }: Range,
  fresh: PaneType | boolean,
): Promise<void> {
  const file = app.vault.getFileByPath(path);
  if (file === null) return;
  let leaf = fresh === false ? leafWith(app, path) : null;
  if (leaf === null) {
    leaf = app.workspace.getLeaf(fresh);
    await leaf.openFile(file, { active: true });
  }
  await app.workspace.revealLeaf(leaf);
  app.workspace.setActiveLeaf(leaf, { focus: true });
  if (!(leaf.view instanceof MarkdownView)) return;
  leaf.view.setEphemeralState({ line: start.line });
  if (leaf.view.getMode() !== "source") return;
  const from = { line: start.line, ch: start.character };
  const to = { line: end.line, ch: end.character };
  leaf.view.editor.setSelection(from, to);
  leaf.view.editor.scrollIntoView({ from, to }, true);
}

/** The views in which the app shows what findings are in: notes, canvases and bases. */
const VIEWS = ["markdown", "canvas", "bases"];

/** The pane with that file; one that was not looked at since the app started has no view of it yet. */
function leafWith({ workspace }: App, path: string): WorkspaceLeaf | null {
  const leaves = VIEWS.flatMap((type) => workspace.getLeavesOfType(type));
  return leaves.find((leaf) => fieldsOf(leaf.getViewState().state)["file"] === path) ?? null;
}
