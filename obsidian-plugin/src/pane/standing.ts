import type { EventRef } from "obsidian";
import type { Backend } from "../backend/backend";
import type { Progress } from "../progress";

/** Knows whether the vault is being looked at, and says it to people. */
export class Standing {
  constructor(
    private readonly backend: Backend,
    private readonly progress: Progress,
  ) {}

  /** What is to be said before any counts; null where the counts say it all. */
  get words(): string | null {
    const { kind } = this.backend.state;
    if (kind === "ready") {
      const { percentage } = this.progress;
      return percentage === null ? null : `Checking the vault: ${percentage} %`;
    }
    return kind === "starting" ? "Vaultlint is starting" : "Vaultlint is not running";
  }

  /** The same for people who want to know what to do about it. */
  get advice(): string {
    const { state } = this.backend;
    if (state.kind === "failed") return `${state.advice.what} ${state.advice.todo}`;
    if (state.kind === "off") return "The vault was not checked yet.";
    return this.words ?? "No problems found.";
  }

  onChange(heard: () => void): EventRef[] {
    return [this.backend.onState(heard), this.progress.onChange(heard)];
  }
}
