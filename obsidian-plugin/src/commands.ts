import {
  type App,
  type Editor,
  type MarkdownFileInfo,
  type MarkdownView,
  Notice,
  type Plugin,
} from "obsidian";
import type { Range } from "vscode-languageserver-protocol";
import type { Actions, Offer, Offers } from "./actions";
import { choose } from "./choice";
import type { Finding, Findings } from "./findings";
import type { Rules } from "./rules";
import type { Tasks } from "./tasks";

/** What the commands need of the plugin. */
export interface CommandParts {
  readonly app: App;
  readonly tasks: Tasks;
  readonly findings: Findings;
  readonly rules: Rules;
  readonly actions: Pick<Actions, "at">;
}

/** Does something at a place of a note where something is found. */
type AtPlace = (path: string, range: Range, here: readonly Finding[]) => Promise<void>;

/** Add all commands to the plugin. */
export function addCommands(plugin: Plugin, parts: CommandParts): void {
  const { app, tasks } = parts;

  function forNote(id: string, name: string, action: (path: string) => Promise<void>): void {
    const checkCallback = (checking: boolean): boolean => {
      const file = app.workspace.getActiveFile();
      if (file?.extension !== "md") return false;
      if (!checking) void action(file.path);
      return true;
    };
    plugin.addCommand({ id, name, checkCallback });
  }

  function forPlace(id: string, name: string, action: AtPlace): void {
    const editorCheckCallback = (
      checking: boolean,
      editor: Editor,
      { file }: MarkdownView | MarkdownFileInfo,
    ): boolean => {
      const range = selectionOf(editor);
      const here =
        file === null ? [] : parts.findings.of(file.path).filter((one) => touches(one.range, range));
      if (file === null || here.length === 0) return false;
      if (!checking) void tasks.withServer(() => action(file.path, range, here));
      return true;
    };
    plugin.addCommand({ id, name, editorCheckCallback });
  }

  plugin.addCommand({ id: "show-problems", name: "Show problems", callback: () => void tasks.openPane() });
  plugin.addCommand({ id: "check-vault", name: "Check vault", callback: () => void tasks.checkVault() });
  plugin.addCommand({ id: "fix-vault", name: "Fix vault", callback: () => void tasks.fixVault() });
  forNote("check-note", "Check note", (path) => tasks.checkNote(path));
  forNote("fix-note", "Fix note", (path) => tasks.fixNote(path));
  forPlace("ignore-here", "Ignore problem here", async (path, range) => {
    const offers = await parts.actions.at(path, range);
    await chooseOffer(app, offers, suppressionsIn(offers));
  });
  forPlace("create-note", "Create missing note", async (path, range) => {
    const offers = await parts.actions.at(path, range);
    await chooseOffer(app, offers, offers?.creations ?? []);
  });
  forPlace("explain-rule", "Explain problem here", async (_path, _range, here) => {
    const codes = [...new Set(here.map(({ code }) => code))];
    await choose(
      app,
      codes.map((code) => ({ title: parts.rules.nameOf(code), run: () => tasks.explain(code) })),
    );
  });
}

async function chooseOffer(app: App, offers: Offers | null, choices: readonly Offer[]): Promise<void> {
  if (offers !== null && choices.length === 0) new Notice("There is nothing to be done here.");
  await choose(app, choices);
}

/** How to silence what is found at a place: on its line, where one finding is there; else all ways. */
function suppressionsIn(offers: Offers | null): readonly Offer[] {
  const all = offers?.suppressions ?? [];
  const found = new Set(
    all.flatMap(({ about }) => about.map(({ code, range }) => JSON.stringify([code, range]))),
  );
  return found.size === 1 ? all.slice(0, 1) : all;
}

function selectionOf(editor: Editor): Range {
  const [from, to] = [editor.getCursor("from"), editor.getCursor("to")];
  return { start: { line: from.line, character: from.ch }, end: { line: to.line, character: to.ch } };
}

function touches(one: Range, other: Range): boolean {
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

function isBefore(one: Range["start"], other: Range["start"]): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}
