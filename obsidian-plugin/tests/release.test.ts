import { execFile } from "node:child_process";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, test } from "vitest";
import manifest from "../manifest.json";
import { isRecent } from "../src/backend/version";
import { folderWith } from "./vaults";

const HERE = join(import.meta.dirname, "..");
const COPIED = [
  "manifest.json",
  "versions.json",
  "package.json",
  "package-lock.json",
  "release.mjs",
  "README.md",
];

let copy: string;
let plugin: string;

beforeEach(async () => {
  copy = await folderWith({
    "obsidian-plugin/main.js": "built",
    "obsidian-plugin/styles.css": "/* styles */",
  });
  plugin = join(copy, "obsidian-plugin");
  for (const name of COPIED) await cp(join(HERE, name), join(plugin, name));
  for (const name of ["LICENSE", "vaultlint/__init__.py"]) await cp(join(HERE, "..", name), join(copy, name));
});

/** What the script says, and whether it was content. */
async function release(...tag: string[]): Promise<{ content: boolean; said: string }> {
  try {
    await promisify(execFile)(process.execPath, [join(plugin, "release.mjs"), ...tag]);
    return { content: true, said: "" };
  } catch (error) {
    if (!(error instanceof Error && "stderr" in error)) throw error;
    return { content: false, said: String(error.stderr) };
  }
}

async function replace(path: string, old: string, text: string): Promise<void> {
  const before = await readFile(join(copy, path), "utf8");
  expect(before).toContain(old);
  await writeFile(join(copy, path), before.replace(old, text));
}

test("what is in the project now can be released, with all that the app and the store want", async () => {
  expect(await release(manifest.version)).toEqual({ content: true, said: "" });
  expect((await readdir(join(plugin, "release"))).sort()).toEqual([
    "LICENSE",
    "README.md",
    "main.js",
    "manifest.json",
    "styles.css",
    "versions.json",
  ]);
});

test("another version anywhere is told, and nothing is made", async () => {
  const { version } = manifest;
  await replace("vaultlint/__init__.py", `"${version}"`, '"9.9.9"');
  await replace("obsidian-plugin/package.json", `"version": "${version}"`, '"version": "9.9.8"');
  expect(await release(`v${version}`)).toEqual({
    content: false,
    said:
      `manifest.json has version ${version}, package.json has 9.9.8\n` +
      `manifest.json has version ${version}, vaultlint/__init__.py has 9.9.9\n` +
      `manifest.json has version ${version}, the tag has v${version}\n`,
  });
  expect(await readdir(plugin)).not.toContain("release");
});

test("a version that versions.json does not know is told", async () => {
  await writeFile(join(plugin, "versions.json"), '{ "0.0.1": "1.8.7" }');
  expect((await release()).said).toBe(
    `manifest.json needs Obsidian ${manifest.minAppVersion}, versions.json says undefined for ${manifest.version}\n`,
  );
});

test("the program that is released with the plugin is recent enough for it", () => {
  expect(isRecent(manifest.version)).toBe(true);
});
