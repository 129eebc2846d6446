import { expect, test } from "vitest";
import { Failure } from "../../src/backend/advice";
import { findProgram } from "../../src/backend/program";
import type { Kind, System } from "../../src/backend/system";

interface Machine {
  readonly files: Readonly<Record<string, Kind>>;
  readonly env?: Readonly<Record<string, string>>;
}

function posix({ files, env = {} }: Machine): System {
  return { platform: "darwin", home: "/Users/ann", env, ...disk(files, "/") };
}

function windows({ files, env = {} }: Machine): System {
  return { platform: "win32", home: "C:\\Users\\Ann", env, ...disk(files, "\\") };
}

/** A file system that holds these files. */
function disk(files: Readonly<Record<string, Kind>>, separator: string): Pick<System, "kind" | "names"> {
  return {
    kind: (path) => Promise.resolve(files[path] ?? "nothing"),
    names(folder) {
      const inside = folder.endsWith(separator) ? folder : folder + separator;
      const below = Object.keys(files).filter((path) => path.startsWith(inside));
      return Promise.resolve(below.map((path) => path.slice(inside.length).split(separator)[0] ?? ""));
    },
  };
}

/** What is said where there is no program. */
async function refusal(found: Promise<string>): Promise<string> {
  const failure: unknown = await found.then(
    (path) => path,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error(`no failure: ${String(failure)}`);
  return failure.advice.what;
}

test.each([
  "/Users/ann/.local/bin/vaultlint",
  "/opt/homebrew/bin/vaultlint",
  "/usr/local/bin/vaultlint",
  "/home/linuxbrew/.linuxbrew/bin/vaultlint",
  "/Users/ann/.local/share/pipx/venvs/obsidian-vaultlint/bin/vaultlint",
  "/Users/ann/Library/Application Support/pipx/venvs/obsidian-vaultlint/bin/vaultlint",
  "/Users/ann/.local/share/uv/tools/obsidian-vaultlint/bin/vaultlint",
  "/Users/ann/.pyenv/versions/3.12.4/bin/vaultlint",
  "/Users/ann/Library/Python/3.11/bin/vaultlint",
  "/Library/Frameworks/Python.framework/Versions/3.13/bin/vaultlint",
  "/Users/ann/miniforge3/bin/vaultlint",
  "/opt/anaconda3/envs/notes/bin/vaultlint",
])("without a PATH it is found at %s", async (path) => {
  expect(await findProgram("", posix({ files: { [path]: "program" } }))).toBe(path);
});

test.each([
  "C:\\Users\\Ann\\.local\\bin\\vaultlint.exe",
  "C:\\Users\\Ann\\pipx\\venvs\\obsidian-vaultlint\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\AppData\\Local\\pipx\\pipx\\venvs\\obsidian-vaultlint\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\AppData\\Roaming\\uv\\tools\\obsidian-vaultlint\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\AppData\\Roaming\\Python\\Python312\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\AppData\\Local\\Programs\\Python\\Python313\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\AppData\\Local\\Packages\\PythonSoftwareFoundation.Python.3.12_q\\LocalCache\\local-packages\\Python312\\Scripts\\vaultlint.exe",
  "C:\\Program Files\\Python312\\Scripts\\vaultlint.exe",
  "C:\\Python311\\Scripts\\vaultlint.exe",
  "C:\\Users\\Ann\\.pyenv\\pyenv-win\\versions\\3.12.1\\Scripts\\vaultlint.exe",
  "C:\\ProgramData\\miniconda3\\envs\\notes\\Scripts\\vaultlint.exe",
])("on Windows it is found at %s", async (path) => {
  expect(await findProgram("", windows({ files: { [path]: "program" } }))).toBe(path);
});

test("the PATH comes first, without its relative entries, which would lie in the vault", async () => {
  const files = {
    "/opt/tools/vaultlint": "program",
    vaultlint: "program",
    "bin/vaultlint": "program",
    "/usr/local/bin/vaultlint": "program",
  } as const;
  expect(await findProgram("", posix({ files, env: { PATH: ":.:bin:/opt/tools:/usr/bin" } }))).toBe(
    "/opt/tools/vaultlint",
  );
});

test("on Windows the PATH may be called Path, and scripts that need a shell are passed by", async () => {
  const files = {
    "D:\\shims\\vaultlint.bat": "program",
    "D:\\tools\\vaultlint.exe": "program",
  } as const;
  const found = await findProgram("", windows({ files, env: { Path: "D:\\shims;D:\\tools" } }));
  expect(found).toBe("D:\\tools\\vaultlint.exe");
});

test("of several versions of Python the latest that has it counts", async () => {
  const files = {
    "/Users/ann/.pyenv/versions/3.9.1/bin/vaultlint": "program",
    "/Users/ann/.pyenv/versions/3.12.4/bin/vaultlint": "program",
    "/Users/ann/.pyenv/versions/3.13.0/bin/python": "program",
  } as const;
  expect(await findProgram("", posix({ files }))).toBe("/Users/ann/.pyenv/versions/3.12.4/bin/vaultlint");
});

test("folders and files that may not be run are passed by", async () => {
  const files = {
    "/Users/ann/.local/bin/vaultlint": "file",
    "/opt/homebrew/bin/vaultlint": "folder",
    "/usr/local/bin/vaultlint": "program",
  } as const;
  expect(await findProgram("", posix({ files }))).toBe("/usr/local/bin/vaultlint");
});

test("the path of the settings wins, with quotes, blanks and ~ as people paste them", async () => {
  const files = {
    "/Users/ann/my tools/vaultlint": "program",
    "/usr/local/bin/vaultlint": "program",
  } as const;
  const system = posix({ files });
  for (const pasted of [
    "/Users/ann/my tools/vaultlint",
    "  '/Users/ann/my tools/vaultlint' ",
    '"~/my tools/vaultlint"',
    "~/my tools/vaultlint",
  ]) {
    expect(await findProgram(pasted, system)).toBe("/Users/ann/my tools/vaultlint");
  }
});

test("a path of the settings that leads nowhere is told, and no other program is taken instead", async () => {
  const files = {
    "/usr/local/bin/vaultlint": "program",
    "/notes.txt": "file",
    "/opt": "folder",
  } as const;
  const system = posix({ files });
  expect(await refusal(findProgram("/gone/vaultlint", system))).toBe("There is no file “/gone/vaultlint”.");
  expect(await refusal(findProgram("/opt", system))).toBe("“/opt” is a folder, not the program.");
  expect(await refusal(findProgram("/notes.txt", system))).toBe(
    "“/notes.txt” is not a program, or may not be run.",
  );
  expect(await refusal(findProgram("vaultlint", system))).toBe(
    "The path “vaultlint” does not say where the program is: it must be whole.",
  );
});

test("where it is nowhere, that is told", async () => {
  expect(await refusal(findProgram("", posix({ files: {} })))).toBe(
    "The program vaultlint was not found in the usual places.",
  );
});
