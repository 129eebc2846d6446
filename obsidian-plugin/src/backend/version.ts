/** The oldest vaultlint whose language server does all that this plugin asks of it. */
export const MINIMUM_VERSION = "0.1.0";

/** The version in what `vaultlint --version` prints; null where another program printed it. */
export function versionIn(printed: string): string | null {
  return /^vaultlint (\d+(?:\.\d+)*\S*)\s*$/.exec(printed)?.[1] ?? null;
}

/** Whether a version of Python's kind (`1.2.0`, `1.3rc1`) is not older than the minimum. */
export function isRecent(version: string): boolean {
  const [ours, needed] = [numbers(version), numbers(MINIMUM_VERSION)];
  for (let place = 0; place < Math.max(ours.length, needed.length); place++) {
    const difference = (ours[place] ?? 0) - (needed[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  const [release = ""] = /^\d+(?:\.\d+)*/.exec(version) ?? [];
  return release.split(".").map(Number);
}
