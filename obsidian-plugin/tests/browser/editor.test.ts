import type { Locator, Page as BrowserPage } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, Harness } from "./harness";

const NOTES = {
  "Home.md": "# Home\n\nThe beds need [[Soil_type]].\n\nSee [[Soil type]].\n",
  "Soil type.md": "# Soil type\n\nFrom: [[Home]]\n",
};

describe.skipIf(browserPath === undefined)("in a browser (skipped where there is no Chromium)", () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness.stop());

  async function opened(notes: Record<string, string> = NOTES): Promise<BrowserPage> {
    const page = await harness.page(notes);
    await page.evaluate(() => window.vaultlint.open("Home.md"));
    return page;
  }

  /** The texts that are underlined, as soon as they are these. */
  async function underlined(page: BrowserPage, texts: string[], kind = ".cm-lintRange"): Promise<void> {
    await expect.poll(() => page.locator(kind).allTextContents(), { timeout: 10_000 }).toEqual(texts);
  }

  /** What the tooltip of an underlined text offers. */
  async function offers(page: BrowserPage, text: string): Promise<Locator> {
    await page.locator(".cm-lintRange", { hasText: text }).hover();
    await page.locator(".vaultlint-tip").getByRole("button", { name: "Explain" }).waitFor();
    return page.locator(".vaultlint-tip");
  }

  async function text(page: BrowserPage, pane = 0): Promise<string> {
    return page.evaluate((pane) => window.vaultlint.text(pane), pane);
  }

  test("a broken link is underlined, and its tooltip says what is wrong and what can be done", async () => {
    const page = await opened();
    await underlined(page, ["[[Soil_type]]"], ".cm-lintRange.vaultlint-error");
    const tip = await offers(page, "Soil_type");
    expect(await tip.locator(".vaultlint-tip-rule").textContent()).toBe("VL201broken-link");
    expect(await tip.locator(".vaultlint-tip-message").textContent()).toBe(
      "no note is named “Soil_type”; “Soil type.md” differs only in blanks, “_” and “-”",
    );
    expect(await tip.getByRole("button").allTextContents()).toEqual([
      "Link to “Soil type.md”",
      "Create “Soil_type.md”",
      "Suppress broken-link here",
      "Suppress broken-link in this note",
      "Explain",
    ]);
  });

  test("a fix in the tooltip changes the text, and what it mends is no longer underlined", async () => {
    const page = await opened();
    await (await offers(page, "Soil_type")).getByRole("button", { name: "Link to" }).click();
    await underlined(page, []);
    expect(await text(page)).toBe("# Home\n\nThe beds need [[Soil type|Soil_type]].\n\nSee [[Soil type]].\n");
    expect(await page.locator(".vaultlint-tip").count()).toBe(0);
  });

  test("a finding is suppressed from the tooltip", async () => {
    const page = await opened();
    await (await offers(page, "Soil_type")).getByRole("button", { name: "broken-link here" }).click();
    await underlined(page, []);
    expect(await text(page)).toBe(
      "# Home\n\n%% vaultlint-disable-next-line VL201 %%\nThe beds need [[Soil_type]].\n\nSee [[Soil type]].\n",
    );
  });

  test("the page of the rule is shown from the tooltip", async () => {
    const page = await opened();
    await (await offers(page, "Soil_type")).getByRole("button", { name: "Explain" }).click();
    expect(await page.evaluate(() => window.vaultlint.explained)).toEqual(["VL201"]);
  });

  test("what is typed is checked, and what is no longer wrong is no longer underlined", async () => {
    const page = await opened();
    await underlined(page, ["[[Soil_type]]"]);
    await page.evaluate(() => window.vaultlint.place(7));
    await page.keyboard.type("[[Nowhere]] ");
    await underlined(page, ["[[Nowhere]]", "[[Soil_type]]"]);
    for (let count = 0; count < "e]] ".length; count += 1) await page.keyboard.press("Backspace");
    await underlined(page, ["[[Soil_type]]"]);
  });

  test("underlines move with the text while the server is silent", async () => {
    const page = await opened();
    await underlined(page, ["[[Soil_type]]"]);
    await page.evaluate(() => {
      window.hear = () => undefined;
      window.vaultlint.place(0);
    });
    await page.keyboard.type("Before it, ");
    expect(await page.locator(".cm-lintRange").allTextContents()).toEqual(["[[Soil_type]]"]);
    // Gone with its text, and not on what stands there now.
    await page.evaluate(() => window.vaultlint.erase("[[Soil_type]]"));
    await page.keyboard.type("more");
    expect(await page.locator(".cm-lintRange").count()).toBe(0);
  });

  test("a note in two panes is underlined in both", async () => {
    const page = await opened();
    await page.evaluate(() => window.vaultlint.open("Home.md"));
    await underlined(page, ["[[Soil_type]]", "[[Soil_type]]"]);
  });

  test("what is found in another note by an edit of this one is underlined there", async () => {
    const page = await opened({
      "Home.md": "# Home\n\n## Beds\n\n[[Soil]]\n",
      "Soil.md": "# Soil\n\nFrom: [[Home]]\n\nFor [[Home#Beds]].\n",
    });
    await page.evaluate(() => window.vaultlint.open("Soil.md"));
    await page.evaluate(() => window.vaultlint.erase("Beds"));
    await underlined(page, ["[[Home#Beds]]"], ".cm-lintRange.vaultlint-error");
  });

  test("cells of tables and cards of canvases are left alone", async () => {
    const page = await opened();
    await underlined(page, ["[[Soil_type]]"]);
    await page.evaluate(() => window.vaultlint.editElsewhere());
    await page.evaluate(() => window.vaultlint.append("[[Nowhere]]"));
    await underlined(page, ["[[Soil_type]]", "[[Nowhere]]"]);
    for (const content of await page.locator(".stand-in-table, .stand-in-card").allTextContents()) {
      expect(content).toContain("[[Soil_type]]");
    }
    expect(await page.locator(":is(.stand-in-table, .stand-in-card) .cm-editor").count()).toBe(2);
  });

  test("severities that the settings leave out are not shown", async () => {
    const page = await opened({ "Home.md": "---\ntags: [2026]\n---\n[[Gone]]\n" });
    await underlined(page, ["2026", "[[Gone]]"]);
    await page.evaluate(() => window.vaultlint.show(["error"]));
    await underlined(page, ["[[Gone]]"]);
    await page.evaluate(() => window.vaultlint.show(["error", "warning"]));
    await underlined(page, ["2026", "[[Gone]]"]);
  });

  test("an offer for another text than the one that is there now does nothing", async () => {
    const page = await opened();
    const tip = await offers(page, "Soil_type");
    await page.evaluate(() => window.vaultlint.append("more"));
    await tip.getByRole("button", { name: "Link to" }).click();
    expect(await text(page)).toBe("# Home\n\nThe beds need [[Soil_type]].\n\nSee [[Soil type]].\nmore");
  });

  test("the pane lists what is found, and a keystroke changes what it lists", async () => {
    const page = await opened();
    const problems = page.locator(".vaultlint-problem");
    await expect.poll(() => problems.allTextContents()).toEqual([expect.stringContaining("“Soil_type”")]);
    await page.evaluate(() => window.vaultlint.place(7));
    await page.keyboard.type("[[Nowhere]]");
    await expect
      .poll(() => problems.allTextContents())
      .toEqual([expect.stringContaining("“Nowhere”"), expect.stringContaining("“Soil_type”")]);
    expect(await page.locator(".status-bar-item").textContent()).toBe("2 errors");
  });

  test("a click on a problem in the pane selects its place in the editor", async () => {
    const page = await opened();
    await page.locator(".vaultlint-problem").click();
    await expect.poll(() => page.evaluate(() => window.vaultlint.selected())).toBe("[[Soil_type]]");
  });
});
