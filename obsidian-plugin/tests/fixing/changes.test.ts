import { expect, test, vi } from "vitest";
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { applyWorkspaceEdit, type Hashes } from "../../src/fixing/changes";
import { VaultUris } from "../../src/uris";
import { appWith, hashOf, openNote, textOf } from "../notes";

const uris = new VaultUris("/vault");

function replacing(line: number, from: number, to: number, newText: string): TextEdit {
  return { range: { start: { line, character: from }, end: { line, character: to } }, newText };
}

function editing(edits: Readonly<Record<string, TextEdit[]>>): WorkspaceEdit {
  return {
    documentChanges: Object.entries(edits).map(([path, some]) => ({
      textDocument: { uri: uris.of(path), version: null },
      edits: some,
    })),
  };
}

function creating(path: string, ignoreIfExists = true): WorkspaceEdit {
  return { documentChanges: [{ kind: "create", uri: uris.of(path), options: { ignoreIfExists } }] };
}

function hashes(texts: Readonly<Record<string, string>>): Hashes {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [uris.of(path), hashOf(text)]));
}

test("an open note is changed in its editor, by one step that can be undone", async () => {
  const notes = { "Home.md": "😀 [[a]] [[b]]\n\n[[c]]\n" };
  const app = appWith(notes);
  const editor = await openNote(app, "Home.md");
  const transaction = vi.spyOn(editor, "transaction");
  const edit = editing({
    "Home.md": [replacing(0, 5, 6, "A"), replacing(0, 11, 12, "B"), replacing(2, 0, 5, "C")],
  });
  const outcome = await applyWorkspaceEdit(app, uris, edit, hashes(notes));
  expect(outcome).toEqual({ changed: ["Home.md"], left: [] });
  expect(editor.getValue()).toBe("😀 [[A]] [[B]]\n\nC\n");
  expect(transaction).toHaveBeenCalledOnce();
  expect(await textOf(app, "Home.md")).toBe("😀 [[a]] [[b]]\n\n[[c]]\n");
});

test("a closed note is changed through the vault and keeps its line ends", async () => {
  const notes = { "Soil & sun/é.md": "one\r\n[[a]]\r\nthree\r\n" };
  const app = appWith(notes);
  const edit = editing({ "Soil & sun/é.md": [replacing(1, 2, 3, "b"), replacing(2, 0, 0, "two\r\n")] });
  const outcome = await applyWorkspaceEdit(app, uris, edit, hashes(notes));
  expect(outcome).toEqual({ changed: ["Soil & sun/é.md"], left: [] });
  expect(await textOf(app, "Soil & sun/é.md")).toBe("one\r\n[[b]]\r\ntwo\r\nthree\r\n");
});

test("a note in reading mode is changed through the vault", async () => {
  const notes = { "A.md": "x" };
  const app = appWith(notes);
  const editor = await openNote(app, "A.md", "preview");
  await applyWorkspaceEdit(app, uris, editing({ "A.md": [replacing(0, 0, 1, "y")] }), hashes(notes));
  expect(await textOf(app, "A.md")).toBe("y");
  expect(editor.getValue()).toBe("x");
});

test("a note with another text than the server knew is left alone, and so are those with it", async () => {
  const app = appWith({ "A.md": "one\n", "B.md": "two\n", "C.md": "three\n" });
  const editor = await openNote(app, "B.md");
  editor.setValue("two!\n");
  const edit = editing({
    "A.md": [replacing(0, 0, 0, "- ")],
    "B.md": [replacing(0, 0, 0, "- ")],
    "C.md": [replacing(0, 0, 0, "- ")],
    "D.md": [replacing(0, 0, 0, "- ")],
  });
  const known = hashes({ "A.md": "one\n", "B.md": "two\n", "D.md": "" });
  expect(await applyWorkspaceEdit(app, uris, edit, known)).toEqual({
    changed: [],
    left: [
      { path: "B.md", reason: "it was changed meanwhile" },
      { path: "C.md", reason: "it was changed meanwhile" },
      { path: "D.md", reason: "it is gone" },
    ],
  });
  expect(await textOf(app, "A.md")).toBe("one\n");
  expect(editor.getValue()).toBe("two!\n");
});

test("a note that changes at the last moment is not written at all", async () => {
  const notes = { "A.md": "one\n" };
  const app = appWith(notes);
  const write = vi.spyOn(app.vault.adapter, "write");
  // The other program's text is there when the vault reads the note again to write it.
  vi.spyOn(app.vault.adapter, "read").mockResolvedValueOnce("one\n").mockResolvedValueOnce("new\n");
  const edit = editing({ "A.md": [replacing(0, 0, 3, "ONE")] });
  expect(await applyWorkspaceEdit(app, uris, edit, hashes(notes))).toEqual({
    changed: [],
    left: [{ path: "A.md", reason: "it was changed meanwhile" }],
  });
  expect(write).not.toHaveBeenCalled();
});

test("a note is made with its folders, and one that is there stays as it is", async () => {
  const app = appWith({ "Inbox/Old.md": "old" });
  const made = await applyWorkspaceEdit(app, uris, creating("Inbox/2026/11/New.md"), {});
  expect(made).toEqual({ changed: ["Inbox/2026/11/New.md"], left: [] });
  expect(await textOf(app, "Inbox/2026/11/New.md")).toBe("");
  expect(app.vault.getFolderByPath("Inbox/2026")).not.toBeNull();
  await applyWorkspaceEdit(app, uris, creating("Inbox/Old.md"), {});
  expect(await textOf(app, "Inbox/Old.md")).toBe("old");
  expect((await applyWorkspaceEdit(app, uris, creating("Inbox/Old.md", false), {})).left).toEqual([
    { path: "Inbox/Old.md", reason: "there is such a note already" },
  ]);
});

test("nothing outside the vault, hidden in it, renamed or deleted", async () => {
  const app = appWith({ "A.md": "" });
  const outside: WorkspaceEdit = { documentChanges: [{ kind: "create", uri: "file:///other/A.md" }] };
  expect((await applyWorkspaceEdit(app, uris, outside, {})).left).toEqual([
    { path: "file:///other/A.md", reason: "it is no note of this vault" },
  ]);
  for (const path of ["../A.md", ".config/A.md", "a//b.md"]) {
    expect((await applyWorkspaceEdit(app, uris, creating(path), {})).left).toEqual([
      { path, reason: "it is no name for a note" },
    ]);
  }
  const rest: WorkspaceEdit = {
    documentChanges: [
      { kind: "rename", oldUri: uris.of("A.md"), newUri: uris.of("B.md") },
      { kind: "delete", uri: uris.of("A.md") },
    ],
  };
  expect((await applyWorkspaceEdit(app, uris, rest, {})).left).toEqual([
    { path: "A.md", reason: "notes are not renamed or deleted here" },
    { path: "A.md", reason: "notes are not renamed or deleted here" },
  ]);
  expect(await textOf(app, "A.md")).toBe("");
});
