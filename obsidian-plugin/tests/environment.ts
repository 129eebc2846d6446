import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PLUGIN = join(import.meta.dirname, "..");
const ENVIRONMENT = join(PLUGIN, "node_modules", ".vaultlint");
const WINDOWS = process.platform === "win32";
const BIN = join(ENVIRONMENT, WINDOWS ? "Scripts" : "bin");
const PROGRAM = WINDOWS ? "vaultlint.exe" : "vaultlint";

/** Before all tests: the real program is on the PATH, if need be as this clone has it. */
export default function setup(): void {
  const entries = (process.env["PATH"] ?? "").split(delimiter);
  if (entries.some((entry) => isProgram(join(entry, PROGRAM)))) return;
  if (!isProgram(join(BIN, PROGRAM))) install();
  process.env["PATH"] = [BIN, ...entries].join(delimiter);
}

/** Install the program of this clone, with its language server, into an environment of the tests. */
function install(): void {
  const python = ["python3", "python", "python3.13", "python3.12", "python3.11"].find(isRecent);
  if (python === undefined)
    throw new Error("the tests run the real program, which needs Python 3.11 or later");
  execFileSync(python, ["-m", "venv", ENVIRONMENT], { stdio: "inherit" });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  execFileSync(join(BIN, "python"), [...pip, "--editable", `${join(PLUGIN, "..")}[lsp]`], {
    stdio: "inherit",
  });
}

function isProgram(path: string): boolean {
  return succeeds(() => accessSync(path, constants.X_OK));
}

function isRecent(python: string): boolean {
  const test = "import sys; sys.exit(sys.version_info < (3, 11))";
  return succeeds(() => execFileSync(python, ["-c", test], { stdio: "ignore" }));
}

/** Whether the system does not say no. */
function succeeds(asked: () => unknown): boolean {
  try {
    asked();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
