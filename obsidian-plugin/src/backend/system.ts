import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";

/** What lies at a path: a file that may be run, one that may not, a folder, or nothing that can be seen. */
export type Kind = "program" | "file" | "folder" | "nothing";

/** What the search of the program asks of the machine. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** The home folder, absolute. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  kind(path: string): Promise<Kind>;
  /** The names in a folder, in no order; none where it cannot be read. */
  names(folder: string): Promise<readonly string[]>;
}

export const THIS_SYSTEM: System = {
  platform: process.platform,
  home: homedir(),
  env: process.env,

  async kind(path) {
    const found = await unlessFails(stat(path));
    if (found === null) return "nothing";
    if (!found.isFile()) return "folder";
    return (await unlessFails(access(path, constants.X_OK).then(() => true))) === null ? "file" : "program";
  },

  async names(folder) {
    return (await unlessFails(readdir(folder))) ?? [];
  },
};

/** What is asked of the file system; null where it says no, for whatever reason. */
async function unlessFails<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}
