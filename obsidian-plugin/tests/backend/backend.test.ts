import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Backend, type State, type Waits } from "../../src/backend/backend";
import type { Advice } from "../../src/backend/advice";
import { Log } from "../../src/backend/log";
import { THIS_SYSTEM } from "../../src/backend/system";
import { Findings } from "../../src/findings";
import { VaultUris } from "../../src/uris";
import { processesIn, TELLS_PROCESSES } from "../processes";
import { folderWith, realProgram, script, vaultWith } from "../vaults";

const WAITS: Waits = { start: 50_000, stop: 5_000, restarts: [0, 0], calm: 600_000 };
const BROKEN = { "One.md": "[[Two]] and [[Nowhere]]\n", "Two.md": "[[One]] and [[Nothing]]\n" };

interface Trial {
  readonly backend: Backend;
  readonly findings: Findings;
  readonly folder: string;
  readonly log: Log;
  /** The kinds of states that the backend went through. */
  readonly states: string[];
}

/** A backend for a vault, with what listens to it in the plugin; ended with the test. */
async function trial(program: string, folder: string, waits: Partial<Waits> = {}): Promise<Trial> {
  const uris = new VaultUris(folder);
  const log = new Log(20_000);
  const env = { ...process.env, XDG_CACHE_HOME: await folderWith({}) };
  const around = { folder, root: uris.root, system: { ...THIS_SYSTEM, env }, log, program: () => program };
  const backend = new Backend(around, { ...WAITS, ...waits });
  const findings = new Findings(uris);
  const states: string[] = [];
  backend.onState(({ kind }) => states.push(kind));
  backend.onReady((connection) => {
    findings.clear();
    findings.listen(connection);
  });
  onTestFinished(() => backend.close());
  return { backend, findings, folder, log, states };
}

function found({ findings }: Trial): Record<string, string[]> {
  return Object.fromEntries([...findings.all()].map(([path, each]) => [path, each.map(({ code }) => code)]));
}

async function findsBothLinks(tried: Trial): Promise<void> {
  await vi.waitFor(() => expect(found(tried)).toEqual({ "One.md": ["VL201"], "Two.md": ["VL201"] }), 30_000);
}

function advice(state: State): Advice {
  if (state.kind !== "failed") throw new Error(`not failed: ${state.kind}`);
  return state.advice;
}

/** What is told of a program that does not become a server; “PROGRAM” stands for its path. */
async function failure(program: string, waits: Partial<Waits> = {}): Promise<Advice> {
  const tried = await trial(program, await vaultWith(BROKEN), waits);
  await tried.backend.start();
  expect(tried.states).toEqual(["starting", "failed"]);
  expect(tried.backend.connection).toBeNull();
  if (TELLS_PROCESSES) expect(await processesIn(tried.folder)).toEqual([]);
  const told = advice(tried.backend.state);
  return { ...told, what: told.what.replaceAll(program, "PROGRAM") };
}

/** The process that serves a vault. */
async function serverOf(folder: string): Promise<number> {
  const [id, ...more] = await processesIn(folder);
  expect(more).toEqual([]);
  if (id === undefined) throw new Error("no server runs");
  return id;
}

const TELLS_VERSION = '[ "$1" = --version ] && { echo "vaultlint 0.1.0"; exit; }';

const INSTALL = ['pipx install "obsidian-vaultlint[lsp]"', 'uv tool install "obsidian-vaultlint[lsp]"'];
const INSTALL_AGAIN = [
  'pipx install --force "obsidian-vaultlint[lsp]"',
  'uv tool install --force "obsidian-vaultlint[lsp]"',
];

test("the server is started, and tells the findings of notes that nobody has opened", async () => {
  const program = await realProgram();
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  expect(tried.backend.state).toEqual({
    kind: "ready",
    version: expect.stringMatching(/^\d+\.\d+/) as string,
    program,
  });
  await findsBothLinks(tried);
  expect(tried.states).toEqual(["starting", "ready"]);
});

test("started twice it runs once, and stopped it is gone", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await Promise.all([tried.backend.start(), tried.backend.start()]);
  await tried.backend.start();
  if (TELLS_PROCESSES) await serverOf(tried.folder);
  await tried.backend.stop();
  expect(tried.backend.connection).toBeNull();
  if (TELLS_PROCESSES) expect(await processesIn(tried.folder)).toEqual([]);
  expect(tried.states).toEqual(["starting", "ready", "off"]);
  expect(tried.log.text).toContain("the server ended (0)");
});

test("stopped while it starts, it leaves nothing behind and is not ready later", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  const started = tried.backend.start();
  await tried.backend.stop();
  await started;
  expect(tried.states).toEqual(["starting", "off"]);
  if (TELLS_PROCESSES) expect(await processesIn(tried.folder)).toEqual([]);
});

test("stopped while it restarts, it stays off until it is started", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  const restarted = tried.backend.restart();
  await tried.backend.stop();
  await restarted;
  expect(tried.states).toEqual(["starting", "ready", "off"]);
  await tried.backend.start();
  expect(tried.backend.state.kind).toBe("ready");
});

test("stopped while the server has not answered yet, it does not wait for the answer", async () => {
  const mute = await script(`${TELLS_VERSION}\nexec sleep 600`);
  const tried = await trial(mute, await vaultWith(BROKEN), { start: 600_000 });
  const started = tried.backend.start();
  await vi.waitFor(() => expect(tried.log.text).toContain("started "), 30_000);
  await tried.backend.stop();
  await started;
  expect(tried.states).toEqual(["starting", "off"]);
  if (TELLS_PROCESSES) expect(await processesIn(tried.folder)).toEqual([]);
});

test("closed while it restarts, it does not start again", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  const restarted = tried.backend.restart();
  await tried.backend.close();
  await restarted;
  await tried.backend.start();
  expect(tried.states).toEqual(["starting", "ready", "off"]);
  if (TELLS_PROCESSES) expect(await processesIn(tried.folder)).toEqual([]);
});

test.runIf(TELLS_PROCESSES)(
  "a server that is killed is started again, and tells all findings again",
  async () => {
    const tried = await trial("", await vaultWith(BROKEN));
    await tried.backend.start();
    await findsBothLinks(tried);
    const first = await serverOf(tried.folder);
    process.kill(first, "SIGKILL");
    await vi.waitFor(() => expect(tried.states).toEqual(["starting", "ready", "starting", "ready"]), 30_000);
    await findsBothLinks(tried);
    expect(await serverOf(tried.folder)).not.toBe(first);
  },
);

test.runIf(TELLS_PROCESSES)("a server that is killed again and again stays away, and says so", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  for (const times of [1, 2, 3]) {
    process.kill(await serverOf(tried.folder), "SIGKILL");
    const states = times < 3 ? 2 + 2 * times : 7;
    await vi.waitFor(() => expect(tried.states).toHaveLength(states), 30_000);
  }
  expect(tried.states.slice(-3)).toEqual(["starting", "ready", "failed"]);
  const { what, todo } = advice(tried.backend.state);
  expect(what).toBe(`“${await realProgram()}” ended unexpectedly.`);
  expect(todo).toBe("Restart the server here. If it ends again, please report that with the server log.");
  expect(await processesIn(tried.folder)).toEqual([]);
  await tried.backend.restart();
  expect(tried.backend.state.kind).toBe("ready");
});

test.runIf(TELLS_PROCESSES)("crashes long after each other do not add up", async () => {
  const tried = await trial("", await vaultWith(BROKEN), { calm: 0 });
  await tried.backend.start();
  for (const times of [1, 2, 3, 4]) {
    process.kill(await serverOf(tried.folder), "SIGKILL");
    await vi.waitFor(() => expect(tried.states).toHaveLength(2 + 2 * times), 30_000);
  }
  expect(tried.backend.state.kind).toBe("ready");
});

test.runIf(TELLS_PROCESSES)("stopped while it waits to be started again, it stays away", async () => {
  const tried = await trial("", await vaultWith(BROKEN), { restarts: [600_000] });
  await tried.backend.start();
  process.kill(await serverOf(tried.folder), "SIGKILL");
  await vi.waitFor(() => expect(tried.states).toEqual(["starting", "ready", "starting"]), 30_000);
  await tried.backend.stop();
  expect(tried.states).toEqual(["starting", "ready", "starting", "off"]);
  expect(await processesIn(tried.folder)).toEqual([]);
});

test.runIf(TELLS_PROCESSES)("a server that does not react any more is ended with force", async () => {
  const tried = await trial("", await vaultWith(BROKEN), { stop: 300 });
  await tried.backend.start();
  process.kill(await serverOf(tried.folder), "SIGSTOP");
  await tried.backend.stop();
  expect(await processesIn(tried.folder)).toEqual([]);
  expect(tried.log.text).toContain("the server ended (SIGKILL)");
});

test.runIf(TELLS_PROCESSES)("when the app goes away at once, so does the server", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  tried.backend.abandon();
  await vi.waitFor(async () => expect(await processesIn(tried.folder)).toEqual([]), 30_000);
  expect(tried.states).toEqual(["starting", "ready"]);
});

test("a request that waits when the server dies fails, and does not wait for ever", async () => {
  const tried = await trial("", await vaultWith(BROKEN));
  await tried.backend.start();
  const { connection } = tried.backend;
  if (connection === null) throw new Error("no connection");
  const asked = connection.sendRequest("workspace/symbol", { query: "One" });
  tried.backend.abandon();
  await expect(asked).rejects.toThrow();
});

test("what the server wants people to read is told", async () => {
  const folder = await vaultWith(BROKEN);
  const tried = await trial("", folder);
  const told: string[] = [];
  tried.backend.onMessage((message) => told.push(message));
  await writeFile(join(folder, "vaultlint.toml"), 'select = ["VL999"]\n');
  await tried.backend.start();
  await vi.waitFor(() => expect(told).toEqual([expect.stringContaining("VL999")]), 30_000);
});

test("a wrong path is told with what to do", async () => {
  expect(await failure("/nowhere/bin/vaultlint")).toEqual({
    what: "There is no file “PROGRAM”.",
    todo:
      "Give the path of the program in the settings, or leave it empty to have it looked for. " +
      "“which vaultlint” says it in a terminal, on Windows “where vaultlint”.",
    commands: [],
  });
});

test("an old version is told with its number, and how to renew it", async () => {
  expect(await failure(await script('echo "vaultlint 0.0.9"'))).toEqual({
    what: "“PROGRAM” is vaultlint 0.0.9. This plugin needs 0.1.0 or later.",
    todo: "Bring it up to date with one of these commands in a terminal, then restart the server here.",
    commands: INSTALL_AGAIN,
  });
});

test("the real program without its extra is told, and how to install both", async () => {
  const python = join(dirname(await realProgram()), "python");
  const start =
    "import sys; sys.modules['lsprotocol'] = None; from vaultlint.__main__ import run; sys.exit(run())";
  expect(await failure(await script(`exec "${python}" -c "${start}" "$@"`))).toEqual({
    what: "“PROGRAM” was installed without its language server.",
    todo: "Install it again with one of these commands in a terminal, then restart the server here.",
    commands: INSTALL_AGAIN,
  });
});

test("a program whose Python is gone is told apart from a missing one", async () => {
  const folder = await folderWith({ vaultlint: "#!/nowhere/python\n" });
  await chmod(join(folder, "vaultlint"), 0o755);
  expect((await failure(join(folder, "vaultlint"))).what).toBe(
    "“PROGRAM” is there, but cannot be run: the Python that it was installed with is missing.",
  );
});

test("in a sandbox the advice is an installation that the sandbox can see", async () => {
  const folder = await folderWith({ vaultlint: "#!/nowhere/python\n" });
  const program = join(folder, "vaultlint");
  await chmod(program, 0o755);
  const system = { ...THIS_SYSTEM, env: { ...process.env, FLATPAK_ID: "md.obsidian.Obsidian" } };
  const around = {
    folder,
    root: new VaultUris(folder).root,
    system,
    log: new Log(100),
    program: () => program,
  };
  const backend = new Backend(around, WAITS);
  await backend.start();
  const { what, commands } = advice(backend.state);
  expect(what).toContain("Obsidian runs in a sandbox (Flatpak), which cannot see all programs.");
  expect(commands).toEqual(['uv tool install --force --managed-python "obsidian-vaultlint[lsp]"']);
});

test("a program that fails is told with its last words", async () => {
  const told = await failure(await script('echo "Traceback:" >&2; echo "ImportError: no yaml" >&2; exit 1'));
  expect(told.what).toBe("“PROGRAM” does not work. It said: “ImportError: no yaml”");
});

test.each([
  ["says something else", 'echo "linter for HashiCorp Vault, 2.1"'],
  ["never stops talking", "exec yes"],
])("a program of the same name that %s is not taken for ours", async (_, lines) => {
  expect(await failure(await script(lines))).toEqual({
    what: "“PROGRAM” is another program, not the vaultlint that checks vaults.",
    todo:
      "Install the right one with one of these commands in a terminal, then restart the server here. " +
      "If it is installed already, give its path in the settings.",
    commands: INSTALL,
  });
});

test("a server that ends before it answers is told with its last words", async () => {
  const told = await failure(await script(`${TELLS_VERSION}\necho "disk is full" >&2; exit 3`));
  expect(told.what).toBe("“PROGRAM” ended unexpectedly. It said: “disk is full”");
});

test("a server that never answers is given up, and ended", async () => {
  const told = await failure(await script(`${TELLS_VERSION}\ntrap "" TERM\nexec sleep 600`), {
    start: 300,
    stop: 300,
  });
  expect(told.what).toBe("“PROGRAM” was started, but did not answer.");
});

test("a server that talks nonsense is given up", async () => {
  const told = await failure(
    await script(`${TELLS_VERSION}\necho "Content-Length: nonsense"; echo; exec cat >/dev/null`),
    { start: 1000, stop: 300 },
  );
  expect(told.what).toBe("“PROGRAM” was started, but did not answer.");
});
