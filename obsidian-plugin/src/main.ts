import { FileSystemAdapter, Notice, Plugin } from "obsidian";
import { Actions } from "./actions";
import { Backend } from "./backend/backend";
import { Log } from "./backend/log";
import { THIS_SYSTEM } from "./backend/system";
import { addCommands } from "./commands";
import { Documents } from "./documents";
import { EditorFindings } from "./editor/extension";
import { Findings } from "./findings";
import { Standing } from "./pane/standing";
import { StatusBar } from "./pane/status";
import { type PaneActions, PROBLEMS, ProblemsView, type Shown } from "./pane/view";
import { showPlace } from "./place";
import { Progress } from "./progress";
import { Rules } from "./rules";
import { type Settings, SettingsInForce } from "./settings";
import { VaultlintSettingTab } from "./settings-tab";
import { Tasks } from "./tasks";
import { VaultUris } from "./uris";

/** Where the path of the program is kept: on this device, since another one has it elsewhere. */
const PROGRAM = "vaultlint-program";

const LOG_CHARACTERS = 200_000;
const NOTICE_MS = 15_000;

export default class VaultlintPlugin extends Plugin {
  private settingsInForce = new SettingsInForce(null, (settings) => this.keep(settings));

  override async onload(): Promise<void> {
    const { adapter } = this.app.vault;
    if (!(adapter instanceof FileSystemAdapter)) return;
    const settings = this.settingsInForce;
    const folder = adapter.getBasePath();
    const uris = new VaultUris(folder);
    const log = new Log(LOG_CHARACTERS, () => settings.now.log);
    const backend = new Backend({
      folder,
      root: uris.root,
      system: THIS_SYSTEM,
      log,
      program: () => settings.now.program,
    });
    const findings = new Findings(uris);
    const documents = new Documents(this.app, uris, () => settings.now.when);
    const rules = new Rules();
    const progress = new Progress();
    const sync = (path?: string): void => documents.sync(path);
    const tasks = new Tasks({ app: this.app, uris, backend, rules, sync });
    const actions = new Actions(
      () => backend.connection,
      documents,
      uris,
      (edit, hashes) => tasks.applyEdit(edit, hashes),
    );
    const editors = new EditorFindings({
      actions,
      documents,
      findings,
      severities: () => settings.now.severities,
      nameOf: (code) => rules.nameOf(code),
      explain: (code) => tasks.explain(code),
    });

    this.register(() => findings.clear());
    this.addChild(documents);
    this.register(() => void backend.close());
    this.registerDomEvent(window, "pagehide", () => backend.abandon());
    this.registerEvent(
      backend.onReady((connection) => {
        findings.clear();
        findings.listen(connection);
        progress.listen(connection);
        documents.connect(connection);
        rules.ask(connection).catch((error: unknown) => log.line(String(error))); // it went away meanwhile
      }),
    );
    this.registerEvent(
      backend.onState((state) => {
        if (state.kind !== "failed") return;
        findings.clear();
        new Notice(`${state.advice.what} ${state.advice.todo}`, NOTICE_MS);
      }),
    );
    this.registerEvent(backend.onMessage((message) => void new Notice(message, NOTICE_MS)));
    this.addSettingTab(new VaultlintSettingTab(this.app, this, settings, backend, log));
    this.registerEditorExtension(editors.extension);
    this.registerEvent(settings.onChange(() => editors.refresh()));
    this.showProblems(findings, rules, new Standing(backend, progress), tasks);
    addCommands(this, { app: this.app, tasks, findings, rules, actions });
    const startIfWanted = (): void => {
      if (settings.now.when !== "off" && backend.state.kind === "off") void backend.start();
    };
    settings.replace(await this.kept()); // last, so that all is registered however soon this is unloaded
    this.registerEvent(settings.onChange(startIfWanted));
    this.app.workspace.onLayoutReady(startIfWanted);
  }

  /** Add the pane with the problems, and their counts to the status bar. */
  private showProblems(findings: Findings, rules: Rules, standing: Standing, tasks: Tasks): void {
    const settings = this.settingsInForce;
    const shown: Shown = {
      findings,
      severities: () => settings.now.severities,
      nameOf: (code) => rules.nameOf(code),
      nothing: () => standing.advice,
      onChange: (heard) => [
        findings.onChange(heard),
        rules.onChange(heard),
        settings.onChange(heard),
        ...standing.onChange(heard),
      ],
    };
    const actions: PaneActions = {
      show: (path, range, fresh) => void showPlace(this.app, path, range, fresh),
      explain: (code) => void tasks.explain(code),
      checkVault: () => void tasks.checkVault(),
      fixVault: () => void tasks.fixVault(),
    };
    this.registerView(PROBLEMS, (leaf) => new ProblemsView(leaf, shown, actions));
    const words = (): string | null => standing.words;
    const status = { ...shown, words };
    this.addChild(new StatusBar(this.addStatusBarItem(), status, () => void tasks.openPane()));
  }

  /** The settings came from another device. */
  override async onExternalSettingsChange(): Promise<void> {
    this.settingsInForce.replace(await this.kept());
  }

  private async kept(): Promise<unknown> {
    const shared: unknown = await this.loadData();
    const program: unknown = this.app.loadLocalStorage(PROGRAM);
    return { ...(typeof shared === "object" ? shared : null), program };
  }

  private async keep({ program, ...shared }: Settings): Promise<void> {
    this.app.saveLocalStorage(PROGRAM, program === "" ? null : program);
    await this.saveData(shared);
  }
}
