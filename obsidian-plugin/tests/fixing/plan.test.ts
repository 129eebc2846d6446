import { expect, test, vi } from "vitest";
import type { ProtocolConnection } from "vscode-languageserver-protocol";
import { planFixes } from "../../src/fixing/plan";
import { VaultUris } from "../../src/uris";
import { backendFor } from "../servers";
import { vaultWith } from "../vaults";

const NOTES = 500;
const LINKS = 20;

/** A connection to the real server, over a vault in which it has something to do. */
async function trial(): Promise<{ connection: ProtocolConnection; uris: VaultUris }> {
  const text = "[[Soil_type]]\n".repeat(LINKS);
  const notes = Array.from({ length: NOTES }, (_, number) => [`Note ${number}.md`, text] as const);
  const folder = await vaultWith({ "Soil type.md": "[[Note 0]]\n", ...Object.fromEntries(notes) });
  const backend = await backendFor(folder);
  await backend.start();
  const { connection } = backend;
  if (connection === null) throw new Error("the server does not run");
  return { connection, uris: new VaultUris(folder) };
}

test("a plan says how far it is, can be given up at any time, and can be made again", async () => {
  const { connection, uris } = await trial();
  const said: string[] = [];
  const make = (until: string | null): ReturnType<typeof planFixes> => {
    const giveUp = new AbortController();
    said.length = 0;
    if (until === "") giveUp.abort();
    const say = (words: string): void => {
      said.push(words);
      if (until !== null && words.startsWith(until)) giveUp.abort();
    };
    return planFixes(connection, uris, {}, { signal: giveUp.signal, say });
  };
  for (const until of ["", "looking for fixes", "round 1, checking", "listing them"]) {
    expect(await make(until)).toBeNull();
  }
  const plan = await make(null);
  expect(plan?.fixes).toHaveLength(NOTES * LINKS);
  expect(plan?.edits).toHaveLength(NOTES);
  expect(said).toContain("round 1, checking what they make: 50 %");
});

test("a note outside the vault has no fixes, and without a server there is no plan", async () => {
  const { connection, uris } = await trial();
  vi.spyOn(uris, "of").mockReturnValue("file:///elsewhere.md");
  const waiting = { signal: new AbortController().signal, say: vi.fn() };
  await expect(planFixes(connection, uris, { path: "elsewhere.md" }, waiting)).resolves.toEqual({
    fixes: [],
    edits: [],
    refused: [],
  });
  connection.dispose();
  await expect(planFixes(connection, uris, {}, waiting)).rejects.toThrow();
});
