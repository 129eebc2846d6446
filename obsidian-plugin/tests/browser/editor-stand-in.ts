/** Editors as the app has them: CodeMirror within a Markdown view, as much of both as plugins see. */
import { EditorState, type Extension, StateEffect } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  WidgetType,
} from "@codemirror/view";
import type { EditorPosition, EditorTransaction, MarkdownFileInfo } from "obsidian";
import { type App, Editor, editorInfoField, MarkdownView } from "obsidian-test-mocks/obsidian";
import { offsetAt, positionAt } from "../../src/positions";

/** The app's editor over a CodeMirror, in what this plugin calls. */
class EditorOver extends Editor {
  constructor(private readonly cm: EditorView) {
    super();
  }

  override getValue(): string {
    return this.cm.state.doc.toString();
  }

  override getCursor(): EditorPosition {
    return this.offsetToPos(this.cm.state.selection.main.head);
  }

  override offsetToPos(offset: number): EditorPosition {
    const { line, character } = positionAt(this.cm.state.doc, offset);
    return { line, ch: character };
  }

  override posToOffset({ line, ch }: EditorPosition): number {
    return offsetAt(this.cm.state.doc, { line, character: ch });
  }

  override setSelection(anchor: EditorPosition, head: EditorPosition = anchor): void {
    this.cm.dispatch({ selection: { anchor: this.posToOffset(anchor), head: this.posToOffset(head) } });
  }

  override scrollIntoView({ from }: { from: EditorPosition }): void {
    this.cm.dispatch({ effects: EditorView.scrollIntoView(this.posToOffset(from), { y: "center" }) });
  }

  override transaction({ changes = [] }: EditorTransaction): void {
    this.cm.dispatch({
      changes: changes.map(({ from, to, text }) => ({
        from: this.posToOffset(from),
        to: this.posToOffset(to ?? from),
        insert: text,
      })),
    });
  }

  override focus(): void {
    this.cm.focus();
  }
}

/** Colours links and headings, and nothing more. */
const markup = ["link", "heading"].map((name) => {
  const regexp = name === "link" ? /\[\[[^\]\n]+\]\]/g : /^#+ .*$/gm;
  const matches = new MatchDecorator({ regexp, decoration: Decoration.mark({ class: `stand-in-${name}` }) });
  return ViewPlugin.define(
    (view) => ({
      marks: matches.createDeco(view),
      update(update) {
        this.marks = matches.updateDeco(update, this.marks);
      },
    }),
    { decorations: ({ marks }) => marks },
  );
});

function codeMirror(text: string, info: MarkdownFileInfo, extension: Extension, parent: Element): EditorView {
  const extensions = [
    editorInfoField.init(() => info),
    drawSelection(),
    EditorView.lineWrapping,
    markup,
    extension,
  ];
  return new EditorView({ state: EditorState.create({ doc: text, extensions }), parent });
}

/** A note that is open. */
export interface Pane {
  readonly view: MarkdownView;
  readonly cm: EditorView;
}

/** Open a note in a pane of its own, put into `parent`. */
export async function openPane(app: App, path: string, extension: Extension, parent: Element): Promise<Pane> {
  const file = app.vault.getFileByPath(path);
  if (file === null) throw new Error(`there is no note “${path}”`);
  const leaf = app.workspace.getLeaf("tab");
  const view = MarkdownView.create2__(leaf);
  view.file = file;
  view.containerEl.className = "workspace-leaf-content";
  view.containerEl.dataset["type"] = "markdown";
  view.containerEl.createDiv({ cls: "view-header", text: file.basename });
  view.contentEl = view.containerEl.createDiv({ cls: "markdown-source-view cm-s-obsidian mod-cm6" });
  const text = await app.vault.read(file);
  const cm = codeMirror(text, view.asOriginalType7__(), extension, view.contentEl);
  view.editor = new EditorOver(cm);
  await leaf.setViewState({ type: "markdown", state: { file: path } });
  await leaf.open(view.asOriginalType7__());
  parent.append(view.containerEl);
  app.workspace.trigger("layout-change");
  return { view, cm };
}

/** A cell of a table, which stands in the editor of its note and says that it belongs to the view of that. */
class Cell extends WidgetType {
  constructor(
    private readonly info: MarkdownFileInfo,
    private readonly extension: Extension,
  ) {
    super();
  }

  override toDOM(outer: EditorView): HTMLElement {
    const cell = createDiv({ cls: "stand-in-table" });
    codeMirror(outer.state.doc.toString(), this.info, this.extension, cell);
    return cell;
  }
}

/** Show a table above a note, with a cell that is edited. */
export function editCell({ view, cm }: Pane, extension: Extension): void {
  const widget = new Cell(view.asOriginalType7__(), extension);
  const cells = Decoration.set(Decoration.widget({ widget, block: true, side: -1 }).range(0));
  cm.dispatch({ effects: StateEffect.appendConfig.of(EditorView.decorations.of(cells)) });
}

/** Edit a note on the card of a canvas, which says of which note it is, and is no view. */
export function editCard({ view, cm }: Pane, extension: Extension): void {
  const { app, file } = view.asOriginalType7__();
  const card = document.body.createDiv({ cls: "stand-in-card" });
  codeMirror(cm.state.doc.toString(), { app, file, hoverPopover: null }, extension, card);
}
