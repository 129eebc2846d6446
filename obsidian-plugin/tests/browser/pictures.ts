/** Makes the pictures of the plugin in docs/: `npm run pictures`. */
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { Harness } from "./harness";

const DOCS = join(import.meta.dirname, "../../../docs");
const NOTES = {
  "Garden plan.md": `---
aliases: [Plan]
tags: [garden, 2026]
---
# Garden plan

The beds behind the house have [[Soil_type|heavier soil]] than those at the wall; see [[Compost#Turning]] for what they need.

## Spring

- Broad beans go out first, as [[Sowing calendar]] says.
- Then the onions, between the carrots. ![[beds.png]]
- [[Watering]] is for later; the butt holds enough until May.

## Autumn

What is left goes on the [[Compost]], and lime on the clay: [[Soil type]].
`,
  "Compost.md": "# Compost\n\nFrom: [[Garden plan]]\n\n## Turning the heap\n\nEvery month.\n",
  "Soil type.md":
    "# Soil type\n\nFrom: [[Garden plan]]\n\nClay behind the house, see [[Sowing callendar]].\n",
  "Sowing calendar.md": "# Sowing calendar\n\nFrom: [[Garden plan]]\n\n- March: [[Broad beans]]\n",
};

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness.stop());

for (const theme of ["light", "dark"]) {
  test(`the plugin in the ${theme} theme`, async () => {
    const page = await harness.page(NOTES, `theme-${theme}`);
    await page.evaluate(() => window.vaultlint.open("Garden plan.md"));
    await page.locator(".cm-lintRange", { hasText: "Soil_type" }).hover();
    await page.locator(".vaultlint-tip").getByRole("button", { name: "Explain" }).waitFor();
    await page.locator(".vaultlint-problem", { hasText: "Broad beans" }).waitFor();
    await page.screenshot({ path: join(DOCS, `plugin-${theme}.png`) });
  });
}
