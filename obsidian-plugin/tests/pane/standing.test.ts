import { expect, test, vi } from "vitest";
import type { Backend } from "../../src/backend/backend";
import { Standing } from "../../src/pane/standing";
import { Progress } from "../../src/progress";
import { backendFor } from "../servers";
import { vaultWith } from "../vaults";

/** How a vault stands, and each time that it was said to stand otherwise, in words. */
async function trial(program = ""): Promise<{
  standing: Standing;
  said: (string | null)[];
  backend: Backend;
}> {
  const backend = await backendFor(
    await vaultWith({ "One.md": "[[Two]]\n", "Two.md": "[[One]]\n" }),
    program,
  );
  const progress = new Progress();
  backend.onReady((connection) => progress.listen(connection));
  const standing = new Standing(backend, progress);
  const said: (string | null)[] = [];
  standing.onChange(() => said.push(standing.words));
  return { standing, said, backend };
}

test("from the start to the end it is said how the vault stands", async () => {
  const { standing, said, backend } = await trial();
  expect(standing.words).toBe("Vaultlint is not running");
  expect(standing.advice).toBe("The vault was not checked yet.");

  const started = backend.start();
  expect(standing.words).toBe("Vaultlint is starting");
  expect(standing.advice).toBe("Vaultlint is starting");
  await started;
  await vi.waitFor(() => expect(said).toContain("Checking the vault: 0 %"), 30_000);
  await vi.waitFor(() => expect(said.at(-1)).toBeNull(), 30_000);
  expect(standing.advice).toBe("No problems found.");

  await backend.stop();
  expect(said.at(-1)).toBe("Vaultlint is not running");
  expect(standing.advice).toBe("The vault was not checked yet.");
});

test("where it cannot run it is said what to do", async () => {
  const { standing, said, backend } = await trial("/nowhere/vaultlint");
  await backend.start();
  expect(said).toEqual(["Vaultlint is starting", "Vaultlint is not running"]);
  expect(standing.advice).toMatch(/^There is no file “\/nowhere\/vaultlint”\. Give the path/);
});
