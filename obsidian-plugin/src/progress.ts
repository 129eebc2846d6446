import { type EventRef, Events } from "obsidian";
import {
  type ProgressToken,
  type ProtocolConnection,
  WorkDoneProgress,
  WorkDoneProgressCreateRequest,
} from "vscode-languageserver-protocol";

/** How far the server is with looking at the vault. */
export class Progress extends Events {
  private percentages = new Map<ProgressToken, number>();

  /** In percent; null where the vault is not being looked at. */
  get percentage(): number | null {
    return this.percentages.size === 0 ? null : Math.min(...this.percentages.values());
  }

  /** Hear this server, and nothing more of one before it. */
  listen(connection: ProtocolConnection): void {
    const percentages = new Map<ProgressToken, number>();
    this.percentages = percentages;
    connection.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
      const heard = connection.onProgress(WorkDoneProgress.type, token, (step) => {
        if (step.kind === "end") {
          percentages.delete(token);
          heard.dispose();
        } else {
          percentages.set(token, step.percentage ?? percentages.get(token) ?? 0);
        }
        if (percentages === this.percentages) this.trigger("changed");
      });
    });
    this.trigger("changed");
  }

  /** Hear of each step. */
  onChange(heard: () => void): EventRef {
    return this.on("changed", heard);
  }
}
