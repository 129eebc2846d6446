import { type EventRef, Events } from "obsidian";
import {
  type ProgressToken,
  type ProtocolConnection,
  WorkDoneProgress,
  WorkDoneProgressCreateRequest,
} from "vscode-languageserver-protocol";

/** How far the server is with reading the vault. */
export class Progress extends Events {
  private readonly percentages = new Map<ProgressToken, number>();

  /** In percent; null where nothing is being read. */
  get percentage(): number | null {
    return this.percentages.size === 0 ? null : Math.min(...this.percentages.values());
  }

  /** Hear this server, and nothing more of one before it. */
  listen(connection: ProtocolConnection): void {
    this.percentages.clear();
    connection.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
      connection.onProgress(WorkDoneProgress.type, token, (step) => {
        if (step.kind === "end") this.percentages.delete(token);
        else this.percentages.set(token, step.percentage ?? 0);
        this.trigger("changed");
      });
    });
  }

  /** Hear of each step. */
  onChange(heard: () => void): EventRef {
    return this.on("changed", heard);
  }
}
