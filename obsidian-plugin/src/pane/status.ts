import { Component, debounce, type EventRef } from "obsidian";
import type { Findings, Severity } from "../findings";
import { countsOf } from "./model";
import { inWords } from "./words";

/** What the status bar tells. */
export interface Told {
  readonly findings: Findings;
  /** The severities that are counted. */
  severities(): readonly Severity[];
  /** What is said instead of counts; null where those are known. */
  words(): string | null;
  /** Hear when one of these answers is another. */
  onChange(heard: () => void): EventRef[];
}

/** How often the counts follow what is found, in ms. */
const PACE = 250;

/** How many problems there are, in the status bar. A click on it does `press`. */
export class StatusBar extends Component {
  private readonly updateSoon = debounce(() => this.update(), PACE, false);

  constructor(
    private readonly el: HTMLElement,
    private readonly told: Told,
    private readonly press: () => void,
  ) {
    super();
  }

  override onload(): void {
    this.el.addClass("mod-clickable");
    this.el.setAttrs({ "aria-label": "Show problems", "data-tooltip-position": "top" });
    this.registerDomEvent(this.el, "click", () => this.press());
    for (const heard of this.told.onChange(() => this.updateSoon())) this.registerEvent(heard);
    this.register(() => this.updateSoon.cancel());
    this.update();
  }

  private update(): void {
    const counts = countsOf(this.told.findings.all());
    const shown = this.told.severities();
    const words = inWords({
      error: shown.includes("error") ? counts.error : 0,
      warning: shown.includes("warning") ? counts.warning : 0,
      info: shown.includes("info") ? counts.info : 0,
    });
    this.el.setText(this.told.words() ?? (words || "No problems"));
  }
}
