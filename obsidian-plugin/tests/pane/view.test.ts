import { App, WorkspaceLeaf } from "obsidian-test-mocks/obsidian";
import { expect, test, vi } from "vitest";
import { Findings, SEVERITIES } from "../../src/findings";
import { type PaneActions, ProblemsView } from "../../src/pane/view";
import { VaultUris } from "../../src/uris";
import { finding } from "./found";

const ROW = 28;

/** The pane, high enough for twenty rows, over these findings. */
async function paneWith(findings: Findings, actions: Partial<PaneActions> = {}): Promise<ProblemsView> {
  const leaf = WorkspaceLeaf.create2__(App.createConfigured__()).asOriginalType3__();
  const view = new ProblemsView(
    leaf,
    {
      findings,
      severities: () => SEVERITIES,
      nameOf: (code) => (code === "VL201" ? "broken-link" : code),
      nothing: () => "No problems found.",
      onChange: (heard) => [findings.onChange(heard)],
    },
    { show: vi.fn(), explain: vi.fn(), checkVault: vi.fn(), fixVault: vi.fn(), ...actions },
  );
  const list = listOf(view);
  Object.defineProperty(list, "clientHeight", { value: 20 * ROW });
  await view.onOpen();
  return view;
}

function found(...paths: string[]): Findings {
  const findings = new Findings(new VaultUris("/vault"));
  for (const path of paths) findings.replace(path, [finding(4, "VL201", `in ${path}`)]);
  return findings;
}

function listOf(view: ProblemsView): HTMLElement {
  const list = view.contentEl.querySelector<HTMLElement>("[role=tree]");
  if (list === null) throw new Error("there is no list");
  return list;
}

/** What each row says, and a star before the one that is selected. */
function rows(view: ProblemsView): string[] {
  return [...listOf(view).querySelectorAll("[role=treeitem]")].map((row) => {
    const star = row.getAttribute("aria-selected") === "true" ? "*" : "";
    return (
      star +
      [...row.children]
        .map((each) => each.textContent)
        .filter(Boolean)
        .join(" | ")
    );
  });
}

function press(view: ProblemsView, ...keys: string[]): void {
  for (const key of keys) listOf(view).dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

test("the problems of a small vault are shown below their notes", async () => {
  const view = await paneWith(found("Ideas/B.md", "A.md"));
  expect(rows(view)).toEqual([
    "*A | 1",
    "in A.md | broken-link | 5",
    "B | Ideas | 1",
    "in Ideas/B.md | broken-link | 5",
  ]);
});

test("of very many problems those rows are made that can be seen", async () => {
  const findings = found();
  for (let note = 0; note < 21_000; note++) {
    const ten = Array.from({ length: 10 }, (_, line) => finding(line, "VL201", `problem ${line}`));
    findings.replace(`Note ${note}.md`, ten);
  }
  const view = await paneWith(findings);
  expect(rows(view)).toHaveLength(20 + 2 * 8 + 1);
  expect(rows(view)[36]).toBe("Note 36 | 10");
  press(view, "End");
  expect(rows(view).at(-1)).toBe("*Note 20999 | 10");
  press(view, "ArrowRight", "End");
  expect(rows(view).at(-1)).toBe("*problem 9 | broken-link | 10");
  expect(listOf(view).scrollTop).toBe((21_000 + 10 - 20) * ROW);
});

test("a click shows the place, and a group opens and closes", async () => {
  const show = vi.fn();
  const view = await paneWith(found("A.md"), { show });
  const row = (number: number): HTMLElement | undefined =>
    [...listOf(view).querySelectorAll<HTMLElement>("[role=treeitem]")][number];
  row(1)?.click();
  expect(show).toHaveBeenCalledWith("A.md", finding(4, "VL201", "").range, false);
  row(0)?.click();
  expect(rows(view)).toEqual(["*A | 1"]);
});

test("keys move, open, close and choose", async () => {
  const show = vi.fn();
  const view = await paneWith(found("A.md", "B.md"), { show });
  press(view, "ArrowDown");
  expect(rows(view)[1]).toMatch(/^\*in A\.md/);
  press(view, "Enter");
  expect(show).toHaveBeenCalledOnce();
  press(view, "ArrowLeft", "ArrowLeft");
  expect(rows(view)).toEqual(["*A | 1", "B | 1", "in B.md | broken-link | 5"]);
  press(view, "ArrowDown", "ArrowRight", "End", "Home", " ");
  expect(rows(view)[0]).toBe("*A | 1");
  expect(rows(view)[1]).toMatch(/^in A\.md/);
});

test("what is selected stays selected while other notes change", async () => {
  vi.useFakeTimers();
  try {
    const findings = found("B.md", "C.md");
    const view = await paneWith(findings);
    press(view, "End");
    findings.replace("A.md", [finding(0, "VL201", "in A.md")]);
    findings.replace("B.md", []);
    vi.runAllTimers();
    expect(rows(view).at(-1)).toMatch(/^\*in C\.md/);
  } finally {
    vi.useRealTimers();
  }
});

test("grouping, words and severities narrow what is shown, and are kept", async () => {
  const findings = found("Ideas/A.md", "B.md");
  findings.replace("C.md", [finding(0, "VL401", "alone", "info")]);
  const view = await paneWith(findings);
  await view.setState({ grouping: "rule", severities: ["error"], words: "ideas" }, { history: false });
  expect(rows(view)).toEqual(["*broken-link | VL201 | 1", "in Ideas/A.md | A:5"]);
  expect(view.getState()).toEqual({ grouping: "rule", severities: ["error"], words: "ideas" });
  await view.setState({ words: "nowhere" }, { history: false });
  expect(rows(view)).toEqual([]);
  expect(view.contentEl.textContent).toContain("Nothing matches the filter.");
});

test("the toolbar shows how many there are, and turns severities off", async () => {
  const findings = found("A.md", "B.md");
  findings.replace("C.md", [finding(0, "VL401", "alone", "info")]);
  const view = await paneWith(findings);
  const toggles = [...view.contentEl.querySelectorAll<HTMLElement>("button[aria-pressed]")];
  expect(toggles.map((each) => each.ariaLabel)).toEqual(["2 errors", "0 warnings", "1 hint"]);
  toggles[0]?.click();
  expect(rows(view)).toEqual(["*C | 1", "alone | VL401 | 1"]);
  expect(toggles[0]?.ariaPressed).toBe("false");
});

test("where nothing is found it says so", async () => {
  const view = await paneWith(found());
  expect(view.contentEl.textContent).toContain("No problems found.");
});

test("a note is shown with its problems, whatever was wished before", async () => {
  const view = await paneWith(found("A.md", "B.md"));
  await view.setState({ grouping: "rule", words: "A.md" }, { history: false });
  view.showNote("B.md");
  expect(rows(view)).toEqual(["A | 1", "in A.md | broken-link | 5", "*B | 1", "in B.md | broken-link | 5"]);
});
