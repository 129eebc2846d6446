import { FileSystemAdapter, Plugin } from "obsidian";
import { Findings } from "./findings";
import { type Settings, settingsFrom } from "./settings";
import { VaultUris } from "./uris";

export default class VaultlintPlugin extends Plugin {
  settings: Settings = settingsFrom(null);

  override async onload(): Promise<void> {
    this.settings = settingsFrom(await this.loadData());
    const { adapter } = this.app.vault;
    if (!(adapter instanceof FileSystemAdapter)) return;
    const uris = new VaultUris(adapter.getBasePath());
    const findings = new Findings(uris);
    this.register(() => findings.clear());
  }

  async save(settings: Settings): Promise<void> {
    this.settings = settings;
    await this.saveData(settings);
  }
}
