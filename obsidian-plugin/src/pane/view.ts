import {
  type EventRef,
  ItemView,
  Keymap,
  Menu,
  type PaneType,
  type ViewStateResult,
  type WorkspaceLeaf,
} from "obsidian";
import type { Range } from "vscode-languageserver-protocol";
import { fieldsOf, textOf } from "../answers";
import { type Findings, SEVERITIES, type Severity } from "../findings";
import { countsOf, type Group, GROUPINGS, groupsOf, type Problem, Rows, type Wish } from "./model";
import { fillRow } from "./row";
import { type Button, Toolbar } from "./toolbar";
import { Tree } from "./tree";

export const PROBLEMS = "vaultlint-problems";

/** What the pane shows. */
export interface Shown {
  readonly findings: Findings;
  /** The severities that the settings let through. */
  severities(): readonly Severity[];
  /** The name of the rule of a code. */
  nameOf(code: string): string;
  /** What is to be said where nothing is found: that nothing is wrong, or why nothing is known. */
  nothing(): string;
  /** Hear when one of these answers is another. */
  onChange(heard: () => void): EventRef[];
}

/** What can be done from the pane. */
export interface PaneActions {
  show(path: string, range: Range, fresh: PaneType | boolean): void;
  explain(code: string): void;
  checkVault(): void;
  fixVault(): void;
}

/** Groups are open from the beginning where there are no more problems than that. */
const FEW = 100;
/** How often the pane follows what is found, in ms. */
const PACE = 250;
/** Of the time, the part at most that it takes to follow it in a large vault. */
const SHARE = 0.1;

/** The pane with all that is found in the vault. */
export class ProblemsView extends ItemView {
  override navigation = false;
  override icon = "list-checks";
  private wish: Wish = { grouping: "note", severities: new Set(SEVERITIES), words: "" };
  private groups: readonly Group[] = [];
  /** The groups that were opened (true) or closed by hand. */
  private readonly turned = new Map<string, boolean>();
  private readonly toolbar: Toolbar;
  private readonly tree: Tree;
  private readonly nothingEl: HTMLElement;
  /** The timer of the next update; null while there is none. */
  private timer: number | null = null;
  private pace = PACE;

  constructor(
    leaf: WorkspaceLeaf,
    private readonly shown: Shown,
    private readonly actions: PaneActions,
  ) {
    super(leaf);
    this.contentEl.addClass("vaultlint-pane");
    this.toolbar = new Toolbar(this.contentEl.createDiv(), this.buttons(), (some) => this.want(some));
    this.nothingEl = this.contentEl.createDiv("vaultlint-nothing");
    this.tree = new Tree(this.contentEl.createDiv(), {
      fill: (row, el) => fillRow(el, row, this.wish.grouping, (code) => shown.nameOf(code)),
      turn: (key, open) => this.turn(key, open),
      choose: ({ path, finding }, event) => actions.show(path, finding.range, Keymap.isModEvent(event)),
      offer: (problem, event) => this.offer(problem, event),
    });
  }

  override getViewType(): string {
    return PROBLEMS;
  }

  override getDisplayText(): string {
    return "Problems";
  }

  override async onOpen(): Promise<void> {
    await super.onOpen();
    for (const heard of this.shown.onChange(() => this.updateSoon())) this.registerEvent(heard);
    this.register(() => window.clearTimeout(this.timer ?? undefined));
    this.update();
  }

  override onResize(): void {
    this.tree.draw();
  }

  override getState(): Record<string, unknown> {
    const { grouping, severities, words } = this.wish;
    return { ...super.getState(), grouping, severities: [...severities], words };
  }

  override async setState(state: unknown, result: ViewStateResult): Promise<void> {
    const { grouping, severities, words } = fieldsOf(state);
    this.want({
      grouping: GROUPINGS.find((each) => each === grouping) ?? this.wish.grouping,
      severities: Array.isArray(severities)
        ? new Set(SEVERITIES.filter((each) => severities.includes(each)))
        : this.wish.severities,
      words: textOf(words),
    });
    await super.setState(state, result);
  }

  /** Show what is found in a note. */
  showNote(path: string): void {
    this.turned.set(path, true);
    this.want({ grouping: "note", words: "" });
    this.tree.selectGroup(path);
  }

  private buttons(): Button[] {
    return [
      { icon: "refresh-cw", title: "Check vault", press: () => this.actions.checkVault() },
      { icon: "wand", title: "Fix vault", press: () => this.actions.fixVault() },
      { icon: "chevrons-down-up", title: "Close all groups", press: () => this.closeAll() },
    ];
  }

  private want(some: Partial<Wish>): void {
    this.wish = { ...this.wish, ...some };
    this.app.workspace.requestSaveLayout();
    this.update();
  }

  private turn(key: string, open: boolean): void {
    this.turned.set(key, open);
    this.tree.show(this.rows());
  }

  private closeAll(): void {
    for (const { key } of this.groups) this.turned.set(key, false);
    this.tree.show(this.rows());
  }

  private updateSoon(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.update();
    }, this.pace);
  }

  /** Show what is found now. */
  private update(): void {
    const since = performance.now();
    const { findings } = this.shown;
    const shown = this.shown.severities();
    const severities = new Set(shown.filter((each) => this.wish.severities.has(each)));
    const nameOf = (code: string): string => this.shown.nameOf(code);
    this.groups = groupsOf(findings.all(), { ...this.wish, severities }, nameOf);
    const counts = countsOf(findings.all());
    this.toolbar.show(this.wish, shown, counts);
    const isNarrowed = shown.some((severity) => counts[severity] > 0);
    this.nothingEl.toggle(this.groups.length === 0);
    this.nothingEl.setText(isNarrowed ? "Nothing matches the filter." : this.shown.nothing());
    this.tree.show(this.rows());
    this.pace = Math.max(PACE, (performance.now() - since) / SHARE);
  }

  private rows(): Rows {
    const few = this.groups.reduce((count, { problems }) => count + problems.length, 0) <= FEW;
    const open = this.groups.filter(({ key }) => this.turned.get(key) ?? few);
    return new Rows(this.groups, new Set(open.map(({ key }) => key)));
  }

  private offer({ path, finding }: Problem, event: MouseEvent): void {
    const { actions } = this;
    const menu = new Menu();
    menu.addItem((item) => {
      item
        .setTitle("Open in new tab")
        .setIcon("file-plus")
        .onClick(() => actions.show(path, finding.range, "tab"));
    });
    menu.addItem((item) => {
      const title = `Explain ${this.shown.nameOf(finding.code)}`;
      item
        .setTitle(title)
        .setIcon("book-open")
        .onClick(() => actions.explain(finding.code));
    });
    menu.showAtMouseEvent(event);
  }
}
