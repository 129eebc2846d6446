"""Notes are written in one way: no module but these few calls anything that changes files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*(ROOT / "vaultlint").rglob("*.py"), *(ROOT / "rules").rglob("*.py")])

ALLOWED = {
    "vaultlint/files.py": "the calls of the system that `write` and `journal` make",
    "vaultlint/cache.py": "the cache, in the user's folder",
    "vaultlint/testing.py": "vaults that a test makes",
    "vaultlint/cli.py": "`--output`",
    "vaultlint/git_log.py": "memory that processes share, and no file",
    "vaultlint/lsp/__init__.py": "the pipe to the editor, and the log",
    "vaultlint/commands/init.py": "a configuration where there is none",
    "vaultlint/commands/baseline.py": "the baseline, whole or not at all",
}

ALWAYS = {
    *("write_text", "write_bytes", "unlink", "rmdir", "mkdir", "makedirs", "removedirs", "touch", "truncate"),
    *(
        "rename",
        "renames",
        "symlink",
        "symlink_to",
        "link",
        "hardlink_to",
        "chmod",
        "fchmod",
        "chown",
        "fchown",
    ),
    *("utime", "setxattr", "removexattr", "pwrite", "sendfile"),
}
OF_OS = {"replace", "remove", "write"}
FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}
MODULES = {"shutil", "tempfile", "mmap"}
LINTERS = {"linter", "other", "self"}  # `Linter.replace` takes texts


def writing(source: str) -> Iterator[str]:
    """What in a module can change files, with its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(alias.name.split(".")[0] in MODULES for alias in names):
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in MODULES or (
                module == "os" and any(alias.name in ALWAYS | OF_OS | FLAGS for alias in names)
            ):
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.Attribute(attr=name) if name in FLAGS:
                yield f"{node.lineno}: {name}"
            case ast.Call() if _writes(node):
                yield f"{node.lineno}: {ast.unparse(node.func)}"


def _writes(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
    if owner in ("files", "self.files", "journal.files"):  # the one object, which can be made to fail
        return False
    if name == "fdopen" or (name == "open" and owner != "os"):  # `os.open` gives itself away by its flags
        return _mode(call, 0 if owner not in ("", "io", "os") else 1) not in ("r", "rb")
    if name == "replace":  # of a path it has one argument, of a text two
        return owner == "os" or (len(call.args) == 1 and not call.keywords and owner not in LINTERS)
    return name in ALWAYS or (owner == "os" and name in OF_OS)


def _mode(call: ast.Call, place: int) -> str | None:
    """The mode of an `open`, None where it is no constant."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    given += call.args[place : place + 1]
    if not given:
        return "r"
    return given[0].value if isinstance(given[0], ast.Constant) and isinstance(given[0].value, str) else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_writes_files_but_those_that_may(path: Path) -> None:
    found = list(writing(path.read_text(encoding="utf-8")))
    if path.relative_to(ROOT).as_posix() in ALLOWED:
        assert found, "it writes no more: take it off the list"
    else:
        assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "open(path, how)",
        "path.open('r+')",
        "path.open(mode='x')",
        "io.open(path, 'w')",
        "path.write_text('x')",
        "path.write_bytes(b'')",
        "path.replace(other)",
        "path.rename(other)",
        "path.unlink()",
        "os.replace(one, other)",
        "os.remove(path)",
        "os.open(path, os.O_RDWR)",
        "from os import O_WRONLY",
        "os.write(descriptor, b'')",
        "os.truncate(path, 0)",
        "os.fdopen(descriptor, 'wb')",
        "import shutil",
        "from tempfile import NamedTemporaryFile",
        "from os import replace",
    ],
)
def test_what_writes_is_found(source: str) -> None:
    assert len(list(writing(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "path.open('rb')",
        "text.replace('a', 'b')",
        "os.open(path, os.O_RDONLY)",
        "files.unlink(path)",
    ],
)
def test_what_only_reads_is_not(source: str) -> None:
    assert list(writing(source)) == []
