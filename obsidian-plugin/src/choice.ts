import { type App, FuzzySuggestModal } from "obsidian";

/** Something that can be chosen. */
export interface Choice {
  readonly title: string;
  /** Do it. */
  run(): Promise<void>;
}

/** Do what there is to do; where that is several things, the one that the person chooses. */
export async function choose(app: App, choices: readonly Choice[]): Promise<void> {
  const [first, ...others] = choices;
  if (others.length > 0) new Choices(app, choices).open();
  else await first?.run();
}

class Choices extends FuzzySuggestModal<Choice> {
  constructor(
    app: App,
    private readonly choices: readonly Choice[],
  ) {
    super(app);
  }

  override getItems(): Choice[] {
    return [...this.choices];
  }

  override getItemText({ title }: Choice): string {
    return title;
  }

  override onChooseItem(choice: Choice): void {
    void choice.run();
  }
}
