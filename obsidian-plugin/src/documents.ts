import type { Text } from "@codemirror/state";
import { type App, Component, debounce, type TAbstractFile } from "obsidian";
import {
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidRenameFilesNotification,
  DidSaveTextDocumentNotification,
  FileChangeType,
  type FileEvent,
  type FileRename,
  type ProtocolConnection,
  type ProtocolNotificationType,
  type RequestParam,
} from "vscode-languageserver-protocol";
import type { Moment } from "./settings";
import type { VaultUris } from "./uris";

/** An editor in the workspace. */
export interface NoteEditor {
  /** The path of the note that it edits; null for an editor that is left alone. */
  note(): string | null;
  text(): Text;
}

/** A note that the server was told of, with the text that it has of it. */
export interface OpenNote {
  readonly version: number;
  readonly text: Text;
  /** The editor that was the last to change it: its text counts. */
  readonly editor: NoteEditor;
}

/** How long nobody types before the text is sent, in milliseconds. */
const PAUSE = 300;
/** How long files are waited for that change together. */
const GATHERING = 100;

/**
 * Keeps the server told of what the editors hold and of what happens to files. A note in several panes is one
 * document. The setting says when the texts are sent; what is open, saved or renamed is told at all times.
 */
export class Documents extends Component {
  private connection: ProtocolConnection | null = null;
  private readonly editors = new Set<NoteEditor>();
  private readonly open = new Map<string, OpenNote>();
  /** Never begins anew, so that no answer of a server that is gone is taken for one of the next. */
  private version = 0;
  private renamed: FileRename[] = [];
  private changed: FileEvent[] = [];
  private readonly saved = new Set<string>();
  private readonly syncSoon = debounce(() => this.sync(), PAUSE, true);
  private readonly tellSoon = debounce(() => this.tellOfFiles(), GATHERING);

  constructor(
    private readonly app: App,
    private readonly uris: VaultUris,
    private readonly moment: () => Moment,
  ) {
    super();
  }

  override onload(): void {
    const { vault, workspace } = this.app;
    const look = (): void => this.look();
    this.registerEvent(workspace.on("layout-change", look));
    this.registerEvent(workspace.on("file-open", look));
    this.registerEvent(vault.on("modify", (file) => this.modified(file)));
    this.registerEvent(vault.on("delete", (file) => this.happened(file.path, FileChangeType.Deleted)));
    this.registerEvent(vault.on("rename", (file, old) => this.moved(file, old)));
    // Before, it speaks of each file that there is.
    workspace.onLayoutReady(() => {
      this.registerEvent(vault.on("create", (file) => this.happened(file.path, FileChangeType.Created)));
    });
  }

  override onunload(): void {
    this.disconnect();
  }

  /** Tell this server from now on, beginning with all that is open. */
  connect(connection: ProtocolConnection): void {
    this.disconnect();
    this.connection = connection;
    connection.onClose(() => this.lose(connection));
    connection.onDispose(() => this.lose(connection));
    this.look();
  }

  disconnect(): void {
    this.connection = null;
    this.open.clear();
    this.syncSoon.cancel();
    this.tellSoon.cancel();
    this.renamed = [];
    this.changed = [];
    this.saved.clear();
  }

  private lose(connection: ProtocolConnection): void {
    if (this.connection === connection) this.disconnect();
  }

  add(editor: NoteEditor): void {
    this.editors.add(editor);
    this.look();
  }

  remove(editor: NoteEditor): void {
    this.editors.delete(editor);
    this.look();
  }

  /** Its text is another one. */
  edited(editor: NoteEditor): void {
    const path = editor.note();
    const known = path === null ? undefined : this.open.get(path);
    if (path === null || known === undefined) return;
    this.open.set(path, { ...known, editor });
    if (this.moment() === "type") this.syncSoon();
  }

  /** What the server knows of an open note. */
  of(path: string): OpenNote | undefined {
    return this.open.get(path);
  }

  /** Whether what the server said of this version of a note is still about the text in the editor. */
  isCurrent(path: string, version: number): boolean {
    const known = this.open.get(path);
    return known?.version === version && known.text.eq(known.editor.text());
  }

  /** Send the text of this note, or of all that are open, where the server has another one. */
  sync(path?: string): void {
    this.look();
    for (const [each, known] of this.open) {
      const text = known.editor.text();
      if ((path !== undefined && each !== path) || text.eq(known.text)) continue;
      const version = ++this.version;
      this.open.set(each, { ...known, version, text });
      this.tell(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: this.uris.of(each), version },
        contentChanges: [{ text: text.toString() }],
      });
    }
  }

  /** See which notes are open now. */
  private look(): void {
    if (this.connection === null) return;
    const shown = new Map<string, NoteEditor[]>();
    for (const editor of this.editors) {
      const path = editor.note();
      if (path !== null) shown.set(path, [...(shown.get(path) ?? []), editor]);
    }
    for (const path of [...this.open.keys()].filter((path) => !shown.has(path))) this.close(path);
    for (const [path, [first, ...others]] of shown) {
      const known = this.open.get(path);
      if (first === undefined || (known && [first, ...others].includes(known.editor))) continue;
      if (known === undefined) this.begin(path, first);
      else this.open.set(path, { ...known, editor: first });
    }
  }

  private begin(path: string, editor: NoteEditor): void {
    const text = editor.text();
    const version = ++this.version;
    this.open.set(path, { version, text, editor });
    this.tell(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: this.uris.of(path), languageId: "markdown", version, text: text.toString() },
    });
  }

  private close(path: string): void {
    this.open.delete(path);
    this.tell(DidCloseTextDocumentNotification.type, { textDocument: { uri: this.uris.of(path) } });
  }

  private modified(file: TAbstractFile): void {
    if (!this.open.has(file.path)) {
      this.happened(file.path, FileChangeType.Changed);
      return;
    }
    this.saved.add(file.path);
    this.tellSoon();
  }

  private moved(file: TAbstractFile, old: string): void {
    this.renamed.push({ oldUri: this.uris.of(old), newUri: this.uris.of(file.path) });
    this.tellSoon();
  }

  private happened(path: string, type: FileChangeType): void {
    this.changed.push({ uri: this.uris.of(path), type });
    this.tellSoon();
  }

  /** Tell what happened to files since the last time. */
  private tellOfFiles(): void {
    const { renamed, changed } = this;
    const saved = [...this.saved];
    this.renamed = [];
    this.changed = [];
    this.saved.clear();
    this.look();
    for (const path of saved) {
      if (this.moment() === "save") this.sync(path);
      this.tell(DidSaveTextDocumentNotification.type, { textDocument: { uri: this.uris.of(path) } });
    }
    if (renamed.length > 0) this.tell(DidRenameFilesNotification.type, { files: renamed });
    if (changed.length > 0) this.tell(DidChangeWatchedFilesNotification.type, { changes: changed });
  }

  private tell<P, R>(type: ProtocolNotificationType<P, R>, params: RequestParam<P>): void {
    const { connection } = this;
    // A server that goes away while it is told something is told everything anew when it is back.
    connection?.sendNotification(type, params).catch(() => this.lose(connection));
  }
}
