import { type App, Modal } from "obsidian";
import { counted, folderOf, nameOfNote } from "../names";
import type { NoteDiff, PlannedFix } from "./plan";

/** Notes are open from the beginning where there are no more fixes than that. */
const FEW = 30;

/** What the preview asks of whoever opened it. */
export interface PreviewOwner {
  /** The name of the rule of a code. */
  nameOf(code: string): string;
  /**
   * Do all fixes but these, given by id; `progress` is to hear how much of it is done, from 0 to 1. `giveUp`
   * ends it as long as nothing is done. Gives whether it came to be done.
   */
  fix(
    without: readonly string[],
    progress: (done: number) => void,
    giveUp: AbortController,
  ): Promise<boolean>;
}

/** Shows fixes by note, each with its diff, and has those done that the person leaves ticked. */
export class Preview extends Modal {
  private readonly unwanted = new Set<string>();
  private readonly notes: readonly NoteFixes[];
  private readonly buttonEl: HTMLButtonElement;
  /** Gives up what is being planned; null where nothing is. */
  private giveUp: AbortController | null = null;

  constructor(
    app: App,
    private readonly fixes: readonly PlannedFix[],
    private readonly owner: PreviewOwner,
  ) {
    super(app);
    const byNote = new Map<string, PlannedFix[]>();
    for (const fix of fixes) {
      const some = byNote.get(fix.path);
      if (some === undefined) byNote.set(fix.path, [fix]);
      else some.push(fix);
    }
    this.modalEl.addClass("vaultlint-preview");
    this.setTitle("Fix vault");
    const found = `${counted(fixes.length, "problem")} in ${counted(byNote.size, "note")}`;
    this.contentEl.createEl("p", {
      text: `${found} can be fixed without risk. Changes of open notes can be undone in their editor.`,
    });
    const listEl = this.contentEl.createDiv("vaultlint-fixes");
    this.notes = [...byNote].map(([path, some]) => {
      const note = new NoteFixes(listEl, path, some, this.unwanted, owner, () => this.chosen());
      if (fixes.length <= FEW) note.open();
      return note;
    });
    const buttonsEl = this.contentEl.createDiv("modal-button-container");
    buttonsEl.createEl("button", { text: "Choose all" }).onclick = () => this.chooseAll(true);
    buttonsEl.createEl("button", { text: "Choose none" }).onclick = () => this.chooseAll(false);
    this.buttonEl = buttonsEl.createEl("button", "mod-cta");
    this.buttonEl.onclick = () => void this.fix();
    this.chosen();
  }

  override onClose(): void {
    this.giveUp?.abort();
    this.contentEl.empty();
  }

  private chooseAll(all: boolean): void {
    for (const note of this.notes) note.choose(all);
    this.chosen();
  }

  /** Something was ticked, or no longer is. */
  private chosen(): void {
    const wanted = this.fixes.filter(({ id }) => !this.unwanted.has(id)).length;
    this.buttonEl.setText(`Fix ${counted(wanted, "problem")}`);
    this.buttonEl.disabled = wanted === 0 || this.giveUp !== null;
  }

  private async fix(): Promise<void> {
    this.giveUp = new AbortController();
    this.chosen();
    const progress = (done: number): void => {
      this.buttonEl.setText(`Fixing: ${Math.floor(done * 100)} %`);
    };
    const isDone = await this.owner.fix([...this.unwanted], progress, this.giveUp);
    this.giveUp = null;
    if (isDone) this.close();
    else this.chosen();
  }
}

/** The fixes of a note in the preview. */
class NoteFixes {
  private readonly el: HTMLDetailsElement;
  private readonly box: HTMLInputElement;
  private boxes: (readonly [id: string, box: HTMLInputElement])[] | null = null;

  /** `unwanted` is kept up to date; `chosen` hears when it changed. */
  constructor(
    listEl: HTMLElement,
    path: string,
    private readonly fixes: readonly PlannedFix[],
    private readonly unwanted: Set<string>,
    private readonly owner: PreviewOwner,
    private readonly chosen: () => void,
  ) {
    this.el = listEl.createEl("details");
    const headEl = this.el.createEl("summary");
    const label = `Fix ${nameOfNote(path)}`;
    this.box = headEl.createEl("input", { type: "checkbox", attr: { "aria-label": label } });
    this.box.checked = true;
    this.box.addEventListener("change", () => {
      this.choose(this.box.checked);
      chosen();
    });
    headEl.createSpan({ cls: "vaultlint-name", text: nameOfNote(path) });
    headEl.createSpan({ cls: "vaultlint-more", text: folderOf(path) === "/" ? "" : folderOf(path) });
    headEl.createSpan({ cls: "vaultlint-count", text: String(fixes.length) });
    this.el.addEventListener("toggle", () => this.fill());
  }

  open(): void {
    this.el.open = true;
    this.fill();
  }

  /** Tick all fixes of the note, or none. */
  choose(all: boolean): void {
    for (const { id } of this.fixes) {
      if (all) this.unwanted.delete(id);
      else this.unwanted.add(id);
    }
    this.show();
  }

  /** Make what is inside, when it is seen first. */
  private fill(): void {
    this.boxes ??= this.fixes.map((fix) => {
      const box = fixEl(this.el, fix, this.owner.nameOf(fix.code));
      box.addEventListener("change", () => {
        if (box.checked) this.unwanted.delete(fix.id);
        else this.unwanted.add(fix.id);
        this.show();
        this.chosen();
      });
      return [fix.id, box];
    });
    this.show();
  }

  private show(): void {
    const wanted = this.fixes.filter(({ id }) => !this.unwanted.has(id)).length;
    this.box.checked = wanted === this.fixes.length;
    this.box.indeterminate = wanted > 0 && wanted < this.fixes.length;
    for (const [id, box] of this.boxes ?? []) box.checked = !this.unwanted.has(id);
  }
}

/** Show a fix; gives the box to be ticked. */
function fixEl(
  el: HTMLElement,
  { path, line, message, title, diffs }: PlannedFix,
  rule: string,
): HTMLInputElement {
  const aboutEl = el.createDiv("vaultlint-fix");
  const labelEl = aboutEl.createEl("label");
  const box = labelEl.createEl("input", { type: "checkbox" });
  labelEl.appendText(title);
  aboutEl.createDiv({ cls: "vaultlint-more", text: `Line ${line + 1}: ${message} (${rule})` });
  for (const diff of diffs) diffEl(aboutEl, diff, diffs.length > 1 || diff.path !== path);
  return box;
}

const LINES: Readonly<Record<string, string>> = { "-": "vaultlint-old", "+": "vaultlint-new" };

function diffEl(el: HTMLElement, { path, lines }: NoteDiff, named: boolean): void {
  if (named) el.createDiv({ cls: "vaultlint-more", text: path });
  const preEl = el.createEl("pre", "vaultlint-diff");
  for (const line of lines) {
    const kind = LINES[line.charAt(0)];
    preEl.createDiv({ ...(kind === undefined ? {} : { cls: kind }), text: line });
  }
}
