import { posix, win32 } from "node:path";
import { Failure, folder, noSuchFile, notAbsolute, notExecutable, notFound } from "./advice";
import type { System } from "./system";

/**
 * The absolute path of the program: the one that the settings give, else the first in the usual places.
 * Apps of the desktop do not have the PATH of a terminal, so that alone would find it for few people.
 * Throws a `Failure` where there is none.
 */
export async function findProgram(configured: string, system: System): Promise<string> {
  const given = cleaned(configured, system);
  if (given !== "") return checked(given, system);
  const name = system.platform === "win32" ? "vaultlint.exe" : "vaultlint";
  for await (const place of places(system)) {
    const path = paths(system).join(place, name);
    if ((await system.kind(path)) === "program") return path;
  }
  throw new Failure(notFound());
}

/** What a person typed or pasted: without blanks and quotes around it, `~` for the home folder. */
function cleaned(configured: string, system: System): string {
  const path = configured.trim().replace(/^(["'])(.*)\1$/, "$2");
  return path.replace(/^~(?=[\\/])/, () => system.home);
}

async function checked(path: string, system: System): Promise<string> {
  if (!paths(system).isAbsolute(path)) throw new Failure(notAbsolute(path));
  const kind = await system.kind(path);
  if (kind === "nothing") throw new Failure(noSuchFile(path));
  if (kind === "folder") throw new Failure(folder(path));
  if (kind === "file") throw new Failure(notExecutable(path));
  return path;
}

function paths(system: System): typeof posix {
  return system.platform === "win32" ? win32 : posix;
}

/** The folders where installers put programs, those first that the person chose. */
async function* places(system: System): AsyncGenerator<string> {
  const path = paths(system);
  const { env, home } = system;
  for (const entry of (env["PATH"] ?? env["Path"] ?? "").split(path.delimiter)) {
    if (path.isAbsolute(entry)) yield entry; // a relative one would lie in the vault
  }
  for (const name of ["PIPX_BIN_DIR", "UV_TOOL_BIN_DIR", "XDG_BIN_HOME"]) {
    const chosen = env[name];
    if (chosen !== undefined && path.isAbsolute(chosen)) yield chosen;
  }
  yield path.join(home, ".local", "bin"); // pipx, uv, pip --user
  yield* system.platform === "win32" ? placesOfWindows(system) : placesOfPosix(system);
}

async function* placesOfPosix(system: System): AsyncGenerator<string> {
  const { env, home } = system;
  yield "/opt/homebrew/bin";
  yield "/usr/local/bin";
  yield "/home/linuxbrew/.linuxbrew/bin";
  for (const share of [`${home}/.local/share`, `${home}/Library/Application Support`, `${home}/.local`]) {
    yield `${share}/pipx/venvs/obsidian-vaultlint/bin`;
    yield `${share}/uv/tools/obsidian-vaultlint/bin`;
  }
  // The versions themselves: a shim of pyenv is there even where the version in force lacks the program.
  yield* within(system, `${env["PYENV_ROOT"] ?? `${home}/.pyenv`}/versions`, "bin");
  yield* within(system, `${home}/Library/Python`, "bin");
  yield* within(system, "/Library/Frameworks/Python.framework/Versions", "bin");
  for (const root of [home, "/opt"]) {
    for (const conda of CONDA) {
      yield `${root}/${conda}/bin`;
      yield* within(system, `${root}/${conda}/envs`, "bin");
    }
  }
}

async function* placesOfWindows(system: System): AsyncGenerator<string> {
  const { env, home } = system;
  const roaming = env["APPDATA"] ?? win32.join(home, "AppData", "Roaming");
  const local = env["LOCALAPPDATA"] ?? win32.join(home, "AppData", "Local");
  yield win32.join(home, "pipx", "venvs", "obsidian-vaultlint", "Scripts");
  yield win32.join(local, "pipx", "pipx", "venvs", "obsidian-vaultlint", "Scripts");
  yield win32.join(roaming, "uv", "tools", "obsidian-vaultlint", "Scripts");
  yield* within(system, win32.join(roaming, "Python"), "Scripts");
  yield* within(system, win32.join(local, "Programs", "Python"), "Scripts");
  yield* within(system, env["ProgramFiles"] ?? "C:\\Program Files", "Scripts", "Python");
  yield* within(system, "C:\\", "Scripts", "Python");
  const store = win32.join(local, "Packages");
  for (const app of await named(system, store, "PythonSoftwareFoundation.Python.")) {
    yield* within(system, win32.join(store, app, "LocalCache", "local-packages"), "Scripts");
  }
  yield* within(system, win32.join(home, ".pyenv", "pyenv-win", "versions"), "Scripts");
  for (const root of [home, local, env["ProgramData"] ?? "C:\\ProgramData"]) {
    for (const conda of CONDA) {
      yield win32.join(root, conda, "Scripts");
      yield* within(system, win32.join(root, conda, "envs"), "Scripts");
    }
  }
}

const CONDA: readonly string[] = ["miniforge3", "miniconda3", "mambaforge", "anaconda3"];

/** The folder `last` of each folder below `folder` whose name begins so. */
async function* within(system: System, folder: string, last: string, prefix = ""): AsyncGenerator<string> {
  for (const name of await named(system, folder, prefix)) yield paths(system).join(folder, name, last);
}

/** The names in a folder that begin so, later versions first. */
async function named(system: System, folder: string, prefix: string): Promise<string[]> {
  const names = (await system.names(folder)).filter((name) => name.startsWith(prefix));
  return names.sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}
