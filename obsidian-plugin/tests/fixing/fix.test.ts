import { expect, test } from "vitest";
import type { WorkspaceEdit } from "vscode-languageserver-protocol";
import { applyPlan, inWords } from "../../src/fixing/fix";
import type { Plan, PlannedFix } from "../../src/fixing/plan";
import { VaultUris } from "../../src/uris";
import { appWith, hashOf, textOf } from "../notes";

const uris = new VaultUris("/vault");

function fix(id: string, ...paths: string[]): PlannedFix {
  const diffs = paths.map((path) => ({ path, lines: [] }));
  return { id, path: paths[0] ?? "", line: 0, code: "VL201", message: "", title: "", diffs };
}

/** An edit that puts a dash before each of these notes, with the hashes of the texts that they should have. */
function dashes(texts: Readonly<Record<string, string>>): {
  edit: WorkspaceEdit;
  hashes: Record<string, string>;
} {
  const start = { line: 0, character: 0 };
  const edits = [{ range: { start, end: start }, newText: "- " }];
  const uri = (path: string): string => uris.of(path);
  return {
    edit: {
      documentChanges: Object.keys(texts).map((path) => ({
        textDocument: { uri: uri(path), version: null },
        edits,
      })),
    },
    hashes: Object.fromEntries(Object.entries(texts).map(([path, text]) => [uri(path), hashOf(text)])),
  };
}

test("each edit is done whole or not at all, and the others all the same", async () => {
  const app = appWith({ "A.md": "a", "B.md": "b", "C.md": "c", "D.md": "another" });
  const plan: Plan = {
    fixes: [fix("1", "A.md"), fix("2", "A.md"), fix("3", "B.md"), fix("4", "C.md", "D.md")],
    edits: [dashes({ "A.md": "a" }), dashes({ "C.md": "c", "D.md": "d" }), dashes({ "B.md": "b" })],
    refused: [{ path: "E.md", reason: "fixes undo each other" }],
  };
  const steps: number[] = [];
  const fixed = await applyPlan(app, uris, plan, (done) => steps.push(done));
  expect(fixed).toEqual({
    fixes: 3,
    notes: 2,
    left: [
      { path: "E.md", reason: "fixes undo each other" },
      { path: "D.md", reason: "it was changed meanwhile" },
    ],
  });
  expect(steps).toEqual([1, 2, 3]);
  const texts = ["A.md", "B.md", "C.md", "D.md"].map((path) => textOf(app, path));
  expect(await Promise.all(texts)).toEqual(["- a", "- b", "c", "another"]);
});

test("people are told what was fixed, and what was left and why", () => {
  expect(inWords({ fixes: 1, notes: 1, left: [] })).toBe("Fixed 1 problem in 1 note.");
  expect(inWords({ fixes: 0, notes: 0, left: [] })).toBe("Nothing was fixed.");
  const left = Array.from({ length: 7 }, (_, number) => ({
    path: `Ideas/${number}.md`,
    reason: "it is gone",
  }));
  expect(inWords({ fixes: 1_200, notes: 30, left })).toBe(
    "Fixed 1,200 problems in 30 notes. Left alone: 0 (it is gone), 1 (it is gone), 2 (it is gone), " +
      "3 (it is gone), 4 (it is gone), and 2 more.",
  );
});
