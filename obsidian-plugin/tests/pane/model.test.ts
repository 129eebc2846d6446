import { expect, test } from "vitest";
import { SEVERITIES } from "../../src/findings";
import { countsOf, groupsOf, type Row, Rows, type Wish } from "../../src/pane/model";
import { finding } from "./found";

const FOUND = new Map([
  ["Ideas/Note 10.md", [finding(0, "VL401", "no other note links to this one", "info")]],
  [
    "Ideas/Note 9.md",
    [finding(4, "VL201", "no note is named “Gone”"), finding(7, "VL301", "a bad time", "warning")],
  ],
  ["Home.md", [finding(2, "VL201", "no note is named “Nix”")]],
]);
const NAMES = new Map([
  ["VL201", "broken-link"],
  ["VL301", "malformed-timestamp"],
  ["VL401", "orphan-note"],
]);
const nameOf = (code: string): string => NAMES.get(code) ?? code;

/** Keys of groups, each with the lines of its problems from 1. */
function grouped(some: Partial<Wish>): Record<string, string[]> {
  const wish: Wish = { grouping: "note", severities: new Set(SEVERITIES), words: "", ...some };
  const groups = groupsOf(FOUND, wish, nameOf);
  return Object.fromEntries(
    groups.map(({ key, problems }) => [
      key,
      problems.map(({ path, finding: { range } }) => `${path}:${range.start.line + 1}`),
    ]),
  );
}

test("notes come by name, numbers in them by size, and problems by place", () => {
  expect(Object.entries(grouped({}))).toEqual([
    ["Home.md", ["Home.md:3"]],
    ["Ideas/Note 9.md", ["Ideas/Note 9.md:5", "Ideas/Note 9.md:8"]],
    ["Ideas/Note 10.md", ["Ideas/Note 10.md:1"]],
  ]);
});

test("rules come with the gravest first", () => {
  expect(Object.entries(grouped({ grouping: "rule" }))).toEqual([
    ["VL201", ["Home.md:3", "Ideas/Note 9.md:5"]],
    ["VL301", ["Ideas/Note 9.md:8"]],
    ["VL401", ["Ideas/Note 10.md:1"]],
  ]);
});

test("folders come by name, the vault itself first", () => {
  expect(Object.entries(grouped({ grouping: "folder" }))).toEqual([
    ["/", ["Home.md:3"]],
    ["Ideas", ["Ideas/Note 9.md:5", "Ideas/Note 9.md:8", "Ideas/Note 10.md:1"]],
  ]);
});

test("what is filtered has all the words, in path, code, name or message, in any case", () => {
  expect(Object.keys(grouped({ words: "gone BROKEN-link" }))).toEqual(["Ideas/Note 9.md"]);
  expect(Object.keys(grouped({ words: "  vl4" }))).toEqual(["Ideas/Note 10.md"]);
  expect(grouped({ words: "ideas", severities: new Set(["warning"]) })).toEqual({
    "Ideas/Note 9.md": ["Ideas/Note 9.md:8"],
  });
  expect(grouped({ words: "gone home" })).toEqual({});
});

test("findings are counted by severity", () => {
  expect(countsOf(FOUND)).toEqual({ error: 2, warning: 1, info: 1 });
});

function shown(row: Row | null): string | null {
  if (row === null) return null;
  return row.problem === null ? row.group.key : row.problem.finding.message;
}

test("rows are the heads of groups and the problems of those that are open", () => {
  const wish: Wish = { grouping: "note", severities: new Set(SEVERITIES), words: "" };
  const rows = new Rows(groupsOf(FOUND, wish, nameOf), new Set(["Home.md", "Ideas/Note 10.md"]));
  expect(rows.length).toBe(5);
  expect([-1, 0, 1, 2, 3, 4, 5].map((index) => shown(rows.at(index)))).toEqual([
    null,
    "Home.md",
    "no note is named “Nix”",
    "Ideas/Note 9.md",
    "Ideas/Note 10.md",
    "no other note links to this one",
    null,
  ]);
  expect(rows.indexOf("Ideas/Note 10.md", 0)).toBe(3);
  expect(rows.indexOf("Ideas/Note 10.md", 7)).toBe(4);
  expect(rows.indexOf("Ideas/Note 9.md", 2)).toBe(2);
  expect(rows.indexOf("Nowhere.md", 0)).toBeNull();
  expect(new Rows([], new Set()).at(0)).toBeNull();
});
