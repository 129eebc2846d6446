import { debounce, DropdownComponent, ExtraButtonComponent, SearchComponent, setIcon } from "obsidian";
import { SEVERITIES, type Severity } from "../findings";
import { counted } from "../names";
import { type Counts, GROUPINGS, type Grouping, type Wish } from "./model";
import { ICONS, SEVERITY_NAMES } from "./words";

const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  note: "By note",
  rule: "By rule",
  folder: "By folder",
};

/** How long nobody types before the words are taken, in ms. */
const PAUSE = 200;

/** A button of the toolbar. */
export interface Button {
  readonly icon: string;
  readonly title: string;
  readonly press: () => void;
}

/** The controls above the problems, which say what of them is wanted. */
export class Toolbar {
  private readonly search: SearchComponent;
  private readonly grouping: DropdownComponent;
  private readonly toggles: readonly (readonly [Severity, HTMLElement, HTMLElement])[];

  constructor(
    el: HTMLElement,
    buttons: readonly Button[],
    private readonly change: (some: Partial<Wish>) => void,
  ) {
    el.addClass("vaultlint-toolbar");
    const buttonsEl = el.createDiv("vaultlint-buttons");
    this.grouping = new DropdownComponent(buttonsEl);
    for (const each of GROUPINGS) this.grouping.addOption(each, GROUPING_NAMES[each]);
    this.grouping.selectEl.ariaLabel = "Group problems";
    this.grouping.onChange((value) => {
      const grouping = GROUPINGS.find((each) => each === value);
      if (grouping !== undefined) change({ grouping });
    });
    for (const { icon, title, press } of buttons) {
      new ExtraButtonComponent(buttonsEl).setIcon(icon).setTooltip(title).onClick(press);
    }
    this.search = new SearchComponent(el.createDiv("vaultlint-search"));
    const filter = debounce((words: string) => change({ words }), PAUSE, true);
    this.search.setPlaceholder("Filter problems").onChange((words) => void filter(words));
    const togglesEl = el.createDiv("vaultlint-toggles");
    this.toggles = SEVERITIES.map((severity) => toggle(togglesEl, severity));
  }

  /** Show this wish, and how many problems there are of each severity that can be wished for. */
  show(wish: Wish, severities: readonly Severity[], counts: Counts): void {
    if (this.grouping.getValue() !== wish.grouping) this.grouping.selectEl.value = wish.grouping;
    if (this.search.getValue() !== wish.words) this.search.inputEl.value = wish.words;
    for (const [severity, el, countEl] of this.toggles) {
      const wanted = wish.severities.has(severity);
      el.toggle(severities.includes(severity));
      el.toggleClass("is-active", wanted);
      el.ariaPressed = String(wanted);
      el.ariaLabel = counted(counts[severity], SEVERITY_NAMES[severity]);
      countEl.setText(counts[severity].toLocaleString());
      el.onclick = () => {
        const others = [...wish.severities].filter((each) => each !== severity);
        this.change({ severities: new Set(wanted ? others : [...others, severity]) });
      };
    }
  }
}

function toggle(el: HTMLElement, severity: Severity): readonly [Severity, HTMLElement, HTMLElement] {
  const toggleEl = el.createEl("button", { cls: ["vaultlint-toggle", `vaultlint-${severity}`] });
  setIcon(toggleEl.createSpan("vaultlint-icon"), ICONS[severity]);
  return [severity, toggleEl, toggleEl.createSpan()];
}
