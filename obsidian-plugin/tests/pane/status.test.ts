import { expect, onTestFinished, test, vi } from "vitest";
import { Findings, type Severity, SEVERITIES } from "../../src/findings";
import { StatusBar } from "../../src/pane/status";
import { VaultUris } from "../../src/uris";
import { finding } from "./found";

interface Trial {
  readonly el: HTMLElement;
  readonly findings: Findings;
  readonly press: () => void;
  readonly bar: StatusBar;
}

/** The status bar over what is found in a vault, which says `words` instead of counts where there are any. */
function trial(words: string | null = null, severities: readonly Severity[] = SEVERITIES): Trial {
  const findings = new Findings(new VaultUris("/vault"));
  const [el, press] = [createDiv(), vi.fn()];
  const onChange = (heard: () => void): ReturnType<Findings["onChange"]>[] => [findings.onChange(heard)];
  const told = { findings, severities: () => severities, words: () => words, onChange };
  const bar = new StatusBar(el, told, press);
  onTestFinished(() => bar.unload());
  return { el, findings, press, bar };
}

test("the problems that the settings show are counted", () => {
  const { el, findings, bar } = trial(null, ["error", "warning"]);
  findings.replace("A.md", [finding(0, "VL201", "gone"), finding(1, "VL201", "gone too")]);
  findings.replace("B.md", [finding(0, "VL301", "bad", "warning"), finding(1, "VL401", "alone", "info")]);
  bar.load();
  expect(el.textContent).toBe("2 errors, 1 warning");
});

test("the counts follow what is found", async () => {
  const { el, findings, bar } = trial();
  bar.load();
  expect(el.textContent).toBe("No problems");
  findings.replace("A.md", [finding(0, "VL401", "alone", "info")]);
  await vi.waitFor(() => expect(el.textContent).toBe("1 hint"));
});

test("where the counts are not known it says why, and a click is heard", () => {
  const { el, press, bar } = trial("Checking the vault: 40 %");
  bar.load();
  expect(el.textContent).toBe("Checking the vault: 40 %");
  el.click();
  expect(press).toHaveBeenCalledOnce();
});
