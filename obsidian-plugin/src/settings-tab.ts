import { type App, Modal, Notice, type Plugin, PluginSettingTab, Setting } from "obsidian";
import type { Advice } from "./backend/advice";
import type { Backend, State } from "./backend/backend";
import type { Log } from "./backend/log";
import { SEVERITIES, type Severity } from "./findings";
import { type Moment, MOMENTS, type SettingsInForce } from "./settings";

const MOMENT_NAMES: Readonly<Record<Moment, string>> = {
  type: "While you type",
  save: "When the note is saved",
  off: "Only by command",
};

const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  error: "Show errors",
  warning: "Show warnings",
  info: "Show hints",
};

const STATE_NAMES: Readonly<Record<State["kind"], string>> = {
  off: "Not running",
  starting: "Starting",
  ready: "Running",
  failed: "Not running",
};

/** A row of the page; what `render` gives is called when the page goes away. */
interface Row {
  readonly name: string;
  readonly desc: string;
  readonly render: (setting: Setting) => (() => void) | void;
}

/** The plugin's page in the settings of the app. */
export class VaultlintSettingTab extends PluginSettingTab {
  private shown: (() => void)[] = [];

  constructor(
    app: App,
    plugin: Plugin,
    private readonly settings: SettingsInForce,
    private readonly backend: Backend,
    private readonly log: Log,
  ) {
    super(app, plugin);
  }

  /** From 1.13 on the app draws these, and finds them in its search. */
  getSettingDefinitions(): Row[] {
    return [
      this.serverRow(),
      this.programRow(),
      this.momentRow(),
      ...SEVERITIES.map((severity) => this.severityRow(severity)),
      this.logRow(),
    ];
  }

  /** Before 1.13 the page is drawn here. */
  override display(): void {
    this.containerEl.empty();
    for (const { name, desc, render } of this.getSettingDefinitions()) {
      const gone = render(new Setting(this.containerEl).setName(name).setDesc(desc));
      if (gone !== undefined) this.shown.push(gone);
    }
  }

  override hide(): void {
    for (const gone of this.shown.splice(0)) gone();
    this.useProgram();
    super.hide();
  }

  private serverRow(): Row {
    return {
      name: "Server",
      desc: "",
      render: (setting) => {
        setting.addButton((button) => button.setButtonText("Restart").onClick(() => this.restart()));
        const show = (state: State): void => void setting.setDesc(described(state));
        show(this.backend.state);
        const heard = this.backend.onState(show);
        return () => this.backend.offref(heard);
      },
    };
  }

  private programRow(): Row {
    return {
      name: "Path of the program",
      desc: "The whole path of vaultlint on this device. Leave it empty to have it looked for in the usual places.",
      render: (setting) => {
        setting.addText((text) => {
          text.setPlaceholder("Looked for").setValue(this.settings.now.program);
          text.onChange((program) => this.settings.change({ program }));
          text.inputEl.addEventListener("change", () => this.useProgram()); // left, or confirmed by Enter
        });
      },
    };
  }

  private momentRow(): Row {
    return {
      name: "Check notes",
      desc: "By command alone, the server is not started before the first one.",
      render: (setting) => {
        setting.addDropdown((dropdown) => {
          for (const moment of MOMENTS) dropdown.addOption(moment, MOMENT_NAMES[moment]);
          dropdown.setValue(this.settings.now.when).onChange((value) => {
            const when = MOMENTS.find((moment) => moment === value);
            return when === undefined ? undefined : this.settings.change({ when });
          });
        });
      },
    };
  }

  private severityRow(severity: Severity): Row {
    return {
      name: SEVERITY_NAMES[severity],
      desc: "",
      render: (setting) => {
        setting.addToggle((toggle) =>
          toggle.setValue(this.settings.now.severities.includes(severity)).onChange((wanted) => {
            const { severities } = this.settings.now;
            const shown = SEVERITIES.filter((each) =>
              each === severity ? wanted : severities.includes(each),
            );
            return this.settings.change({ severities: shown });
          }),
        );
      },
    };
  }

  private logRow(): Row {
    return {
      name: "Server log",
      desc: "Keep what the server says, to be read here. It stays in memory, and may name notes.",
      render: (setting) => {
        setting.addButton((button) =>
          button.setButtonText("Show").onClick(() => new LogModal(this.app, this.log).open()),
        );
        setting.addToggle((toggle) =>
          toggle.setValue(this.settings.now.log).onChange((log) => this.settings.change({ log })),
        );
      },
    };
  }

  /** Start with another path, where there is one. */
  private useProgram(): void {
    const { configured } = this.backend;
    if (configured !== null && configured !== this.settings.now.program) this.restart();
  }

  private restart(): void {
    void this.backend.restart();
  }
}

/** The state in words; of a failure also what to do about it, with the commands to be copied. */
function described(state: State): DocumentFragment {
  const words = createFragment();
  if (state.kind === "failed") {
    words.append(...advised(state.advice));
  } else {
    words.appendText(STATE_NAMES[state.kind]);
    if (state.kind === "ready") words.appendText(`: ${state.program}, version ${state.version}`);
  }
  return words;
}

function* advised({ what, todo, commands }: Advice): Generator<HTMLElement> {
  yield createDiv({ text: what, cls: "mod-warning" });
  yield createDiv({ text: todo });
  for (const command of commands) {
    const line = createDiv();
    line.createEl("code", { text: command });
    const copy = line.createEl("button", { text: "Copy", cls: "vaultlint-copy" });
    copy.addEventListener("click", () => void copied(command));
    yield line;
  }
}

/** Put a text on the clipboard. */
async function copied(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  new Notice("Copied to the clipboard.");
}

class LogModal extends Modal {
  constructor(
    app: App,
    private readonly log: Log,
  ) {
    super(app);
  }

  override onOpen(): void {
    const text = this.log.text || "Nothing is kept. Turn the log on, then restart the server.";
    this.setTitle("Server log");
    this.contentEl.createEl("pre", { text, cls: "vaultlint-log" });
    new Setting(this.contentEl).addButton((button) =>
      button.setButtonText("Copy").onClick(() => copied(text)),
    );
  }

  override onClose(): void {
    this.contentEl.empty();
  }
}
