import { expect, test, vi } from "vitest";
import {
  type ProtocolConnection,
  WorkDoneProgress,
  WorkDoneProgressCreateRequest,
} from "vscode-languageserver-protocol";
import { Findings } from "../src/findings";
import { Progress } from "../src/progress";
import { VaultUris } from "../src/uris";
import { backendFor, connectionPair } from "./servers";
import { vaultWith } from "./vaults";

const NOTES = 1_000;

/** Progress, and all that it told so far. */
function heard(): { progress: Progress; told: (number | null)[] } {
  const progress = new Progress();
  const told: (number | null)[] = [];
  progress.onChange(() => told.push(progress.percentage));
  return { progress, told };
}

/** Begin some work at the server's end. */
async function begun(server: ProtocolConnection, token: string, percentage?: number): Promise<void> {
  await server.sendRequest(WorkDoneProgressCreateRequest.type, { token });
  const step = {
    kind: "begin",
    title: "checking",
    ...(percentage === undefined ? {} : { percentage }),
  } as const;
  await server.sendProgress(WorkDoneProgress.type, token, step);
}

test("of the real server it says how far the vault is checked, until all is found", async () => {
  const notes = Array.from({ length: NOTES }, (_, number) => [`Note ${number}.md`, "[[Gone]]\n"] as const);
  const folder = await vaultWith(Object.fromEntries(notes));
  const backend = await backendFor(folder);
  const findings = new Findings(new VaultUris(folder));
  const { progress, told } = heard();
  backend.onReady((connection) => {
    findings.listen(connection);
    progress.listen(connection);
  });
  for (const round of ["first", "again"]) {
    findings.clear();
    told.length = 0;
    await (round === "first" ? backend.start() : backend.restart());
    await vi.waitFor(() => expect(told.slice(1)).toContain(null), 30_000);
    expect([...findings.all()]).toHaveLength(NOTES);
    const shares = told.slice(1).filter((each) => each !== null);
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(progress.percentage).toBeNull();
  }
});

test("of several works it says how far the slowest is, and a step that tells no share leaves it", async () => {
  const [editor, server] = connectionPair();
  const { progress } = heard();
  progress.listen(editor);
  await begun(server, "one", 0);
  await begun(server, "other");
  await server.sendProgress(WorkDoneProgress.type, "one", { kind: "report", percentage: 60 });
  await server.sendProgress(WorkDoneProgress.type, "other", { kind: "report", percentage: 40 });
  await server.sendProgress(WorkDoneProgress.type, "other", { kind: "report", message: "a word" });
  await vi.waitFor(() => expect(progress.percentage).toBe(40));
  await server.sendProgress(WorkDoneProgress.type, "other", { kind: "end" });
  await vi.waitFor(() => expect(progress.percentage).toBe(60));
  await server.sendProgress(WorkDoneProgress.type, "one", { kind: "report", message: "a word" });
  await server.sendProgress(WorkDoneProgress.type, "one", { kind: "end" });
  await vi.waitFor(() => expect(progress.percentage).toBeNull());
});

test("what an earlier server still says counts no more", async () => {
  const [first, server] = connectionPair();
  const [second] = connectionPair();
  const { progress, told } = heard();
  progress.listen(first);
  await begun(server, "one", 20);
  await vi.waitFor(() => expect(progress.percentage).toBe(20));
  progress.listen(second);
  expect(progress.percentage).toBeNull();
  told.length = 0;
  await server.sendProgress(WorkDoneProgress.type, "one", { kind: "report", percentage: 30 });
  await begun(server, "two", 40);
  expect(told).toEqual([]);
  expect(progress.percentage).toBeNull();
});
