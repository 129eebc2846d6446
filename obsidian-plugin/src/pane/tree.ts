import { LongList } from "./list";
import { type Problem, type Row, Rows } from "./model";

/** What the tree asks of the pane. */
export interface TreeOwner {
  /** Put what a row shows into its element. */
  fill(row: Row, el: HTMLElement): void;
  /** A group is to be opened or closed. */
  turn(key: string, open: boolean): void;
  /** A problem was chosen. */
  choose(problem: Problem, event: MouseEvent | KeyboardEvent): void;
  /** More is wanted of a problem. */
  offer(problem: Problem, event: MouseEvent): void;
}

/** The rows of the pane, of which one is selected, by mouse and keyboard. */
export class Tree {
  private rows = new Rows([], new Set());
  private selected = 0;
  private readonly list: LongList;

  constructor(
    private readonly el: HTMLElement,
    private readonly owner: TreeOwner,
  ) {
    el.setAttrs({ role: "tree", tabindex: 0, "aria-label": "Problems" });
    this.list = new LongList(el, (index, rowEl) => this.fill(index, rowEl));
    el.addEventListener("click", (event) => this.pressed(event));
    el.addEventListener("auxclick", (event) => {
      if (event.button === 1) this.pressed(event);
    });
    el.addEventListener("contextmenu", (event) => {
      const row = this.rows.at(this.indexUnder(event));
      if (row?.problem) this.owner.offer(row.problem, event);
    });
    el.addEventListener("keydown", (event) => {
      if (this.typed(event)) event.preventDefault();
    });
  }

  /** Show these rows. What was selected stays so, where it is still there. */
  show(rows: Rows): void {
    const row = this.rows.at(this.selected);
    this.rows = rows;
    this.selected = row === null ? 0 : (rows.indexOf(row.group.key, row.offset) ?? 0);
    this.list.show(rows.length);
  }

  /** Show the rows again: there may be room for others. */
  draw(): void {
    this.list.draw();
  }

  /** Select the head of a group, and have the keys go here. */
  selectGroup(key: string): void {
    this.select(this.rows.indexOf(key, 0) ?? this.selected);
    this.el.focus();
  }

  private select(index: number): void {
    this.selected = Math.max(0, Math.min(index, this.rows.length - 1));
    this.list.reveal(this.selected);
  }

  private fill(index: number, rowEl: HTMLElement): void {
    const row = this.rows.at(index);
    if (row === null) return;
    this.owner.fill(row, rowEl);
    rowEl.dataset["index"] = String(index);
    const selected = index === this.selected;
    rowEl.setAttrs({ role: "treeitem", "aria-selected": selected, id: `vaultlint-row-${index}` });
    rowEl.toggleClass("is-selected", selected);
    if (selected) this.el.setAttr("aria-activedescendant", rowEl.id);
  }

  /** The index of the row under the mouse; -1 where there is none. */
  private indexUnder(event: MouseEvent): number {
    const rowEl = event.targetNode?.instanceOf(Element) ? event.targetNode.closest("[data-index]") : null;
    return Number(rowEl?.getAttribute("data-index") ?? -1);
  }

  private pressed(event: MouseEvent): void {
    const row = this.rows.at(this.indexUnder(event));
    if (row === null) return;
    this.select(this.indexUnder(event));
    if (row.problem !== null) this.owner.choose(row.problem, event);
    else this.owner.turn(row.group.key, !row.open);
  }

  /** Do what a key means; gives whether it means anything. */
  private typed(event: KeyboardEvent): boolean {
    const row = this.rows.at(this.selected);
    if (row === null) return false;
    const { key } = row.group;
    switch (event.key) {
      case "ArrowDown":
        this.select(this.selected + 1);
        return true;
      case "ArrowUp":
        this.select(this.selected - 1);
        return true;
      case "PageDown":
        this.select(this.selected + this.list.page);
        return true;
      case "PageUp":
        this.select(this.selected - this.list.page);
        return true;
      case "Home":
        this.select(0);
        return true;
      case "End":
        this.select(this.rows.length - 1);
        return true;
      case "ArrowRight":
        if (!row.open) this.owner.turn(key, true);
        else if (row.problem === null) this.select(this.selected + 1);
        return true;
      case "ArrowLeft":
        if (row.problem !== null) this.select(this.selected - row.offset);
        else this.owner.turn(key, false);
        return true;
      case "Enter":
      case " ":
        if (row.problem !== null) this.owner.choose(row.problem, event);
        else this.owner.turn(key, !row.open);
        return true;
      default:
        return false;
    }
  }
}
