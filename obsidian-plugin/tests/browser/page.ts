/** The page of the browser tests: the plugin's own modules around real editors, in a window like the app's. */
import { App } from "obsidian-test-mocks/obsidian";
import { setup } from "obsidian-test-mocks/setup";
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createProtocolConnection,
  InitializedNotification,
  InitializeRequest,
  type Message,
  type ProtocolConnection,
} from "vscode-languageserver-protocol/browser";
import { Actions, type Apply } from "../../src/actions";
import { Documents } from "../../src/documents";
import { EditorFindings } from "../../src/editor/extension";
import { Findings, SEVERITIES, type Severity } from "../../src/findings";
import { applyWorkspaceEdit } from "../../src/fixing/changes";
import { StatusBar } from "../../src/pane/status";
import { ProblemsView } from "../../src/pane/view";
import { showPlace } from "../../src/place";
import { Rules } from "../../src/rules";
import { VaultUris } from "../../src/uris";
import { addIcons } from "./icons";
import { editCard, editCell, openPane, type Pane } from "./editor-stand-in";

declare global {
  interface Window {
    /** Begins with a vault in this folder, which holds these notes. */
    begin(folder: string, notes: Record<string, string>): Promise<void>;
    vaultlint: Page;
    /** Sends a message to the server, and hears one of it. */
    tell(message: Message): Promise<void>;
    hear(message: Message): void;
  }
}

/** What the tests do with the page that a person could not. */
export class Page {
  /** The rules whose pages were asked for. */
  readonly explained: string[] = [];
  /** What was said to the person. */
  readonly said: string[] = [];
  /** Settles when the pane with the problems is there. */
  readonly ready: Promise<void>;
  private readonly panes: Pane[] = [];
  private readonly editors: EditorFindings;
  private severities: readonly Severity[] = SEVERITIES;

  constructor(
    private readonly app: App,
    connection: ProtocolConnection,
    uris: VaultUris,
  ) {
    const obsidian = app.asOriginalType__();
    const findings = new Findings(uris);
    const documents = new Documents(obsidian, uris, () => "type");
    const apply: Apply = async (edit, hashes) => {
      const { left } = await applyWorkspaceEdit(obsidian, uris, edit, hashes);
      this.said.push(...left.map(({ path, reason }) => `${path}: ${reason}`));
    };
    const rules = new Rules();
    const shown = {
      findings,
      severities: () => this.severities,
      nameOf: (code: string) => rules.nameOf(code),
      onChange: (heard: () => void) => [findings.onChange(heard), rules.onChange(heard)],
    };
    const explain = (code: string): Promise<void> => Promise.resolve(void this.explained.push(code));
    const actions = new Actions(() => connection, documents, uris, apply);
    this.editors = new EditorFindings({ ...shown, documents, actions, explain });
    const pane = new ProblemsView(
      app.workspace.getLeaf("tab").asOriginalType3__(),
      { ...shown, nothing: () => "No problems found." },
      {
        show: (path, range) => void showPlace(obsidian, path, range, false),
        explain: (code) => void explain(code),
        checkVault: () => undefined,
        fixVault: () => undefined,
      },
    );
    column("side").append(pane.containerEl);
    pane.containerEl.addClass("workspace-leaf-content");
    const status = column("status-bar").createDiv("status-bar-item");
    this.ready = pane.onOpen();
    new StatusBar(status, { ...shown, words: () => null }, () => undefined).load();
    findings.listen(connection);
    documents.load();
    documents.connect(connection);
    void rules.ask(connection);
  }

  /** Open a note in a new pane. */
  async open(path: string): Promise<void> {
    this.panes.push(await openPane(this.app, path, this.editors.extension, column("editors")));
  }

  /** Edit the text of the first pane in the cell of a table in it, and on the card of a canvas. */
  editElsewhere(): void {
    editCell(this.pane(0), this.editors.extension);
    editCard(this.pane(0), this.editors.extension);
  }

  show(severities: Severity[]): void {
    this.severities = severities;
    this.editors.refresh();
  }

  text(pane = 0): string {
    return this.pane(pane).cm.state.doc.toString();
  }

  /** The text that is selected in the first pane. */
  selected(): string {
    const { state } = this.pane(0).cm;
    return state.sliceDoc(state.selection.main.from, state.selection.main.to);
  }

  /** Put the cursor somewhere, as a click there would. */
  place(offset: number, pane = 0): void {
    const { cm } = this.pane(pane);
    cm.dispatch({ selection: { anchor: offset } });
    cm.focus();
  }

  /** Take this text out of the first pane where it first stands, with the cursor there then. */
  erase(text: string): void {
    const { cm } = this.pane(0);
    const from = cm.state.doc.toString().indexOf(text);
    cm.dispatch({ changes: { from, to: from + text.length }, selection: { anchor: from } });
    cm.focus();
  }

  append(text: string): void {
    const { cm } = this.pane(0);
    cm.dispatch({ changes: { from: cm.state.doc.length, insert: text } });
  }

  private pane(index: number): Pane {
    const pane = this.panes[index];
    if (pane === undefined) throw new Error(`there is no pane ${index}`);
    return pane;
  }
}

function column(name: string): HTMLElement {
  return document.querySelector<HTMLElement>(`.${name}`) ?? document.body.createDiv({ cls: name });
}

window.begin = async (folder, notes) => {
  const { port1: ours, port2: theirs } = new MessageChannel();
  theirs.onmessage = ({ data }: MessageEvent<Message>) => void window.tell(data);
  window.hear = (message) => theirs.postMessage(message);
  const connection = createProtocolConnection(new BrowserMessageReader(ours), new BrowserMessageWriter(ours));
  connection.listen();
  const uris = new VaultUris(folder);
  await connection.sendRequest(InitializeRequest.method, {
    processId: null,
    workspaceFolders: [{ uri: uris.root, name: "vault" }],
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["create"] } },
    },
  });
  const app = App.createConfigured__({ files: notes });
  app.workspace.setLayoutReady__();
  window.vaultlint = new Page(app, connection, uris);
  await window.vaultlint.ready;
  await connection.sendNotification(InitializedNotification.type, {});
};

setup();
addIcons();
