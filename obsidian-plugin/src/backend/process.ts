import {
  type ChildProcessWithoutNullStreams,
  execFile,
  type ExecFileException,
  spawn,
} from "node:child_process";
import { broken, Failure, noSuchFile, notExecutable, otherProgram, silent, withoutPython } from "./advice";
import { Log } from "./log";
import type { System } from "./system";
import { versionIn } from "./version";

/** A program, where it runs, and in which surroundings. */
export interface Command {
  /** The absolute path. */
  readonly program: string;
  /** The vault's folder, absolute. */
  readonly folder: string;
  readonly system: System;
}

/** How a process ended: with a status, or by a signal. */
export interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

const VERSION_MS = 30_000; // Python starts slowly from a cold disk with a virus scanner
const TAIL = 4_000; // characters

/** The version of the program, which has ended by then. Throws a `Failure` where it is none that tells a version of vaultlint. */
export async function versionOf(command: Command, signal: AbortSignal): Promise<string> {
  const { program, folder } = command;
  const options = {
    cwd: folder,
    env: environment(command.system),
    timeout: VERSION_MS,
    killSignal: "SIGKILL",
    maxBuffer: 100_000,
    windowsHide: true,
    signal,
  } as const;
  const { error, stdout, stderr } = await new Promise<Told>((resolve) => {
    const child = execFile(program, ["--version"], options, (error, stdout, stderr) => {
      const told = { error, stdout, stderr };
      // Whoever gives up is answered before the process is gone.
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) resolve(told);
      else child.once("exit", () => resolve(told));
    });
  });
  const code = error?.code;
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") throw new Failure(otherProgram(program));
  if (typeof code === "string") throw await unstarted(command, code);
  if (error !== null) throw new Failure(error.killed === true ? silent(program) : broken(program, stderr));
  const version = versionIn(stdout);
  if (version === null) throw new Failure(otherProgram(program));
  return version;
}

interface Told {
  readonly error: ExecFileException | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why the system did not start a program, by the code of its error. */
async function unstarted({ program, system }: Command, code: string): Promise<Failure> {
  if (code !== "ENOENT") return new Failure(notExecutable(program));
  if ((await system.kind(program)) === "nothing") return new Failure(noSuchFile(program));
  return new Failure(withoutPython(program, sandboxOf(system)));
}

function sandboxOf({ env }: System): string | null {
  if (env["FLATPAK_ID"] !== undefined) return "Flatpak";
  return env["SNAP"] !== undefined ? "Snap" : null;
}

/** Python's messages come in UTF-8, whatever the system's code page is. */
function environment({ env }: System): NodeJS.ProcessEnv {
  return { ...env, PYTHONIOENCODING: "utf-8" };
}

/** A running `vaultlint lsp`. */
export class ServerProcess {
  /** Settles once the process is gone and all that it said is read. */
  readonly ended: Promise<End>;
  private readonly tail = new Log(TAIL);

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    heard: (piece: string) => void,
  ) {
    this.ended = new Promise((resolve) => {
      child.once("close", (status, signal) => {
        resolve({ status, signal });
      });
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      this.tail.add(piece);
      heard(piece);
    });
    child.stdin.on("error", (error) => heard(`the server does not listen any more: ${error.message}\n`));
  }

  /** Start it; `heard` gets what it says on standard error. Throws a `Failure` where it cannot be started. */
  static async start(command: Command, heard: (piece: string) => void): Promise<ServerProcess> {
    const child = spawn(command.program, ["lsp"], {
      cwd: command.folder,
      env: environment(command.system),
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const started = new ServerProcess(child, heard);
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      child.once("spawn", () => resolve(null));
      child.on("error", resolve); // stays: without a listener a later one would be thrown in the app
    });
    if (error !== null) throw await unstarted(command, error.code ?? "");
    return started;
  }

  get id(): number | undefined {
    return this.child.pid;
  }

  get output(): NodeJS.ReadableStream {
    return this.child.stdout;
  }

  get input(): NodeJS.WritableStream {
    return this.child.stdin;
  }

  /** The last of what it said on standard error. */
  get said(): string {
    return this.tail.text;
  }

  /** Wait for it to end, as it was asked to; with force where it does not, each step after so many ms. */
  async end(patience: number): Promise<void> {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if ((await within(this.ended, patience)) !== null) return;
      this.child.kill(signal);
    }
    // What it may have started itself can hold the other ends open.
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy();
    await this.ended;
  }

  /** End it at once, without waiting. */
  kill(): void {
    this.child.kill();
  }
}

/** What is promised; null where it takes longer than so many ms. */
export async function within<Result>(promise: Promise<Result>, ms: number): Promise<Result | null> {
  let timer = 0;
  const late = new Promise<null>((resolve) => {
    timer = window.setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    window.clearTimeout(timer);
  }
}
