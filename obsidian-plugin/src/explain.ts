import { type App, Component, MarkdownRenderer, Modal } from "obsidian";

/** Shows the page of a rule. */
export class RulePage extends Modal {
  private readonly rendered = new Component();

  /** `page` is Markdown that begins with its title. */
  constructor(
    app: App,
    private readonly page: string,
  ) {
    super(app);
    this.modalEl.addClass("vaultlint-page");
  }

  override onOpen(): void {
    const [, title = "", text = this.page] = /^# (.*)\n([^]*)$/.exec(this.page) ?? [];
    this.setTitle(title);
    const pageEl = this.contentEl.createDiv("markdown-rendered");
    this.rendered.load();
    void MarkdownRenderer.render(this.app, text, pageEl, "", this.rendered);
  }

  override onClose(): void {
    this.rendered.unload();
    this.contentEl.empty();
  }
}
