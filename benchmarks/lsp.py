"""How long an editor waits for `vaultlint lsp`, on a vault of any size.

    python -m benchmarks.lsp VAULT [--runs N]

The vault is copied, since notes are added to it: one with 500 backlinks, to be renamed. Times are those of
the editor, from the message to the answer; the processor time of the server stands beside them where that
says more on a machine that has other things to do.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import tests.lsp_client
from tests.lsp_client import Editor

_BACKLINKS = 500
_NOTE = 8_000  # bytes of the note that is edited


def processor(process: int) -> float:
    """Seconds of processor time of a process; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def peak(process: int) -> int:
    """Megabytes of memory that a process took at most; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


def prepared(vault: Path, folder: Path) -> tuple[Path, Path, Path]:
    """A copy of the vault; in it a note to edit, and one with many backlinks."""
    root = folder / "vault"
    shutil.copytree(vault, root, ignore=shutil.ignore_patterns(".git"))
    (root / ".obsidian").mkdir(exist_ok=True)
    target = root / "Benchmark target.md"
    target.write_text("# Benchmark target\n\n## Place\n", encoding="utf-8")
    lines = [f"Line {number} leads to [[Benchmark target#Place]].\n\n" for number in range(_NOTE // 45)]
    edited = root / "Benchmark note.md"
    edited.write_text("# Benchmark note\n\n" + "".join(lines), encoding="utf-8")
    below = root / "Benchmark backlinks"
    below.mkdir()
    for number in range(_BACKLINKS):
        text = f"# {number}\n\nSee [[Benchmark target]] and [[Benchmark note]].\n"
        (below / f"Backlink {number}.md").write_text(text, encoding="utf-8")
    return root, edited, target


def timed(work: Callable[[], object], number: int) -> str:
    """The middle and the 95th of a hundred of so many runs, in milliseconds."""
    times = []
    for _ in range(number):
        begun = perf_counter()
        work()
        times.append(1000 * (perf_counter() - begun))
    return f"{statistics.median(times):7.2f} ms, 95 % within {sorted(times)[int(number * 0.95)]:.2f} ms"


def started(root: Path, edited: Path) -> tuple[Editor, str]:
    """A server that told the findings of the note, and what that took."""
    begun = perf_counter()
    editor = Editor()
    editor.initialize(root)
    editor.open(edited.as_uri(), edited.read_text(encoding="utf-8"))
    editor.published(edited.as_uri())
    took = f"{perf_counter() - begun:7.2f} s ({processor(editor.process.pid):.2f} s of the processor)"
    return editor, took


def measure(root: Path, edited: Path, target: Path, runs: int) -> None:
    """Print the figures."""
    uri = edited.as_uri()
    editor, took = started(root, edited)
    with editor:
        print(f"start to first findings, nothing kept     {took}")
        editor.ask("workspace/diagnostic", {"previousResultIds": []})
        editor.end()
    editor, took = started(root, edited)
    with editor:
        print(f"start to first findings, of what was kept {took}")
        begun = processor(editor.process.pid)
        editor.ask("workspace/diagnostic", {"previousResultIds": []})
        spent = processor(editor.process.pid) - begun
        print(f"all findings of the vault                 {spent:7.2f} s of the processor")

        def type_letter() -> None:
            editor.change(uri, ((2, 0), (2, 0), "x"))
            editor.published(uri)

        print(f"a letter in a note of 8 KB                {timed(type_letter, runs)}")
        begun = processor(editor.process.pid)
        for _ in range(runs):
            type_letter()
        spent = 1000 * (processor(editor.process.pid) - begun) / runs
        print(f"  of the processor                        {spent:7.2f} ms")
        place = target.as_uri()
        editor.open(place, target.read_text(encoding="utf-8"))
        editor.published(place)
        names = iter(range(10**6))

        def rename_heading() -> None:
            editor.diagnostics.pop(uri, None)
            editor.change(place, ((2, 3), (2, 99), f"Place{'' if next(names) % 2 else 's'}"))
            editor.until(lambda: uri in editor.diagnostics)

        print(f"a heading, and the note that links to it  {timed(rename_heading, max(10, runs // 5))}")
        for typed in ("[[", "[[b", "[[benchmark"):
            editor.change(uri, ((2, 0), (2, 0), typed))
            at = editor.at(uri, 2, len(typed))

            def complete(at: dict[str, object] = at) -> None:
                assert editor.ask("textDocument/completion", at)["items"]

            print(f"completion behind {typed:<24}{timed(complete, runs)}")
            editor.change(uri, ((2, 0), (2, len(typed)), ""))
        new = {**editor.at(uri, 4, 0), "position": {"line": 2, "character": 0}}
        links = editor.ask("textDocument/documentLink", {"textDocument": {"uri": uri}})
        new["position"] = {**links[0]["range"]["start"]}
        new["position"]["character"] += 4

        def rename() -> None:
            edit = editor.ask("textDocument/rename", {**new, "newName": "Another name"})
            assert len(edit["documentChanges"]) >= _BACKLINKS + 2

        print(f"rename of a note with 500 backlinks       {timed(rename, 5)}")
        print(f"memory at most                            {peak(editor.process.pid):7} MB")
        editor.end()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vault", type=Path)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    tests.lsp_client.PATIENCE = 600
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAULTLINT_CACHE_DIR"] = f"{folder}/cache"
        root, edited, target = prepared(options.vault, Path(folder))
        notes = sum(1 for _ in root.rglob("*.md"))
        print(f"{notes:,} notes")
        measure(root, edited, target, options.runs)


if __name__ == "__main__":
    main()
