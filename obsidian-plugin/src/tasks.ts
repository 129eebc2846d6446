import { type App, Notice } from "obsidian";
import {
  CreateFile,
  DidChangeConfigurationNotification,
  type ProtocolConnection,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol";
import type { Backend } from "./backend/backend";
import { RulePage } from "./explain";
import { applyWorkspaceEdit, type Hashes } from "./fixing/changes";
import { applyPlan, inWords, leftInWords } from "./fixing/fix";
import { type Plan, planFixes, type Wish } from "./fixing/plan";
import { Preview } from "./fixing/preview";
import { whileWaiting } from "./fixing/waiting";
import { PROBLEMS, ProblemsView } from "./pane/view";
import { pageOf, type Rules } from "./rules";
import type { VaultUris } from "./uris";

/** How long messages stay that have more to say than that something was done, in ms. */
const LONG = 10_000;

/** What the tasks need of the plugin. */
export interface TaskParts {
  readonly app: App;
  readonly uris: VaultUris;
  readonly backend: Backend;
  readonly rules: Rules;
  /** Has the server know the texts that the editors have: of this note, or of all. */
  sync(path?: string): void;
}

/** What a person can have done. Each starts the server if need be, and says what could not be done. */
export class Tasks {
  constructor(private readonly parts: TaskParts) {}

  /** Have the note looked at as it is now, and show what is found in it. */
  async checkNote(path: string): Promise<void> {
    await this.withServer(async () => {
      this.parts.sync(path);
      const pane = await this.openPane();
      pane?.showNote(path);
    });
  }

  /** Have the vault read again, with its configuration, and show what is found. */
  async checkVault(): Promise<void> {
    const isFresh = this.parts.backend.connection === null;
    await this.withServer(async (connection) => {
      this.parts.sync();
      if (!isFresh) {
        await connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
      }
      await this.openPane();
    });
  }

  /** Do the safe fixes that touch this note alone. */
  async fixNote(path: string): Promise<void> {
    await this.withServer(async (connection) => {
      const plan = await this.plan(connection, { path });
      if (plan !== null) await this.doPlan(plan);
    });
  }

  /** Show the safe fixes of the vault, and do those that are wanted. */
  async fixVault(): Promise<void> {
    const { app, rules } = this.parts;
    await this.withServer(async (connection) => {
      const plan = await this.plan(connection, {});
      if (plan === null) return;
      if (plan.fixes.length === 0) {
        new Notice(inWords({ fixes: 0, notes: 0, left: plan.refused }), LONG);
        return;
      }
      const preview = new Preview(app, plan.fixes, {
        nameOf: (code) => rules.nameOf(code),
        fix: async (without, progress, giveUp) => {
          let isDone = false;
          await this.withServer(async (now) => {
            const wanted = without.length === 0 ? plan : await this.plan(now, { without }, giveUp);
            if (wanted === null) return;
            await this.doPlan(wanted, (done) => progress(done / wanted.edits.length));
            isDone = true;
          });
          return isDone;
        },
      });
      preview.open();
    });
  }

  /** Show the page of a rule. */
  async explain(code: string): Promise<void> {
    await this.withServer(async (connection) => {
      new RulePage(this.parts.app, await pageOf(connection, code)).open();
    });
  }

  /** Do an edit of the server; says so where it cannot be done, or a note was made. */
  async applyEdit(edit: WorkspaceEdit, hashes: Hashes): Promise<void> {
    const { app, uris } = this.parts;
    const { changed, left } = await applyWorkspaceEdit(app, uris, edit, hashes);
    if (left.length > 0) new Notice(`Nothing was changed. ${leftInWords(left)}`, LONG);
    else if (edit.documentChanges?.some((each) => CreateFile.is(each)))
      new Notice(`Made ${changed.join(", ")}.`);
  }

  /** Open the pane with the problems, or bring it to the front. */
  async openPane(): Promise<ProblemsView | null> {
    const { workspace } = this.parts.app;
    let [leaf] = workspace.getLeavesOfType(PROBLEMS);
    if (leaf === undefined) leaf = await workspace.ensureSideLeaf(PROBLEMS, "right", { active: true });
    await workspace.revealLeaf(leaf);
    return leaf.view instanceof ProblemsView ? leaf.view : null;
  }

  /** Plan what is wished, and say how far that is; null where the person gives it up. */
  private async plan(
    connection: ProtocolConnection,
    wish: Wish,
    giveUp = new AbortController(),
  ): Promise<Plan | null> {
    const { signal } = giveUp;
    this.parts.sync(wish.path);
    return whileWaiting("Working out what can be fixed", giveUp, (say) =>
      planFixes(connection, this.parts.uris, wish, { signal, say }),
    );
  }

  private async doPlan(plan: Plan, progress?: (done: number) => void): Promise<void> {
    const { app, uris } = this.parts;
    const fixed = await applyPlan(app, uris, plan, progress);
    new Notice(inWords(fixed), fixed.left.length > 0 ? LONG : undefined);
    this.parts.sync();
  }

  /** Do something with the server, once it runs, and say what went wrong. Where it does not, the backend says why. */
  async withServer(action: (connection: ProtocolConnection) => Promise<void>): Promise<void> {
    const { backend } = this.parts;
    if (backend.connection === null) await backend.start();
    const { connection } = backend;
    if (connection === null) return;
    try {
      await action(connection);
    } catch (error) {
      new Notice(
        `Vaultlint could not do that: ${error instanceof Error ? error.message : String(error)}`,
        LONG,
      );
    }
  }
}
