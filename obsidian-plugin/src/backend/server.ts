import {
  type ClientCapabilities,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  LogMessageNotification,
  type ProtocolConnection,
  ShutdownRequest,
} from "vscode-languageserver-protocol";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { type Advice, crashed, Failure, silent, tooOld, withoutServer } from "./advice";
import type { Log } from "./log";
import { type Command, ServerProcess, versionOf, within } from "./process";
import { isRecent } from "./version";

/** How long each step of a start or of an end may take before the next one is forced, in ms. */
export interface Patience {
  readonly start: number;
  readonly stop: number;
}

/** What this plugin does with what the server sends. Without pull diagnostics those of all notes are pushed. */
const CAPABILITIES: ClientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  workspace: {
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true, resourceOperations: ["create"], failureHandling: "abort" },
    didChangeConfiguration: {},
    didChangeWatchedFiles: {},
    fileOperations: { didRename: true },
    executeCommand: {},
  },
  window: { workDoneProgress: true },
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: { versionSupport: true },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } },
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
    },
  },
};

/** A language server that is ready, with the connection to it. */
export class Server {
  private constructor(
    readonly version: string,
    readonly connection: ProtocolConnection,
    private readonly command: Command,
    private readonly process: ServerProcess,
    private readonly log: Log,
    private readonly patience: Patience,
  ) {}

  /**
   * Start the program for the vault at the URI `root`. Settles when the server has introduced itself, before
   * it tells anything of the vault. Throws a `Failure` where that does not come about, then nothing is left
   * running; `signal` gives up on it.
   */
  static async start(
    command: Command,
    root: string,
    log: Log,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<Server> {
    const version = await versionOf(command, signal);
    if (!isRecent(version)) throw new Failure(tooOld(command.program, version));
    const child = await ServerProcess.start(command, (piece) => log.add(piece));
    log.line(`started ${command.program}, version ${version}, as process ${child.id}`);
    const server = new Server(version, connected(child, log), command, child, log, patience);
    const giveUp = (): void => child.kill();
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
    try {
      await server.introduce(root);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
    return server;
  }

  /** Settles with what to say of it once the server is gone, whoever ended it. */
  async ended(): Promise<Advice> {
    const { status, signal } = await this.process.ended;
    this.connection.dispose();
    this.log.line(`the server ended (${signal ?? status})`);
    return crashed(this.command.program, this.process.said);
  }

  /** Ask it to end, and see to it that it does. Settles once its process is gone. */
  async stop(): Promise<void> {
    const asked = await within(this.logged(this.goodbye()), this.patience.stop);
    await this.process.end(asked === true ? this.patience.stop : 0);
  }

  /** End it at once, without waiting: the app is going away. */
  kill(): void {
    this.process.kill();
  }

  private async introduce(root: string): Promise<void> {
    const params: Omit<InitializeParams, "rootUri"> = {
      processId: process.pid, // the server ends with the app
      workspaceFolders: [{ uri: root, name: "vault" }],
      capabilities: CAPABILITIES,
    };
    const answered = this.logged(this.connection.sendRequest(InitializeRequest.method, params));
    const ended = this.process.ended.then(() => false);
    const answer = await within(Promise.race([answered, ended]), this.patience.start);
    if (answer === true) {
      void this.logged(this.connection.sendNotification(InitializedNotification.type, {}));
      return;
    }
    await this.process.end(this.patience.stop);
    const { program } = this.command;
    if (answer === null) throw new Failure(silent(program));
    const { said } = this.process;
    throw new Failure(
      said.includes("obsidian-vaultlint[lsp]") ? withoutServer(program) : crashed(program, said),
    );
  }

  private async goodbye(): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
  }

  /** Whether it came about; where it did not, the log says why. */
  private async logged(sent: Promise<unknown>): Promise<boolean> {
    try {
      await sent;
      return true;
    } catch (error) {
      this.log.line(String(error));
      return false;
    }
  }
}

function connected(child: ServerProcess, log: Log): ProtocolConnection {
  const line = (message: string): void => log.line(message);
  const connection = createProtocolConnection(
    new StreamMessageReader(child.output),
    new StreamMessageWriter(child.input),
    { error: line, warn: line, info: line, log: line },
  );
  connection.onError(([error]) => log.line(String(error)));
  connection.onNotification(LogMessageNotification.type, ({ message }) => log.line(message));
  connection.listen();
  return connection;
}
