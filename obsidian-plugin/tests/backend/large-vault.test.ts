import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import {
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
} from "vscode-languageserver-protocol";
import { Backend } from "../../src/backend/backend";
import { Log } from "../../src/backend/log";
import { THIS_SYSTEM } from "../../src/backend/system";
import { Findings } from "../../src/findings";
import { VaultUris } from "../../src/uris";
import { processesIn, TELLS_PROCESSES } from "../processes";
import { folderWith, vaultWith } from "../vaults";

const NOTES = 21_000;

/** A vault of small notes that link to each other in a ring; every tenth links to nothing as well. */
async function largeVault(): Promise<string> {
  const folder = await vaultWith({});
  for (let part = 0; part < NOTES / 1000; part++) mkdirSync(join(folder, `Part ${part}`));
  for (let number = 0; number < NOTES; number++) {
    const broken = number % 10 === 0 ? "[[Nowhere]]" : "";
    writeFileSync(join(folder, path(number)), `# Title\n\n[[Note ${(number + 1) % NOTES}]] ${broken}\n`);
  }
  return folder;
}

function path(number: number): string {
  return `Part ${Math.floor(number / 1000)}/Note ${number}.md`;
}

test("of 21,000 notes all findings come, a note is checked while it is typed, and the end is the end", async () => {
  const folder = await largeVault();
  const uris = new VaultUris(folder);
  const env = { ...process.env, XDG_CACHE_HOME: await folderWith({}) };
  const system = { ...THIS_SYSTEM, env };
  const backend = new Backend({ folder, root: uris.root, system, log: new Log(10_000), program: () => "" });
  const findings = new Findings(uris);
  backend.onReady((connection) => findings.listen(connection));

  await backend.start();
  await backend.stop(); // while it reads
  if (TELLS_PROCESSES) expect(await processesIn(folder)).toEqual([]);

  await backend.start();
  await vi.waitFor(() => expect([...findings.all()]).toHaveLength(NOTES / 10), 150_000);
  const { connection } = backend;
  const textDocument = { uri: uris.of(path(7)), version: 1 };
  await connection?.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { ...textDocument, languageId: "markdown", text: "[[Note 8]]\n" },
  });
  await connection?.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { ...textDocument, version: 2 },
    contentChanges: [{ text: "[[Note 8]] [[Nothing]]\n" }],
  });
  await vi.waitFor(
    () => expect(findings.of(path(7)).map(({ message }) => message)).toEqual(["no note is named “Nothing”"]),
    30_000,
  );
  await backend.close();
  if (TELLS_PROCESSES) expect(await processesIn(folder)).toEqual([]);
}, 240_000);
