import { MINIMUM_VERSION } from "./version";

/** A failure in words that a writer understands, and what to do about it. */
export interface Advice {
  /** What is wrong: sentences. */
  readonly what: string;
  /** What to do: sentences. */
  readonly todo: string;
  /** Any one of these, in a terminal, does it; none where no command helps. */
  readonly commands: readonly string[];
}

/** What stops the server from being started, as it is told to people. */
export class Failure extends Error {
  constructor(readonly advice: Advice) {
    super(advice.what);
    this.name = "Failure";
  }
}

const PACKAGE = '"obsidian-vaultlint[lsp]"'; // double quotes, which every shell takes
const INSTALL: readonly string[] = [`pipx install ${PACKAGE}`, `uv tool install ${PACKAGE}`];
const INSTALL_AGAIN: readonly string[] = [
  `pipx install --force ${PACKAGE}`,
  `uv tool install --force ${PACKAGE}`,
];

const IN_A_TERMINAL = "with one of these commands in a terminal, then restart the server here.";
const AGAIN = `Install it again ${IN_A_TERMINAL}`;

export function notFound(): Advice {
  return {
    what: "The program vaultlint was not found in the usual places.",
    todo: `Install it ${IN_A_TERMINAL} If it is installed already, give its path in the settings.`,
    commands: INSTALL,
  };
}

export function notAbsolute(path: string): Advice {
  return wrongPath(`The path “${path}” does not say where the program is: it must be whole.`);
}

export function noSuchFile(path: string): Advice {
  return wrongPath(`There is no file “${path}”.`);
}

export function folder(path: string): Advice {
  return wrongPath(`“${path}” is a folder, not the program.`);
}

/** `path` is a file that the system does not let us run. */
export function notExecutable(path: string): Advice {
  return wrongPath(`“${path}” is not a program, or may not be run.`);
}

function wrongPath(what: string): Advice {
  return {
    what,
    todo:
      "Give the path of the program in the settings, or leave it empty to have it looked for. " +
      "“which vaultlint” says it in a terminal, on Windows “where vaultlint”.",
    commands: [],
  };
}

/** The program is there, but what runs it is not: its Python was removed, say. */
export function withoutPython(path: string, sandbox: string | null): Advice {
  const what = `“${path}” is there, but cannot be run: the Python that it was installed with is missing.`;
  if (sandbox === null) return { what, todo: AGAIN, commands: INSTALL_AGAIN };
  return {
    what: `${what} Obsidian runs in a sandbox (${sandbox}), which cannot see all programs.`,
    todo: "Install vaultlint with a Python of uv, which lies in your home folder, then restart the server here; or install Obsidian from its website.",
    commands: [`uv tool install --force --managed-python ${PACKAGE}`],
  };
}

/** It was asked for its version, and failed; `said` is what it said of that. */
export function broken(path: string, said: string): Advice {
  return { what: `“${path}” does not work.${quoted(said)}`, todo: AGAIN, commands: INSTALL_AGAIN };
}

export function otherProgram(path: string): Advice {
  return {
    what: `“${path}” is another program, not the vaultlint that checks vaults.`,
    todo: `Install the right one ${IN_A_TERMINAL} If it is installed already, give its path in the settings.`,
    commands: INSTALL,
  };
}

export function tooOld(path: string, version: string): Advice {
  return {
    what: `“${path}” is vaultlint ${version}. This plugin needs ${MINIMUM_VERSION} or later.`,
    todo: `Bring it up to date ${IN_A_TERMINAL}`,
    commands: INSTALL_AGAIN,
  };
}

export function withoutServer(path: string): Advice {
  return {
    what: `“${path}” was installed without its language server.`,
    todo: AGAIN,
    commands: INSTALL_AGAIN,
  };
}

export function silent(path: string): Advice {
  return {
    what: `“${path}” was started, but did not answer.`,
    todo: "Restart the server here. If that does not help, restart the computer, or install it again.",
    commands: INSTALL_AGAIN,
  };
}

/** It ended by itself, once too often; `said` is what it said last. */
export function crashed(path: string, said: string): Advice {
  return {
    what: `“${path}” ended unexpectedly.${quoted(said)}`,
    todo: "Restart the server here. If it ends again, please report that with the server log.",
    commands: [],
  };
}

/** The last line of what a program said: of a trace, the one that says what was wrong. */
function quoted(said: string): string {
  const last = said.trimEnd().split("\n").pop()?.trim() ?? "";
  return last === "" ? "" : ` It said: “${last.slice(0, 300)}”`;
}
