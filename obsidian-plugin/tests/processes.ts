import { readdir, readlink } from "node:fs/promises";

/** Whether this machine tells the working directories of processes, as Linux does. */
export const TELLS_PROCESSES = process.platform === "linux";

/** The ids of the processes that work in a folder: servers do so in their vault. */
export async function processesIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name) && (await workingDirectory(name)) === folder) found.push(Number(name));
  }
  return found;
}

/** Null for a process that is gone, or that others own. */
async function workingDirectory(id: string): Promise<string | null> {
  try {
    return await readlink(`/proc/${id}/cwd`);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}
