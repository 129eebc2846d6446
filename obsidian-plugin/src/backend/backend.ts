import { type EventRef, Events } from "obsidian";
import { type ProtocolConnection, ShowMessageNotification } from "vscode-languageserver-protocol";
import { type Advice, Failure } from "./advice";
import type { Log } from "./log";
import { within } from "./process";
import { findProgram } from "./program";
import { type Patience, Server } from "./server";
import type { System } from "./system";

export type State =
  | { readonly kind: "off" }
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly version: string; readonly program: string }
  | { readonly kind: "failed"; readonly advice: Advice };

/** What the backend is told of the vault and the machine. */
export interface Surroundings {
  /** The vault's folder, absolute, and its URI. */
  readonly folder: string;
  readonly root: string;
  readonly system: System;
  readonly log: Log;
  /** The path of the program that the settings give; empty: it is looked for. */
  program(): string;
}

/** How long to wait, in ms. */
export interface Waits extends Patience {
  /** Before each start after a crash; after as many crashes as there are waits the server stays away. */
  readonly restarts: readonly number[];
  /** A server that ran so long before it crashed counts as the first one that did. */
  readonly calm: number;
}

const WAITS: Waits = {
  start: 60_000,
  stop: 2_000,
  restarts: [500, 2_000, 8_000, 30_000],
  calm: 300_000,
};

/** One language server for the vault: started when it is wanted, started again when it crashes, ended for good. */
export class Backend extends Events {
  private now: State = { kind: "off" };
  private server: Server | null = null;
  /** The wish for a server; what was done for an earlier one has no effect any more. */
  private wish = new AbortController();
  private starting: Promise<void> = Promise.resolve();
  private crashes = 0;
  private tried: string | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly waits: Waits = WAITS,
  ) {
    super();
  }

  get state(): State {
    return this.now;
  }

  /** The connection to the server that is ready; null while there is none. */
  get connection(): ProtocolConnection | null {
    return this.server?.connection ?? null;
  }

  /** The path that the settings gave when the server was last started; null before. */
  get configured(): string | null {
    return this.tried;
  }

  /** Have the server run, if it does not yet. Settles when it is ready, or has failed. */
  async start(): Promise<void> {
    const { signal } = this.wish;
    if (!signal.aborted && (this.now.kind === "off" || this.now.kind === "failed")) {
      this.crashes = 0;
      this.starting = this.open(signal);
    }
    await this.starting;
  }

  /** Have no server for now. Settles when its process is gone. */
  async stop(): Promise<void> {
    const closed = this.close();
    this.wish = new AbortController();
    await closed;
  }

  async restart(): Promise<void> {
    const stopped = this.stop();
    const { signal } = this.wish;
    await stopped;
    if (!signal.aborted) await this.start();
  }

  /** Have no server any more: nothing starts one from now on. Settles when its process is gone. */
  async close(): Promise<void> {
    const { server, starting } = this;
    this.wish.abort();
    this.server = null;
    this.enter({ kind: "off" });
    await Promise.all([server?.stop(), starting]);
  }

  /** The same without waiting: the app is going away. */
  abandon(): void {
    this.wish.abort();
    this.server?.kill();
  }

  /** Hear of each new state. */
  onState(heard: (state: State) => void): EventRef {
    return this.on("state", () => heard(this.now));
  }

  /** Hear of each server that is ready, before it tells anything: the one who hears may listen and tell. */
  onReady(heard: (connection: ProtocolConnection) => void): EventRef {
    return this.on("ready", () => {
      if (this.connection !== null) heard(this.connection);
    });
  }

  /** Hear what the server wants people to read. */
  onMessage(heard: (message: string) => void): EventRef {
    return this.on("message", (message) => {
      if (typeof message === "string") heard(message);
    });
  }

  private enter(state: State): void {
    const { kind } = state;
    if (kind === this.now.kind && (kind === "off" || kind === "starting")) return;
    this.now = state;
    this.trigger("state");
  }

  /** Start a server as long as that is wished; tells of it as of a state. */
  private async open(wish: AbortSignal): Promise<void> {
    const { folder, root, system, log } = this.around;
    this.enter({ kind: "starting" });
    try {
      this.tried = this.around.program();
      const program = await findProgram(this.tried, system);
      const server = await Server.start({ program, folder, system }, root, log, this.waits, wish);
      if (wish.aborted) await server.stop();
      else this.welcome(server, program, wish);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!wish.aborted) this.fail(error.advice);
    }
  }

  private welcome(server: Server, program: string, wish: AbortSignal): void {
    const since = performance.now();
    server.connection.onNotification(ShowMessageNotification.type, ({ message }) => {
      this.around.log.line(message);
      this.trigger("message", message);
    });
    this.server = server;
    this.enter({ kind: "ready", version: server.version, program });
    this.trigger("ready");
    void server.ended().then((advice) => {
      if (wish.aborted) return;
      if (performance.now() - since > this.waits.calm) this.crashes = 0;
      this.starting = this.reopen(advice, wish);
    });
  }

  /** After a crash: start again in a while, or say that this was once too often. */
  private async reopen(advice: Advice, wish: AbortSignal): Promise<void> {
    this.server = null;
    const wait = this.waits.restarts[this.crashes++];
    if (wait === undefined) {
      this.fail(advice);
      return;
    }
    this.enter({ kind: "starting" });
    await within(aborted(wish), wait);
    if (!wish.aborted) await this.open(wish);
  }

  private fail(advice: Advice): void {
    this.around.log.line(`${advice.what} ${advice.todo}`);
    this.enter({ kind: "failed", advice });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}
