import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { ProtocolConnection } from "vscode-languageserver-protocol";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { Backend } from "../src/backend/backend";
import { Log } from "../src/backend/log";
import { THIS_SYSTEM } from "../src/backend/system";
import { VaultUris } from "../src/uris";
import { folderWith } from "./vaults";

/** A backend for the vault in a folder, with the real program or another one; ended with the test. */
export async function backendFor(folder: string, program = ""): Promise<Backend> {
  const env = { ...process.env, XDG_CACHE_HOME: await folderWith({}) };
  const { root } = new VaultUris(folder);
  const system = { ...THIS_SYSTEM, env };
  const backend = new Backend({ folder, root, system, log: new Log(20_000), program: () => program });
  onTestFinished(() => backend.close());
  return backend;
}

/** Both ends of a connection, for what the real server does not say. */
export function connectionPair(): readonly [editor: ProtocolConnection, server: ProtocolConnection] {
  const [toServer, toEditor] = [new PassThrough(), new PassThrough()];
  const ends = [connection(toEditor, toServer), connection(toServer, toEditor)] as const;
  onTestFinished(() => {
    for (const end of ends) end.dispose();
  });
  return ends;
}

function connection(input: PassThrough, output: PassThrough): ProtocolConnection {
  const made = createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  made.listen();
  return made;
}
