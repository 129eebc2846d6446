import { Notice } from "obsidian";

/** How long a plan may take before anybody is told of it, in ms. */
const SOON = 1_000;

/**
 * While `work` lasts, a notice shows what it says of itself, and offers to give it up. There is none for what
 * is done soon.
 */
export async function whileWaiting<T>(
  title: string,
  giveUp: AbortController,
  work: (say: (words: string) => void) => Promise<T>,
): Promise<T> {
  const notice = new LateNotice(title, () => giveUp.abort());
  try {
    return await work((words) => notice.say(words));
  } finally {
    notice.hide();
  }
}

class LateNotice {
  private readonly saidEl = createDiv("vaultlint-said");
  private readonly timer = window.setTimeout(() => this.show(), SOON);
  private notice: Notice | null = null;

  constructor(
    private readonly title: string,
    private readonly giveUp: () => void,
  ) {}

  say(words: string): void {
    this.saidEl.setText(words);
  }

  hide(): void {
    window.clearTimeout(this.timer);
    this.notice?.hide();
  }

  private show(): void {
    this.notice = new Notice(this.title, 0);
    this.notice.messageEl.append(this.saidEl);
    this.notice.messageEl.createEl("button", { text: "Cancel" }).onclick = this.giveUp;
  }
}
