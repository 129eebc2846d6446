/** The height of each row, in pixels. */
const ROW = 28;
/** Rows that are made beyond each end of what can be seen. */
const BEYOND = 8;

/** A list of rows of one height that scrolls. Of very many rows it makes those that can be seen. */
export class LongList {
  private readonly allEl: HTMLElement;
  private length = 0;

  /** `fill` puts into an element what the row of an index shows. */
  constructor(
    readonly el: HTMLElement,
    private readonly fill: (index: number, el: HTMLElement) => void,
  ) {
    el.addClass("vaultlint-list");
    el.setCssProps({ "--vaultlint-row-height": `${ROW}px` });
    this.allEl = el.createDiv({ cls: "vaultlint-list-all", attr: { role: "presentation" } });
    el.addEventListener("scroll", () => this.draw(), { passive: true });
  }

  /** How many rows can be seen at once. */
  get page(): number {
    return Math.max(1, Math.floor(this.el.clientHeight / ROW));
  }

  /** Show so many rows, all of them made anew. */
  show(length: number): void {
    this.length = length;
    this.allEl.setCssProps({ "--vaultlint-rows": String(length) });
    this.draw();
  }

  draw(): void {
    const first = Math.max(0, Math.floor(this.el.scrollTop / ROW) - BEYOND);
    const end = Math.min(this.length, first + this.page + 2 * BEYOND + 1);
    this.allEl.empty();
    for (let index = first; index < end; index++) {
      const rowEl = this.allEl.createDiv({ cls: "vaultlint-row" });
      rowEl.setCssProps({ "--vaultlint-row": String(index) });
      this.fill(index, rowEl);
    }
  }

  /** Scroll as little as needed for a row to be seen. */
  reveal(index: number): void {
    const { scrollTop, clientHeight } = this.el;
    const top = index * ROW;
    if (top < scrollTop) this.el.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.el.scrollTop = top + ROW - clientHeight;
    this.draw();
  }
}
