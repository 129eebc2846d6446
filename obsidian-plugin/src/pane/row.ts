import { setIcon } from "obsidian";
import { folderOf, nameOfNote } from "../names";
import { countsOf, type Group, type Grouping, type NameOf, type Problem, type Row } from "./model";
import { ICONS, inWords, SEVERITY_NAMES } from "./words";

/** Put what a row shows into its element. */
export function fillRow(el: HTMLElement, row: Row, grouping: Grouping, nameOf: NameOf): void {
  if (row.problem === null) fillGroup(el, row.group, row.open, grouping, nameOf);
  else fillProblem(el, row.problem, grouping, nameOf);
}

function fillGroup(el: HTMLElement, group: Group, open: boolean, grouping: Grouping, nameOf: NameOf): void {
  const { key, problems } = group;
  const counts = countsOf([[key, problems.map(({ finding }) => finding)]]);
  el.addClass("vaultlint-group");
  el.setAttrs({ "aria-level": 1, "aria-expanded": open, "aria-label": `${key}, ${inWords(counts)}` });
  setIcon(el.createSpan("vaultlint-icon"), open ? "chevron-down" : "chevron-right");
  const [name, more] = titleOf(key, grouping, nameOf);
  el.createSpan({ cls: "vaultlint-name", text: name });
  el.createSpan({ cls: "vaultlint-more", text: more });
  el.createSpan({ cls: "vaultlint-count", text: problems.length.toLocaleString() });
}

/** The title of a group, and what is less important of it. */
function titleOf(key: string, grouping: Grouping, nameOf: NameOf): [name: string, more: string] {
  if (grouping === "rule") return [nameOf(key), key === nameOf(key) ? "" : key];
  if (grouping === "folder") return [key === "/" ? "Vault folder" : key, ""];
  const folder = folderOf(key);
  return [nameOfNote(key), folder === "/" ? "" : folder];
}

function fillProblem(el: HTMLElement, { path, finding }: Problem, grouping: Grouping, nameOf: NameOf): void {
  const { severity, code, message, range } = finding;
  const line = (range.start.line + 1).toLocaleString();
  const place = grouping === "note" ? line : `${nameOfNote(path)}:${line}`;
  el.addClass("vaultlint-problem");
  el.setAttrs({
    "aria-level": 2,
    "aria-label": `${SEVERITY_NAMES[severity]}: ${message} (${nameOf(code)}), ${path}, line ${line}`,
  });
  setIcon(el.createSpan({ cls: ["vaultlint-icon", `vaultlint-${severity}`] }), ICONS[severity]);
  el.createSpan({ cls: "vaultlint-name", text: message });
  if (grouping !== "rule") el.createSpan({ cls: "vaultlint-more", text: nameOf(code) });
  el.createSpan({ cls: "vaultlint-place", text: place });
}
