import { App } from "obsidian-test-mocks/obsidian";
import { expect, onTestFinished, test, vi } from "vitest";
import type { PlannedFix } from "../../src/fixing/plan";
import { Preview, type PreviewOwner } from "../../src/fixing/preview";

function planned(id: string, path: string, line: number, others: string[] = []): PlannedFix {
  const lines = [" before", "-[[Soil_type]]", "+[[Soil type]]"];
  return {
    id,
    path,
    line,
    code: "VL201",
    message: "no note is named “Soil_type”",
    title: "Link to “Soil type.md”",
    diffs: [path, ...others].map((each) => ({ path: each, lines })),
  };
}

function previewOf(fixes: PlannedFix[], fix: PreviewOwner["fix"] = vi.fn()): Preview {
  const owner: PreviewOwner = { nameOf: (code) => (code === "VL201" ? "broken-link" : code), fix };
  const preview = new Preview(App.createConfigured__().asOriginalType__(), fixes, owner);
  document.body.append(preview.containerEl); // boxes outside the document hear no clicks
  onTestFinished(() => preview.containerEl.remove());
  return preview;
}

function button({ contentEl }: Preview, text: RegExp): HTMLButtonElement {
  const found = [...contentEl.querySelectorAll("button")].find((each) => text.test(each.textContent));
  if (found === undefined) throw new Error(`there is no button ${text}`);
  return found;
}

/** The boxes of each note: whether the note is ticked, then whether its fixes are. */
function ticks({ contentEl }: Preview): string[] {
  return [...contentEl.querySelectorAll("details")].map((details) =>
    [...details.querySelectorAll<HTMLInputElement>("input")]
      .map((box) => (box.indeterminate ? "?" : box.checked ? "x" : "-"))
      .join(""),
  );
}

function click(preview: Preview, note: number, box: number): void {
  preview.contentEl.querySelectorAll("details")[note]?.querySelectorAll("input")[box]?.click();
}

const THREE = [planned("1", "Home.md", 2), planned("2", "Home.md", 4), planned("3", "Plants/Tree.md", 0)];

test("each fix is shown in its note with what it does, why, and its diff", () => {
  const preview = previewOf(THREE);
  const [home, tree] = [...preview.contentEl.querySelectorAll("details")];
  expect(home?.querySelector("summary")?.textContent).toBe("Home2");
  expect(tree?.querySelector("summary")?.textContent).toBe("TreePlants1");
  const fix = tree?.querySelector(".vaultlint-fix");
  expect(fix?.querySelector("label")?.textContent).toBe("Link to “Soil type.md”");
  expect(fix?.textContent).toContain("Line 1: no note is named “Soil_type” (broken-link)");
  const lines = [...(fix?.querySelectorAll("pre > div") ?? [])];
  expect(lines.map((line) => [line.className, line.textContent])).toEqual([
    ["", " before"],
    ["vaultlint-old", "-[[Soil_type]]"],
    ["vaultlint-new", "+[[Soil type]]"],
  ]);
});

test("the notes of a fix of several are named", () => {
  const preview = previewOf([planned("1", "Home.md", 2, ["Plants/Tree.md"])]);
  const named = [...preview.contentEl.querySelectorAll(".vaultlint-fix > .vaultlint-more")];
  expect(named.map((each) => each.textContent).slice(1)).toEqual(["Home.md", "Plants/Tree.md"]);
});

test("what is ticked is fixed, and nothing else", async () => {
  const fix = vi.fn<PreviewOwner["fix"]>().mockResolvedValue(true);
  const preview = previewOf(THREE, fix);
  expect(ticks(preview)).toEqual(["xxx", "xx"]);
  click(preview, 0, 2);
  expect(ticks(preview)).toEqual(["?x-", "xx"]);
  click(preview, 1, 0);
  expect(ticks(preview)).toEqual(["?x-", "--"]);
  button(preview, /^Fix 1 problem$/).click();
  await vi.waitFor(() => expect(fix).toHaveBeenCalledOnce());
  expect(fix.mock.calls[0]?.[0]).toEqual(["2", "3"]);
});

test("all can be chosen, and none", () => {
  const preview = previewOf(THREE);
  button(preview, /none/).click();
  expect(ticks(preview)).toEqual(["---", "--"]);
  expect(button(preview, /^Fix 0 problems$/).disabled).toBe(true);
  button(preview, /all/).click();
  expect(ticks(preview)).toEqual(["xxx", "xx"]);
  expect(button(preview, /^Fix 3 problems$/).disabled).toBe(false);
});

test("of very many fixes those are shown whose note is opened", () => {
  const many = Array.from({ length: 5_000 }, (_, number) =>
    planned(`${number}`, `Note ${number % 1_000}.md`, 0),
  );
  const preview = previewOf(many);
  const notes = [...preview.contentEl.querySelectorAll("details")];
  expect(notes).toHaveLength(1_000);
  expect(preview.contentEl.querySelectorAll(".vaultlint-fix")).toHaveLength(0);
  click(preview, 7, 0);
  const seventh = notes[7];
  if (seventh !== undefined) seventh.open = true;
  seventh?.dispatchEvent(new Event("toggle"));
  expect(preview.contentEl.querySelectorAll(".vaultlint-fix")).toHaveLength(5);
  expect(ticks(preview)[7]).toBe("------");
  expect(button(preview, /^Fix/).textContent).toBe("Fix 4,995 problems");
});

test("while it fixes it says how far it is, and cannot be asked again", async () => {
  let done: (isDone: boolean) => void = () => undefined;
  const fix = vi.fn<PreviewOwner["fix"]>().mockImplementation((_without, progress) => {
    progress(0.5);
    return new Promise((resolve) => {
      done = resolve;
    });
  });
  const preview = previewOf(THREE, fix);
  const close = vi.spyOn(preview, "close");
  button(preview, /^Fix/).click();
  expect(button(preview, /^Fixing: 50 %$/).disabled).toBe(true);
  done(true);
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
});

test("what was given up can be asked for again, with the same ticks", async () => {
  const fix = vi.fn<PreviewOwner["fix"]>().mockResolvedValue(false);
  const preview = previewOf(THREE, fix);
  const close = vi.spyOn(preview, "close");
  click(preview, 0, 1);
  button(preview, /^Fix/).click();
  await vi.waitFor(() => expect(button(preview, /^Fix 2 problems$/).disabled).toBe(false));
  expect(close).not.toHaveBeenCalled();
  expect(ticks(preview)).toEqual(["?-x", "xx"]);
});

test("whoever closes it while it is planned gives that up", () => {
  let signal: AbortSignal | null = null;
  const fix = vi.fn<PreviewOwner["fix"]>().mockImplementation((_without, _progress, giveUp) => {
    ({ signal } = giveUp);
    return new Promise(() => undefined);
  });
  const preview = previewOf(THREE, fix);
  button(preview, /^Fix/).click();
  expect(signal).toMatchObject({ aborted: false });
  preview.close();
  expect(signal).toMatchObject({ aborted: true });
});
