/** A page in a real browser, with the real server at the other end of a bridge. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import esbuild from "esbuild";
import { type Browser, chromium, type Page as BrowserPage } from "playwright-core";
import { type Message, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { onTestFinished } from "vitest";
import { vaultWith } from "../vaults";

const HERE = import.meta.dirname;
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

/** Makes pages, all of the same bundle. */
export class Harness {
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

  /** A page with a vault of these notes, which a server of its own reads; both end with the test. */
  async page(notes: Readonly<Record<string, string>>, theme = "theme-light"): Promise<BrowserPage> {
    const folder = await vaultWith(notes);
    const server = spawn("vaultlint", ["lsp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    await once(server, "spawn");
    const page = await this.browser.newPage({ viewport: { width: 1180, height: 700 }, deviceScaleFactor: 2 });
    onTestFinished(async () => {
      await page.close();
      server.stdin.end();
      if (server.exitCode === null) await once(server, "exit");
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
    await page.evaluate(([folder, notes]) => window.begin(folder, notes), [folder, { ...notes }] as const);
    return page;
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }
}
