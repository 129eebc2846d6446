import { type Diagnostic, forceLinting, linter } from "@codemirror/lint";
import { type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import type { EditorView, ViewUpdate } from "@codemirror/view";
import type { Finding } from "../findings";
import { difference, moved, type Span, spanOf } from "../positions";

/** A finding, and where it is in the text as it is now. */
export interface Shown extends Span {
  readonly finding: Finding;
}

/** Makes what shows when the pointer rests on a finding. */
export type Tip = (view: EditorView, finding: Finding) => HTMLElement;

const show = StateEffect.define<readonly Shown[]>();

/** What is shown in an editor. It moves with the text until the server answers. */
export const shownField = StateField.define<readonly Shown[]>({
  create: () => [],
  update(shown, { changes, docChanged, effects }) {
    for (const effect of effects) if (effect.is(show)) return effect.value;
    if (!docChanged || shown.length === 0) return shown;
    return shown.flatMap(({ finding, ...span }) => {
      const now = moved(span, changes);
      return now === null ? [] : [{ finding, ...now }];
    });
  },
});

/** Underlines what is shown, beside what other linters of the editor underline. */
export function underlines(tip: Tip): Extension {
  const needsRefresh = ({ state, startState }: ViewUpdate): boolean =>
    state.field(shownField) !== startState.field(shownField);
  const source = (view: EditorView): Diagnostic[] =>
    view.state.field(shownField).map(({ from, to, finding }) => ({
      from,
      to,
      severity: finding.severity,
      markClass: `vaultlint-${finding.severity}`,
      message: `${finding.code}: ${finding.message}`,
      renderMessage: (view) => tip(view, finding),
    }));
  return [shownField, linter(source, { needsRefresh })];
}

/** Show findings that were made of a text, which may be another one by now. */
export function underline(view: EditorView, findings: readonly Finding[], text: Text): void {
  const changes = difference(text, view.state.doc);
  const shown = findings.flatMap((finding) => {
    const span = moved(spanOf(text, finding.range), changes);
    return span === null ? [] : [{ finding, ...span }];
  });
  // An open tooltip would close for nothing.
  if (areSame(shown, view.state.field(shownField))) return;
  view.dispatch({ effects: show.of(shown) });
  forceLinting(view);
}

/** Where a finding that is shown is now; null where it is gone. */
export function placeOf(view: EditorView, finding: Finding): Span | null {
  return view.state.field(shownField).find((shown) => shown.finding === finding) ?? null;
}

function areSame(some: readonly Shown[], others: readonly Shown[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ from, to, finding }, index) => {
      const other = others[index];
      return (
        other?.from === from &&
        other.to === to &&
        other.finding.code === finding.code &&
        other.finding.message === finding.message &&
        other.finding.severity === finding.severity
      );
    })
  );
}
