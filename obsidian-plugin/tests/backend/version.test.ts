import { expect, test } from "vitest";
import { isRecent, MINIMUM_VERSION, versionIn } from "../../src/backend/version";

test("the version is read from what the program prints, and from nothing else", () => {
  expect(versionIn("vaultlint 0.1.0\n")).toBe("0.1.0");
  expect(versionIn("vaultlint 1.2.0rc1\r\n")).toBe("1.2.0rc1");
  expect(versionIn("vaultlint\n")).toBeNull();
  expect(versionIn("Vault 1.15.2 lint\n")).toBeNull();
  expect(versionIn("usage: vaultlint [-h]\nvaultlint 0.1.0\n")).toBeNull();
});

test("the minimum and what is later is recent, what is earlier is not", () => {
  expect(isRecent(MINIMUM_VERSION)).toBe(true);
  expect(isRecent(`${MINIMUM_VERSION}.1`)).toBe(true);
  expect(isRecent("0.10.0")).toBe(true);
  expect(isRecent("1")).toBe(true);
  expect(isRecent("0.0.99")).toBe(false);
  expect(isRecent("0")).toBe(false);
});
