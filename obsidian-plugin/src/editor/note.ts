import type { EditorView } from "@codemirror/view";
import { editorInfoField, MarkdownView } from "obsidian";

/**
 * The path of the note that this is the main editor of: of a Markdown view in some window, in source mode or live
 * preview. Null for all editors within something else: cells of tables, cards of canvases, what shows on hover.
 */
export function noteOf(editor: EditorView): string | null {
  const view = editor.state.field(editorInfoField, false);
  // Cards and the like say of which file they are, but are no views.
  if (!(view instanceof MarkdownView) || view.file?.extension !== "md" || view.getMode() !== "source")
    return null;
  // A cell says that it belongs to the view of its table, and is an editor in an editor.
  if (!view.containerEl.contains(editor.dom) || editor.dom.parentElement?.closest(".cm-editor")) return null;
  return view.app.workspace.getLeavesOfType("markdown").includes(view.leaf) ? view.file.path : null;
}
