import { type App, type Editor, type EditorChange, MarkdownView, normalizePath } from "obsidian";
import {
  CreateFile,
  type DeleteFile,
  type RenameFile,
  TextDocumentEdit,
  TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fieldsOf, textOf } from "../answers";
import type { VaultUris } from "../uris";

/** The texts that edits are for: by URI of the note the SHA-256, in hexadecimal, of its text in UTF-8. */
export type Hashes = Readonly<Record<string, string>>;

/** The hashes in an answer of the server. */
export function hashesIn(told: unknown): Hashes {
  return Object.fromEntries(Object.entries(fieldsOf(told)).map(([uri, hash]) => [uri, textOf(hash)]));
}

/** A note that keeps its text, and why. */
export interface Left {
  readonly path: string;
  readonly reason: string;
}

export interface Outcome {
  /** The notes that were changed or made. */
  readonly changed: readonly string[];
  readonly left: readonly Left[];
}

type Change = TextDocumentEdit | CreateFile | RenameFile | DeleteFile;

/** Does a change that was found to be possible. */
type Step = () => Promise<void>;

/** A change that cannot be done, in words for people. */
class NotDone extends Error {}

const CHANGED = "it was changed meanwhile";

/**
 * Do an edit of the server: all of it, or nothing where a note is not as the server knew it.
 *
 * An open note is changed through its editor, in one step that can be undone, any other one through the
 * vault. A note that has another text than its hash says is left alone, and so is one without a hash.
 */
export async function applyWorkspaceEdit(
  app: App,
  uris: VaultUris,
  edit: WorkspaceEdit,
  hashes: Hashes,
): Promise<Outcome> {
  const steps: [path: string, step: Step][] = [];
  const changed: string[] = [];
  const left: Left[] = [];
  for (const change of changesIn(edit)) {
    const uri = uriOf(change);
    const path = uris.path(uri);
    await attempt(path ?? uri, left, async () => {
      if (path === null) throw new NotDone("it is no note of this vault");
      steps.push([path, await stepFor(app, path, change, hashes[uri])]);
    });
  }
  if (left.length > 0) return { changed, left };
  for (const [path, step] of steps) {
    await attempt(path, left, async () => {
      await step();
      changed.push(path);
    });
  }
  return { changed, left };
}

/** Do something with a note; what goes wrong is kept with its path. */
async function attempt(path: string, left: Left[], action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    left.push({ path, reason: error instanceof Error ? error.message : String(error) });
  }
}

function changesIn({ documentChanges, changes }: WorkspaceEdit): Change[] {
  const plain = Object.entries(changes ?? {});
  return (
    documentChanges ?? plain.map(([uri, edits]) => TextDocumentEdit.create({ uri, version: null }, edits))
  );
}

function uriOf(change: Change): string {
  if (TextDocumentEdit.is(change)) return change.textDocument.uri;
  return "uri" in change ? change.uri : change.oldUri;
}

async function stepFor(app: App, path: string, change: Change, hash: string | undefined): Promise<Step> {
  if (CreateFile.is(change)) return creation(app, path, change.options?.ignoreIfExists ?? false);
  if (!TextDocumentEdit.is(change)) throw new NotDone("notes are not renamed or deleted here");
  const edits = change.edits.filter((each) => TextEdit.is(each));
  if (edits.length < change.edits.length) throw new NotDone("an edit of it is not understood");
  return edition(app, path, edits, hash);
}

// --- new notes --------------------------------------------------------------------------------

function creation(app: App, path: string, mayExist: boolean): Step {
  const hidden = path.split("/").some((part) => part.startsWith("."));
  if (hidden || normalizePath(path) !== path) throw new NotDone("it is no name for a note");
  const exists = app.vault.getAbstractFileByPath(path) !== null;
  if (exists && !mayExist) throw new NotDone("there is such a note already");
  return async () => {
    if (exists) return;
    await makeFolders(app, path);
    await app.vault.create(path, "");
  };
}

async function makeFolders(app: App, path: string): Promise<void> {
  const parts = path.split("/").slice(0, -1);
  for (const count of parts.keys()) {
    const folder = parts.slice(0, count + 1).join("/");
    if (app.vault.getAbstractFileByPath(folder) === null) await app.vault.createFolder(folder);
  }
}

// --- new texts --------------------------------------------------------------------------------

async function edition(
  app: App,
  path: string,
  edits: readonly TextEdit[],
  hash: string | undefined,
): Promise<Step> {
  const file = app.vault.getFileByPath(path);
  if (file === null) throw new NotDone("it is gone");
  const old = editorOf(app, path)?.getValue() ?? (await app.vault.read(file));
  if (hash === undefined || (await sha256(old)) !== hash) throw new NotDone(CHANGED);
  const edited = TextDocument.applyEdits(TextDocument.create("", "markdown", 0, old), [...edits]);
  return async () => {
    const editor = editorOf(app, path);
    if (editor !== null) {
      if (editor.getValue() !== old) throw new NotDone(CHANGED);
      editor.transaction({ changes: lastFirst(edits).map(editorChange) });
    } else {
      await app.vault.process(file, (now) => {
        if (now !== old) throw new NotDone(CHANGED);
        return edited;
      });
    }
  };
}

/** The editor in which a note is open; one in reading mode is none. */
function editorOf(app: App, path: string): Editor | null {
  for (const { view } of app.workspace.getLeavesOfType("markdown")) {
    if (view instanceof MarkdownView && view.file?.path === path && view.getMode() === "source") {
      return view.editor;
    }
  }
  return null;
}

function lastFirst(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((one, other) => {
    const [from, to] = [other.range.start, one.range.start];
    return from.line - to.line || from.character - to.character;
  });
}

function editorChange({ range: { start, end }, newText }: TextEdit): EditorChange {
  return {
    from: { line: start.line, ch: start.character },
    to: { line: end.line, ch: end.character },
    text: newText,
  };
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
