import { ChangeSet, type ChangeDesc, type Text } from "@codemirror/state";
import type { Position, Range } from "vscode-languageserver-protocol";

/** A stretch of a text, in UTF-16 from its beginning. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a position of the protocol is; one behind a line is at its end, one behind the text at the end of that. */
export function offsetAt(text: Text, { line, character }: Position): number {
  if (line < 0) return 0;
  if (line >= text.lines) return text.length;
  const { from, to } = text.line(line + 1);
  return Math.min(from + Math.max(character, 0), to);
}

export function positionAt(text: Text, offset: number): Position {
  const at = Math.min(Math.max(offset, 0), text.length);
  const { number, from } = text.lineAt(at);
  return { line: number - 1, character: at - from };
}

export function spanOf(text: Text, range: Range): Span {
  const from = offsetAt(text, range.start);
  return { from, to: Math.max(from, offsetAt(text, range.end)) };
}

export function rangeOf(text: Text, { from, to }: Span): Range {
  return { start: positionAt(text, from), end: positionAt(text, to) };
}

/** What one change would make the new text of the old one: all between what both begin and end with. */
export function difference(old: Text, now: Text): ChangeDesc {
  if (old.eq(now)) return ChangeSet.empty(old.length).desc;
  const before = old.toString();
  const after = now.toString();
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const change = { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
  return ChangeSet.of(change, before.length).desc;
}

/** Where a stretch is after changes; null where nothing is left of it. */
export function moved({ from, to }: Span, changes: ChangeDesc): Span | null {
  const start = changes.mapPos(from, 1);
  const end = Math.max(start, changes.mapPos(to, -1));
  return start === end && from < to ? null : { from: start, to: end };
}
