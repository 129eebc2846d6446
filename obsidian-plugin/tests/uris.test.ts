import { expect, test } from "vitest";
import { VaultUris } from "../src/uris";

test("a path and its URI lead to each other", () => {
  const uris = new VaultUris("/home/ann/My vault/");
  expect(uris.of("Ideas/100 % [new]?.md")).toBe(
    "file:///home/ann/My%20vault/Ideas/100%20%25%20%5Bnew%5D%3F.md",
  );
  expect(uris.path(uris.of("Ideas/100 % [new]?.md"))).toBe("Ideas/100 % [new]?.md");
});

test("other escapes of the same URI lead to the same path", () => {
  const uris = new VaultUris("C:\\Users\\Ann\\Vault");
  expect(uris.of("é.md")).toBe("file:///C%3A/Users/Ann/Vault/%C3%A9.md");
  expect(uris.path("file:///c:/Users/Ann/Vault/é.md")).toBe("é.md");
});

test("files outside the vault and what is no file have no path", () => {
  const uris = new VaultUris("/vault");
  expect(uris.path("file:///vaults/a.md")).toBeNull();
  expect(uris.path("https://example.org/vault/a.md")).toBeNull();
  expect(uris.path("file:///vault/%E0%A4%A")).toBeNull();
});
