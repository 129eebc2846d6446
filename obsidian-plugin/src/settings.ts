import { type EventRef, Events } from "obsidian";
import { SEVERITIES, type Severity } from "./findings";

/** When notes are checked: while typing, when Obsidian saves them, or by command alone. */
export const MOMENTS = ["type", "save", "off"] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Settings {
  /** The absolute path of the program; empty: looked for in the usual places. */
  program: string;
  when: Moment;
  /** The severities that are shown, in the editor and in the pane. */
  severities: Severity[];
  /** Whether the server's messages are kept, to be read in the settings. */
  log: boolean;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  program: "",
  when: "type",
  severities: [...SEVERITIES],
  log: false,
};

/** The settings in what Obsidian kept of them; what is missing or wrong there has its default. */
export function settingsFrom(kept: unknown): Settings {
  const { program, when, severities, log }: Partial<Record<keyof Settings, unknown>> =
    typeof kept === "object" && kept !== null ? kept : {};
  return {
    program: typeof program === "string" ? program : DEFAULT_SETTINGS.program,
    when: MOMENTS.find((moment) => moment === when) ?? DEFAULT_SETTINGS.when,
    severities: Array.isArray(severities)
      ? SEVERITIES.filter((severity) => severities.includes(severity))
      : [...DEFAULT_SETTINGS.severities],
    log: typeof log === "boolean" ? log : DEFAULT_SETTINGS.log,
  };
}

/** The settings in force, and those who want to hear of their changes. */
export class SettingsInForce extends Events {
  private settings: Settings;

  /** `keep` is asked to keep what is changed. */
  constructor(
    kept: unknown,
    private readonly keep: (settings: Settings) => Promise<void>,
  ) {
    super();
    this.settings = settingsFrom(kept);
  }

  get now(): Readonly<Settings> {
    return this.settings;
  }

  /** Change some of them, at once; settles when they are kept. */
  async change(some: Partial<Settings>): Promise<void> {
    this.replace({ ...this.settings, ...some });
    await this.keep(this.settings);
  }

  /** Take what was kept by another device. */
  replace(kept: unknown): void {
    this.settings = settingsFrom(kept);
    this.trigger("changed");
  }

  onChange(heard: (now: Readonly<Settings>) => void): EventRef {
    return this.on("changed", () => heard(this.settings));
  }
}
