import { type App, FuzzySuggestModal } from "obsidian";

/** Something that can be chosen. */
export interface Choice {
  readonly title: string;
  /** Do it. */
  run(): Promise<void>;
}

/**
 * Do what there is to do; where that is several things, the one that the person chooses. Settles when it is
 * done, or nothing was chosen, and fails as it does.
 */
export async function choose(app: App, choices: readonly Choice[]): Promise<void> {
  const [first, ...others] = choices;
  const chosen = others.length > 0 ? await new Choices(app, choices).chosen() : first;
  await chosen?.run();
}

class Choices extends FuzzySuggestModal<Choice> {
  private choice: Choice | undefined;
  private settle: (choice: Choice | undefined) => void = () => undefined;

  constructor(
    app: App,
    private readonly choices: readonly Choice[],
  ) {
    super(app);
  }

  /** Ask the person; undefined where nothing was chosen. */
  chosen(): Promise<Choice | undefined> {
    return new Promise((resolve) => {
      this.settle = resolve;
      this.open();
    });
  }

  override getItems(): Choice[] {
    return [...this.choices];
  }

  override getItemText({ title }: Choice): string {
    return title;
  }

  override onChooseItem(choice: Choice): void {
    this.choice = choice;
  }

  override onClose(): void {
    super.onClose();
    // The app says what was chosen right after it closed this.
    queueMicrotask(() => this.settle(this.choice));
  }
}
