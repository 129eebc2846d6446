/** A page in a real browser, with the real server at the other end of a bridge. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { type Browser, chromium, type Page as BrowserPage } from "playwright-core";
import { type Message, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";

const HERE = dirname(fileURLToPath(import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Taken by the browser for one that only this machine can have answered, so that it trusts the page. */
const ADDRESS = "http://localhost/vaultlint.html";

export const browserPath = CHROMIUM.find((path) => existsSync(path));

/** The program that is tested: the one that the environment names, else that on the path. */
const PROGRAM = process.env["VAULTLINT"] ?? "vaultlint";

/** Makes pages, all of the same bundle. */
export class Harness {
  private readonly ends: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly script: string,
    private readonly style: string,
  ) {}

  static async start(): Promise<Harness> {
    const bundled = await esbuild.build({
      entryPoints: [join(HERE, "page.ts")],
      bundle: true,
      platform: "browser",
      format: "iife",
      target: "es2022",
      alias: { obsidian: "obsidian-test-mocks/obsidian" },
      write: false,
    });
    const style = await Promise.all(
      [join(HERE, "app.css"), join(HERE, "../../styles.css")].map((path) => readFile(path, "utf8")),
    );
    const browser = await chromium.launch({ executablePath: browserPath ?? "", args: ARGUMENTS });
    return new Harness(browser, bundled.outputFiles[0]?.text ?? "", style.join("\n"));
  }

  /** A page with the vault of these notes, read by a server of its own. */
  async page(notes: Record<string, string>, theme = "theme-light"): Promise<BrowserPage> {
    const folder = await vaultOf(notes);
    const server = spawn(PROGRAM, ["lsp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    const page = await this.browser.newPage({ viewport: { width: 1180, height: 700 }, deviceScaleFactor: 2 });
    this.ends.push(async () => {
      await page.close();
      await ended(server);
      await rm(folder, { recursive: true });
    });
    page.on("pageerror", (error) => {
      throw error;
    });
    const html = `<!doctype html><meta charset="utf-8"><style>${this.style}</style><body class="${theme}">`;
    await page.route(ADDRESS, (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto(ADDRESS);
    const writer = new StreamMessageWriter(server.stdin);
    await page.exposeFunction("tell", (message: Message) => writer.write(message));
    await page.addScriptTag({ content: this.script });
    new StreamMessageReader(server.stdout).listen((message) => {
      if (!page.isClosed()) void page.evaluate((message) => window.hear(message), message);
    });
    await page.evaluate(([folder, notes]) => window.begin(folder, notes), [folder, notes] as const);
    return page;
  }

  /** Close the pages, and end their servers. */
  async closePages(): Promise<void> {
    await Promise.all(this.ends.splice(0).map((end) => end()));
  }

  async stop(): Promise<void> {
    await this.closePages();
    await this.browser.close();
  }
}

async function vaultOf(notes: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vaultlint-"));
  for (const [path, text] of Object.entries(notes)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.stdin?.end();
  });
}
