import { closeHoverTooltips, type EditorView, repositionTooltips } from "@codemirror/view";
import { Notice } from "obsidian";
import { aboutFinding, type Actions, type Offer } from "../actions";
import type { Finding } from "../findings";
import { rangeOf } from "../positions";
import { noteOf } from "./note";
import { placeOf, type Tip } from "./underlines";

/** What the tooltip asks of the rest of the plugin. */
export interface TipSources {
  readonly actions: Actions;
  /** The name of a rule, such as `broken-link`; its code where that is not known. */
  nameOf(code: string): string;
  /** Shows the page of a rule. */
  explain(code: string): Promise<void>;
}

/** The tooltip of a finding: its rule, what is wrong, and what can be done. */
export function tipOf(sources: TipSources): Tip {
  return (view, finding) => {
    const tip = createDiv({ cls: ["vaultlint-tip", `vaultlint-${finding.severity}`] });
    const rule = tip.createDiv({ cls: "vaultlint-tip-rule" });
    rule.createSpan({ cls: "vaultlint-tip-code", text: finding.code });
    const name = sources.nameOf(finding.code);
    if (name !== finding.code) rule.createSpan({ text: name });
    tip.createDiv({ cls: "vaultlint-tip-message", text: finding.message });
    const buttons = tip.createDiv({ cls: "vaultlint-tip-actions" });
    fill(buttons, view, finding, sources).catch((error: unknown) => {
      buttons.setText(`Vaultlint does not answer: ${messageOf(error)}`);
    });
    return tip;
  };
}

/** Put the buttons there, when the server has said what can be done. */
async function fill(
  buttons: HTMLElement,
  view: EditorView,
  finding: Finding,
  sources: TipSources,
): Promise<void> {
  const path = noteOf(view);
  const place = placeOf(view, finding);
  if (path === null || place === null) return;
  const range = rangeOf(view.state.doc, place);
  const offers = await sources.actions.at(path, range);
  if (offers !== null) {
    const fixes = aboutFinding(offers.fixes, finding, range);
    const suppressions = aboutFinding(offers.suppressions, finding, range);
    for (const offer of [...fixes, ...offers.creations, ...suppressions]) add(buttons, view, offer);
  }
  add(buttons, view, { title: "Explain", run: () => sources.explain(finding.code) });
  repositionTooltips(view);
}

function add(buttons: HTMLElement, view: EditorView, { title, run }: Pick<Offer, "title" | "run">): void {
  const button = buttons.createEl("button", { text: title, attr: { type: "button" } });
  button.addEventListener("click", () => {
    view.dispatch({ effects: closeHoverTooltips });
    run().catch((error: unknown) => new Notice(`Vaultlint: ${messageOf(error)}`));
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
