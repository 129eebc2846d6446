import {
  CodeAction,
  CodeActionKind,
  CodeActionRequest,
  CreateFile,
  type Diagnostic,
  type ProtocolConnection,
  type Range,
  TextDocumentEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { Notice } from "obsidian";
import type { Documents } from "./documents";
import type { Finding } from "./findings";
import { fieldsOf } from "./answers";
import { type Hashes, hashesIn } from "./fixing/changes";
import type { VaultUris } from "./uris";

/** Something that can be done about a place of a note. */
export interface Offer {
  readonly title: string;
  /** The findings that it is about; none for what is about a link. */
  readonly about: readonly Diagnostic[];
  run(): Promise<void>;
}

/** What the server offers at a place, the best of each kind first. */
export interface Offers {
  readonly fixes: readonly Offer[];
  /** What silences a finding: on its line, where that can be, and in the whole note. */
  readonly suppressions: readonly Offer[];
  /** Notes to be made that links there name. */
  readonly creations: readonly Offer[];
}

/** Does an edit, or says why not; by URI the hashes of the texts that it is for, where they are known. */
export type Apply = (edit: WorkspaceEdit, hashes: Hashes) => Promise<void>;

const SUPPRESS = `${CodeActionKind.QuickFix}.suppress`;

/** Asks the server what can be done, and has it done. */
export class Actions {
  constructor(
    private readonly connection: () => ProtocolConnection | null,
    private readonly documents: Documents,
    private readonly uris: VaultUris,
    private readonly apply: Apply,
  ) {}

  /** What can be done at a place of an open note, in the text that its editor has now; null without a server. */
  async at(path: string, range: Range): Promise<Offers | null> {
    this.documents.sync(path);
    const connection = this.connection();
    if (connection === null || this.documents.of(path) === undefined) return null;
    const found = await connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: this.uris.of(path) },
      range,
      context: { diagnostics: [], only: [CodeActionKind.QuickFix] },
    });
    const actions = (found ?? []).filter((each) => CodeAction.is(each)).filter(({ edit }) => edit);
    const isSuppression = ({ kind }: CodeAction): boolean => kind === SUPPRESS;
    const isCreation = ({ edit }: CodeAction): boolean =>
      edit?.documentChanges?.some((each) => CreateFile.is(each)) ?? false;
    const offers = (wanted: (action: CodeAction) => boolean): Offer[] =>
      actions.filter(wanted).map((each) => this.offer(path, each));
    return {
      fixes: offers((each) => !isSuppression(each) && !isCreation(each)),
      suppressions: offers(isSuppression),
      creations: offers(isCreation),
    };
  }

  private offer(path: string, { title, diagnostics, edit, data }: CodeAction): Offer {
    return {
      title,
      about: diagnostics ?? [],
      run: async () => {
        if (edit === undefined) return;
        if (this.isLate(edit)) {
          new Notice("The note was changed meanwhile. Nothing was done.");
          return;
        }
        await this.apply(edit, hashesIn(fieldsOf(data)["hashes"]));
        this.documents.sync(path);
      },
    };
  }

  /** Whether an open note has another text than the edit is for. */
  private isLate({ documentChanges }: WorkspaceEdit): boolean {
    return (documentChanges ?? []).some((change) => {
      if (!TextDocumentEdit.is(change) || change.textDocument.version === null) return false;
      const path = this.uris.path(change.textDocument.uri);
      return path === null || !this.documents.isCurrent(path, change.textDocument.version);
    });
  }
}

/** Those of the offers that are about this finding, which is at `range` now. */
export function aboutFinding(offers: readonly Offer[], { code, message }: Finding, range: Range): Offer[] {
  const { line, character } = range.start;
  return offers.filter(({ about }) =>
    about.some((one) => {
      const { start } = one.range;
      return (
        one.code === code && one.message === message && start.line === line && start.character === character
      );
    }),
  );
}
