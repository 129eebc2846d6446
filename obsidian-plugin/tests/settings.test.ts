import { expect, test } from "vitest";
import { DEFAULT_SETTINGS, settingsFrom } from "../src/settings";

test("a new vault has the defaults", () => {
  expect(settingsFrom(null)).toEqual({
    program: "",
    when: "type",
    severities: ["error", "warning", "info"],
    log: false,
  });
});

test("what is kept is taken, and what is wrong there has its default", () => {
  const kept = {
    program: "/opt/vaultlint",
    when: "later",
    severities: ["info", "panic"],
    log: 1,
    more: true,
  };
  expect(settingsFrom(kept)).toEqual({
    ...DEFAULT_SETTINGS,
    program: "/opt/vaultlint",
    severities: ["info"],
  });
});
