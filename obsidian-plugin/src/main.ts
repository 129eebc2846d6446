import { FileSystemAdapter, Notice, Plugin } from "obsidian";
import { Backend } from "./backend/backend";
import { Log } from "./backend/log";
import { THIS_SYSTEM } from "./backend/system";
import { Findings } from "./findings";
import { type Settings, SettingsInForce } from "./settings";
import { VaultlintSettingTab } from "./settings-tab";
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

    this.register(() => findings.clear());
    this.register(() => void backend.close());
    this.registerDomEvent(window, "pagehide", () => backend.abandon());
    this.registerEvent(
      backend.onReady((connection) => {
        findings.clear();
        findings.listen(connection);
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
    const startIfWanted = (): void => {
      if (settings.now.when !== "off" && backend.state.kind === "off") void backend.start();
    };
    settings.replace(await this.kept()); // last, so that all is registered however soon this is unloaded
    this.registerEvent(settings.onChange(startIfWanted));
    this.app.workspace.onLayoutReady(startIfWanted);
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
