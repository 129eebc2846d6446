import type { App, WorkspaceLeaf } from "obsidian";
import { WorkspaceLeaf as LeafMock } from "obsidian-test-mocks/obsidian";
import { expect, test, vi } from "vitest";
import type { Range } from "vscode-languageserver-protocol";
import { showPlace } from "../src/place";
import { appWith, openNote } from "./notes";

const PLACE: Range = { start: { line: 2, character: 3 }, end: { line: 2, character: 7 } };
const NOTES = {
  "Home.md": "# Home\n\nsee [[Gone]]\n",
  "Tree.md": "# Tree\n\nsee [[Nix]]\n",
  "Board.canvas": "{}",
};

function leaves(app: App): WorkspaceLeaf[] {
  const found: WorkspaceLeaf[] = [];
  app.workspace.iterateAllLeaves((leaf) => void found.push(leaf));
  return found;
}

/** The pane with the focus, and the file that was opened in it. */
function active(app: App): { leaf: WorkspaceLeaf | null; opened: string | undefined } {
  const leaf = app.workspace.getMostRecentLeaf();
  return { leaf, opened: leaf === null ? undefined : LeafMock.fromOriginalType3__(leaf).file__?.path };
}

test("a place is selected in the pane where its note is open", async () => {
  const app = appWith(NOTES);
  const editor = await openNote(app, "Home.md");
  await openNote(app, "Tree.md");
  const scroll = vi.spyOn(editor, "scrollIntoView");
  const focus = vi.spyOn(app.workspace, "setActiveLeaf");
  const [home] = leaves(app);
  await showPlace(app, "Home.md", PLACE, false);
  expect(leaves(app)).toHaveLength(2);
  expect(focus).toHaveBeenLastCalledWith(home, { focus: true });
  expect(editor.getSelection()).toBe(" [[G");
  expect(scroll).toHaveBeenCalledWith({ from: { line: 2, ch: 3 }, to: { line: 2, ch: 7 } }, true);
});

test("a note in reading mode is scrolled to the line, and nothing is selected", async () => {
  const app = appWith(NOTES);
  const editor = await openNote(app, "Home.md", "preview");
  await showPlace(app, "Home.md", PLACE, false);
  expect(leaves(app)[0]?.view.getEphemeralState()).toEqual({ line: 2 });
  expect(editor.somethingSelected()).toBe(false);
});

test("a note that is nowhere open comes into the pane that was used last", async () => {
  const app = appWith(NOTES);
  const leaf = app.workspace.getLeaf(false);
  await showPlace(app, "Home.md", PLACE, false);
  expect(leaves(app)).toEqual([leaf]);
  expect(active(app).opened).toBe("Home.md");
});

test("where a new pane is wanted there is one, although the note is open", async () => {
  const app = appWith(NOTES);
  const editor = await openNote(app, "Home.md");
  await showPlace(app, "Home.md", PLACE, "tab");
  expect(leaves(app)).toHaveLength(2);
  expect(active(app).opened).toBe("Home.md");
  expect(editor.somethingSelected()).toBe(false);
});

test.each([
  ["a tab that was not looked at since the app started", "markdown", "Home.md"],
  ["a canvas", "canvas", "Board.canvas"],
])("%s is shown where it is", async (_what, type, path) => {
  const app = appWith(NOTES);
  const there = app.workspace.getLeaf("tab");
  await there.setViewState({ type, state: { file: path } });
  await openNote(app, "Tree.md");
  const open = vi.spyOn(LeafMock.prototype, "openFile");
  const focus = vi.spyOn(app.workspace, "setActiveLeaf");
  await showPlace(app, path, PLACE, false);
  expect(focus).toHaveBeenLastCalledWith(there, { focus: true });
  expect(open).not.toHaveBeenCalled();
  expect(leaves(app)).toHaveLength(2);
});

test("a view beside a note that tells of it is not taken for it", async () => {
  const app = appWith(NOTES);
  await app.workspace.getLeaf("tab").setViewState({ type: "outline", state: { file: "Home.md" } });
  await showPlace(app, "Home.md", PLACE, false);
  expect(active(app).opened).toBe("Home.md");
});

test("a file that is gone is not shown", async () => {
  const app = appWith(NOTES);
  await showPlace(app, "Gone.md", PLACE, false);
  expect(leaves(app)).toEqual([]);
});
