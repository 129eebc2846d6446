import type { App } from "obsidian";
import type { VaultUris } from "../uris";
import { applyWorkspaceEdit, type Left } from "./changes";
import { counted, nameOfNote } from "../names";
import type { Plan } from "./plan";

/** What became of a plan. */
export interface Fixed {
  readonly fixes: number;
  readonly notes: number;
  /** The notes that were left alone, by the server or because they changed meanwhile. */
  readonly left: readonly Left[];
}

/** Do what was planned, edit by edit. `progress` hears how many of the edits are done. */
export async function applyPlan(
  app: App,
  uris: VaultUris,
  plan: Plan,
  progress: (done: number) => void = () => undefined,
): Promise<Fixed> {
  const changed = new Set<string>();
  const left: Left[] = [...plan.refused];
  for (const [number, { edit, hashes }] of plan.edits.entries()) {
    const outcome = await applyWorkspaceEdit(app, uris, edit, hashes);
    for (const path of outcome.changed) changed.add(path);
    left.push(...outcome.left);
    progress(number + 1);
  }
  const fixes = plan.fixes.filter(({ diffs }) => diffs.every(({ path }) => changed.has(path)));
  return { fixes: fixes.length, notes: changed.size, left };
}

/** How many notes are named at most. */
const NAMED = 5;

/** What to tell people of it. */
export function inWords({ fixes, notes, left }: Fixed): string {
  const done =
    fixes === 0 ? "Nothing was fixed." : `Fixed ${counted(fixes, "problem")} in ${counted(notes, "note")}.`;
  return left.length === 0 ? done : `${done} ${leftInWords(left)}`;
}

/** Names the notes that were left alone, and says why. */
export function leftInWords(left: readonly Left[]): string {
  const named = left.slice(0, NAMED).map(({ path, reason }) => `${nameOfNote(path)} (${reason})`);
  const more = left.length > NAMED ? `, and ${(left.length - NAMED).toLocaleString()} more` : "";
  return `Left alone: ${named.join(", ")}${more}.`;
}
