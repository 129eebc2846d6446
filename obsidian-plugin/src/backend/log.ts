/** The last of what was said: enough for a person to read, and never more. */
export class Log {
  private kept = "";

  /** `most`: how many characters are kept. `wanted`: whether anything is to be kept, at this moment. */
  constructor(
    private readonly most: number,
    private readonly wanted: () => boolean = () => true,
  ) {}

  get text(): string {
    return this.kept;
  }

  /** A piece of a program's output, wherever it begins and ends. */
  add(piece: string): void {
    if (!this.wanted()) return;
    const all = this.kept + piece;
    if (all.length <= this.most) {
      this.kept = all;
      return;
    }
    const cut = all.slice(-this.most);
    this.kept = cut.slice(cut.indexOf("\n") + 1); // from the beginning of a line, where there is one
  }

  /** A line of its own. */
  line(line: string): void {
    this.add(`${this.kept === "" || this.kept.endsWith("\n") ? "" : "\n"}${line}\n`);
  }

  clear(): void {
    this.kept = "";
  }
}
