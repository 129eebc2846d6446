import { PassThrough } from "node:stream";
import { Text } from "@codemirror/state";
import type { App } from "obsidian";
import { App as AppMock } from "obsidian-test-mocks/obsidian";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  createMessageConnection,
  createProtocolConnection,
  type MessageConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { Documents, type NoteEditor } from "../src/documents";
import type { Moment } from "../src/settings";
import { VaultUris } from "../src/uris";

/** An editor that says what it is told to. */
class TestEditor implements NoteEditor {
  constructor(
    public path: string | null,
    public content: string,
  ) {}

  note(): string | null {
    return this.path;
  }

  text(): Text {
    return Text.of(this.content.split("\n"));
  }
}

/** A client and the other end of its connection, which keeps what it is told. */
function connected(): { client: ProtocolConnection; server: MessageConnection; told: [string, unknown][] } {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const client = createProtocolConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
  const server = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
  const told: [string, unknown][] = [];
  server.onNotification((method: string, params: unknown) => void told.push([method, params]));
  server.onRequest("test/echo", () => null);
  client.listen();
  server.listen();
  return { client, server, told };
}

let app: App;
let moment: Moment;
let documents: Documents;
let client: ProtocolConnection;
let server: MessageConnection;
let told: [string, unknown][];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const mock = AppMock.createConfigured__({
    files: { "Home.md": "home", "Soil.md": "soil", "beds.png": "" },
  });
  mock.workspace.setLayoutReady__();
  app = mock.asOriginalType__();
  moment = "type";
  documents = new Documents(app, new VaultUris("/vault"), () => moment);
  documents.load();
  ({ client, server, told } = connected());
});

afterEach(() => {
  documents.unload();
  client.dispose();
  server.dispose();
  vi.useRealTimers();
});

/** All that was told until now, after the waiting that is due. */
async function heard(milliseconds = 0): Promise<[string, unknown][]> {
  vi.advanceTimersByTime(milliseconds);
  await client.sendRequest("test/echo");
  return told.splice(0);
}

function opened(path: string, version: number, text: string): [string, unknown] {
  const uri = `file:///vault/${path}`;
  return ["textDocument/didOpen", { textDocument: { uri, languageId: "markdown", version, text } }];
}

function changed(path: string, version: number, text: string): [string, unknown] {
  const uri = `file:///vault/${path}`;
  return ["textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] }];
}

function named(method: string, path: string): [string, unknown] {
  return [method, { textDocument: { uri: `file:///vault/${path}` } }];
}

async function fileOf(path: string): ReturnType<App["vault"]["create"]> {
  const file = app.vault.getFileByPath(path);
  return file ?? app.vault.create(path, "");
}

test("a server is told of what is open already, and of what is opened and closed later", async () => {
  documents.add(new TestEditor("Home.md", "home"));
  documents.connect(client);
  expect(await heard()).toEqual([opened("Home.md", 1, "home")]);
  const soil = new TestEditor("Soil.md", "soil\n");
  documents.add(soil);
  expect(await heard()).toEqual([opened("Soil.md", 2, "soil\n")]);
  documents.remove(soil);
  expect(await heard()).toEqual([named("textDocument/didClose", "Soil.md")]);
});

test("editors of no note are left alone", async () => {
  const card = new TestEditor(null, "card");
  documents.connect(client);
  documents.add(card);
  documents.edited(card);
  documents.sync();
  expect(await heard(1000)).toEqual([]);
});

test("a note in two panes is one document, which is open until both are closed", async () => {
  const [left, right] = [new TestEditor("Home.md", "home"), new TestEditor("Home.md", "home")];
  documents.connect(client);
  documents.add(left);
  documents.add(right);
  right.content = "home!";
  documents.edited(right);
  left.content = "home!";
  documents.edited(left);
  documents.remove(left);
  expect(await heard(1000)).toEqual([opened("Home.md", 1, "home"), changed("Home.md", 2, "home!")]);
  documents.remove(right);
  expect(await heard()).toEqual([named("textDocument/didClose", "Home.md")]);
});

test("while typing, the text is sent when nobody types for a moment", async () => {
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  await heard();
  home.content = "home s";
  documents.edited(home);
  expect(await heard(200)).toEqual([]);
  home.content = "home sweet";
  documents.edited(home);
  expect(await heard(200)).toEqual([]);
  expect(await heard(200)).toEqual([changed("Home.md", 2, "home sweet")]);
  expect(await heard(1000)).toEqual([]);
});

test("with the moment “save”, the text is sent when the note was saved", async () => {
  moment = "save";
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  home.content = "home sweet home";
  documents.edited(home);
  expect(await heard(1000)).toEqual([opened("Home.md", 1, "home")]);
  await app.vault.modify(await fileOf("Home.md"), "home sweet home");
  expect(await heard(1000)).toEqual([
    changed("Home.md", 2, "home sweet home"),
    named("textDocument/didSave", "Home.md"),
  ]);
});

test("with the moment “off”, the text is sent when it is asked for, and only that of the note", async () => {
  moment = "off";
  const [home, soil] = [new TestEditor("Home.md", "home"), new TestEditor("Soil.md", "soil")];
  documents.add(home);
  documents.add(soil);
  documents.connect(client);
  await heard();
  for (const editor of [home, soil]) {
    editor.content += "!";
    documents.edited(editor);
  }
  await app.vault.modify(await fileOf("Home.md"), "home!");
  expect(await heard(1000)).toEqual([named("textDocument/didSave", "Home.md")]);
  documents.sync("Soil.md");
  expect(await heard()).toEqual([changed("Soil.md", 3, "soil!")]);
  documents.sync();
  expect(await heard()).toEqual([changed("Home.md", 4, "home!")]);
});

test("files that come, change and go at once are told of in one message, whatever they are", async () => {
  documents.connect(client);
  await app.vault.modify(await fileOf("Soil.md"), "more soil");
  await app.vault.create("Beds.canvas", "{}");
  await app.fileManager.trashFile(await fileOf("beds.png"));
  const changes = [
    { uri: "file:///vault/Soil.md", type: 2 },
    { uri: "file:///vault/Beds.canvas", type: 1 },
    { uri: "file:///vault/beds.png", type: 3 },
  ];
  expect(await heard(1000)).toEqual([["workspace/didChangeWatchedFiles", { changes }]]);
});

test("files that are there when the app starts are not told of", async () => {
  app = AppMock.createConfigured__().asOriginalType__();
  const early = new Documents(app, new VaultUris("/vault"), () => moment);
  early.load();
  early.connect(client);
  await app.vault.create("Old.md", "");
  AppMock.fromOriginalType__(app).workspace.setLayoutReady__();
  await app.vault.create("New.md", "");
  const changes = [{ uri: "file:///vault/New.md", type: 1 }];
  expect(await heard(1000)).toEqual([["workspace/didChangeWatchedFiles", { changes }]]);
  early.unload();
});

test("an open note that is renamed is closed, renamed, and open under its new name", async () => {
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  await heard();
  home.path = "House.md";
  await app.vault.rename(await fileOf("Home.md"), "House.md");
  const files = [{ oldUri: "file:///vault/Home.md", newUri: "file:///vault/House.md" }];
  expect(await heard(1000)).toEqual([
    named("textDocument/didClose", "Home.md"),
    opened("House.md", 2, "home"),
    ["workspace/didRenameFiles", { files }],
  ]);
});

test("a change of the layout closes what is no longer an editor of its note", async () => {
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  home.path = null; // in reading mode
  app.workspace.trigger("layout-change");
  expect(await heard()).toEqual([opened("Home.md", 1, "home"), named("textDocument/didClose", "Home.md")]);
});

test("a new server is told everything anew, with versions that no other had", async () => {
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  await heard();
  client.end();
  client.dispose();
  home.content = "changed";
  documents.edited(home);
  documents.sync();
  expect(documents.of("Home.md")).toBeUndefined();
  ({ client, server, told } = connected());
  documents.connect(client);
  expect(await heard(1000)).toEqual([opened("Home.md", 2, "changed")]);
});

test("what is said of a version holds as long as the editor has that text", () => {
  const home = new TestEditor("Home.md", "home");
  documents.add(home);
  documents.connect(client);
  expect(documents.isCurrent("Home.md", 1)).toBe(true);
  home.content = "home!";
  expect(documents.isCurrent("Home.md", 1)).toBe(false);
  documents.sync();
  expect(documents.isCurrent("Home.md", 1)).toBe(false);
  expect(documents.isCurrent("Home.md", 2)).toBe(true);
  expect(documents.isCurrent("Soil.md", 1)).toBe(false);
});
