import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { findProgram } from "../src/backend/program";
import { THIS_SYSTEM } from "../src/backend/system";

/** The real program, as the plugin finds it: that of the environment whose `bin` is on the PATH. */
export function realProgram(): Promise<string> {
  return findProgram("", THIS_SYSTEM);
}

/** A folder of its own, with these files by their paths; removed when the test is done. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "vaultlint-plugin-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** A vault with these notes. */
export function vaultWith(notes: Readonly<Record<string, string>>): Promise<string> {
  return folderWith({ "vaultlint.toml": "", ...notes });
}

/** A program that runs these lines of a shell; gives its path. */
export async function script(lines: string): Promise<string> {
  const path = join(await folderWith({ vaultlint: `#!/bin/sh\n${lines}\n` }), "vaultlint");
  await chmod(path, 0o755);
  return path;
}
