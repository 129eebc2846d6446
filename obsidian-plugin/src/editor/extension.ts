import type { Extension, Text } from "@codemirror/state";
import { type EditorView, type PluginValue, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Documents, NoteEditor } from "../documents";
import type { Findings, Severity } from "../findings";
import { noteOf } from "./note";
import { tipOf, type TipSources } from "./tip";
import { underline, underlines } from "./underlines";

/** What an editor shows comes from here. */
export interface EditorSources extends TipSources {
  readonly documents: Documents;
  readonly findings: Findings;
  /** The severities that are shown. */
  severities(): readonly Severity[];
}

/** What notes show of what is found in them, in every editor of the workspace. */
export class EditorFindings {
  readonly extension: Extension;
  private readonly editors = new Set<ShownNote>();

  constructor(sources: EditorSources) {
    const plugin = ViewPlugin.define((view) => new ShownNote(view, sources, this.editors));
    this.extension = [underlines(tipOf(sources)), plugin];
  }

  /** Show again what is found: the setting says to show others. */
  refresh(): void {
    for (const editor of this.editors) editor.show();
  }
}

/** An editor, which may be the main one of a note or not: that changes while it lives. */
class ShownNote implements PluginValue, NoteEditor {
  private readonly stop: () => void;

  constructor(
    private readonly view: EditorView,
    private readonly sources: EditorSources,
    private readonly all: Set<ShownNote>,
  ) {
    all.add(this);
    const { documents, findings } = sources;
    const heard = findings.onChange((path) => {
      // Most notes are not open, and this is asked for each note of the vault.
      if (documents.of(path) !== undefined && path === this.note()) this.show();
    });
    this.stop = () => findings.offref(heard);
    // No view may be changed while it is made, and this one may have no place in the workspace yet.
    queueMicrotask(() => {
      if (!all.has(this)) return;
      documents.add(this);
      this.show();
    });
  }

  update({ docChanged }: ViewUpdate): void {
    if (docChanged) this.sources.documents.edited(this);
  }

  destroy(): void {
    this.all.delete(this);
    this.stop();
    this.sources.documents.remove(this);
  }

  note(): string | null {
    return noteOf(this.view);
  }

  text(): Text {
    return this.view.state.doc;
  }

  show(): void {
    const { documents, findings } = this.sources;
    const path = this.note();
    const known = path === null ? undefined : documents.of(path);
    const found = path === null || known === undefined ? [] : findings.of(path);
    if (path !== null && found.length > 0 && findings.versionOf(path) !== known?.version) return;
    const severities = this.sources.severities();
    const shown = found.filter(({ severity }) => severities.includes(severity));
    underline(this.view, shown, known?.text ?? this.text());
  }
}
