"""What is recalled of earlier runs equals what a fresh run finds, whatever happened in between."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from threading import active_count
from typing import Any

import pytest

from vaultlint import cache, engine, recall
from vaultlint.arguments import parser
from vaultlint.cli import main
from vaultlint.folders import cache_folder
from vaultlint.lsp.vaults import OpenVault
from vaultlint.note import Note, Outline
from vaultlint.parse import outline_of

ROOT = Path(__file__).parent.parent
HOUR = 3_600_000_000_000  # ns
Capture = pytest.CaptureFixture[str]


class Clock:
    """The time in ns that runs believe it is: `ahead` of the real one."""

    ahead = HOUR

    def __call__(self) -> int:
        return time.time_ns() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """An hour ahead, so that what a test has just written counts as old."""
    made = Clock()
    monkeypatch.setattr(recall, "now", made)
    return made


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of a test, which is no run of a CI service."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(folder))
    monkeypatch.delenv("CI", raising=False)
    return folder


@pytest.fixture
def small_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of few notes and of short texts, so that a small vault has many."""
    monkeypatch.setattr(recall, "_IN_HEAD", 10)
    monkeypatch.setattr(recall, "_SLICE", 2)
    monkeypatch.setattr(engine, "_TOLD_AT_ONCE", 2)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault with a bit of everything."""
    root = tmp_path / "vault"
    write(root, ".obsidian/app.json", "{}")
    write(root, "a.md", "# A\n\nFrom: [[hub]]\n\n[[b#Head]] [[Gone]] ![[pic.png]]\n")
    write(root, "b.md", "---\naliases: [Bee]\n---\n## Head\n\n[[a]] [[d/c]] [[d/c#^id]] [[Bee]]\n")
    write(root, "d/c.md", "text ^id\n\n[[a]] [[../b]]\n#tag\n")
    write(root, "hub.md", "[[a]]\n")
    write(root, "pic.png", "no picture")
    write(
        root, "board.canvas", json.dumps({"nodes": [{"id": "1", "type": "text", "text": "[[Lost]] [[b]]"}]})
    )
    write(root, "list.base", "views:\n  - type: table\n    name: All\n")
    return root


def write(root: Path, path: str, text: str) -> None:
    """Write a file of a vault."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8", newline="")


def check(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `vaultlint check`."""
    capsys.readouterr()
    status = main(["check", *map(str, arguments)])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The notes that were read into outlines, as they are read."""
    from vaultlint import reading

    seen: list[str] = []

    def read(note: Note, *arguments: Any, **options: Any) -> Outline:
        seen.append(Path(note.path).name)
        return outline_of(note, *arguments, **options)

    monkeypatch.setattr(reading, "outline_of", read)
    return seen


# --- equal to a fresh run ---------------------------------------------------------------------

LONG = "x" * 150 + " [[a]] " + "y" * 500
WORDS = ("[[a]]", "[[b#Head]]", "[[b#Other]]", "[[d/c#^id]]", "[[Gone]]", "[[Bee]]", "![[pic.png]]",
         "[[new]]", "[[list.base#All]]", "[[a.md", "[x](b.md)", "[x](<b c.md>)", "[x](b%20c.md)",
         LONG, "\n# Head\n", "\n## Other\n", " ^id\n", "\n- x\n", "`[[a]]`", "#tag", "%%",
         "\n%% vaultlint-disable-next-line VL201 %%\n", "%% vaultlint-disable-file broken-link, VL401 %%",
         "<!-- vaultlint-disable -->", "\n%% vaultlint-enable %%\n",
         "%% vaultlint-disable-file x %%", "[[garden sched]]", "[[gardn shed]]")  # fmt: skip
NAMES = (
    "a.md",
    "b.md",
    "d/c.md",
    "hub.md",
    "new.md",
    "garden shed.md",
    "d/garden.md",
    "d/new.md",
    "B.md",
    "d/hub.md",
    ".dot/x.md",
    "e/index.md",
)


class Mutations:
    """What people and programs do to a vault."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)

    def step(self) -> str:
        """One of them; gives its name."""
        names = [name for name in vars(type(self)) if name.startswith("do_")]
        names += ["do_edit", "do_swap"] * 6
        name = self.random.choice(names)
        getattr(self, name)()
        return name

    def text(self) -> str:
        """A note."""
        front = self.random.choice(
            (
                "",
                "",
                "---\naliases: [Bee, Sea]\n---\n",
                "---\ntitle: Gone\n---\n",
                "---\na: [\n",
                "---\nvaultlint: {orphan: ok}\n---\n",
                "---\nid: 7\nkind: x\n---\n",
                "---\nid: [7, 8]\n---\n",
            )
        )
        return front + " ".join(self.random.choices(WORDS, k=self.random.randrange(8)))

    def some(self, suffix: str = ".md") -> Path:
        """A file of the vault."""
        found = sorted(path for path in self.root.rglob(f"*{suffix}") if path.exists())
        return self.random.choice(found) if found else self.root / f"a{suffix}"

    def do_write(self) -> None:
        write(self.root, self.random.choice(NAMES), self.text())

    def do_delete(self) -> None:
        if len(list(self.root.rglob("*.md"))) > 2:
            self.some().unlink(missing_ok=True)

    def do_rename(self) -> None:
        path = self.some()
        if path.exists():
            path.rename(path.with_name(self.random.choice(("a.md", "z.md", "new.md", "x.txt"))))

    def do_edit(self) -> None:
        with self.some().open("a", encoding="utf-8") as file:
            file.write(" " + self.random.choice(WORDS))

    def do_copy(self) -> None:
        """Two notes get the same long text."""
        text = self.text() + LONG
        for _ in range(2):
            write(self.root, self.random.choice(NAMES), text)

    def do_touch(self) -> None:
        self.some().touch()

    def do_swap(self) -> None:
        """An edit of the same size, with the times put back."""
        path = self.some()
        if path.exists():
            state, text = path.stat(), path.read_bytes()
            path.write_bytes(text.replace(b"[[a", b"[[q").replace(b"[[G", b"[[a"))
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))

    def do_time_travel(self) -> None:
        path = self.some()
        if path.exists():
            at = time.time_ns() + self.random.choice((-100, -1, 1, 100)) * HOUR
            os.utime(path, ns=(at, at))

    def do_not_unicode(self) -> None:
        (self.root / "a.md").write_bytes(b"\xff[[b]]")

    def do_config(self) -> None:
        path = self.root / "vaultlint.toml"
        texts = (
            "",
            'ignore = ["VL4"]',
            'fail-on = "info"',
            'exclude = ["d"]',
            "nonsense",
            '[hubs]\ninclude = ["a.md"]',
            '[topics]\ntags = ["tag"]\n[hubs]\nproperties = {kind = "x"}\n[rules.VL401]\nhub-links = false',
            'extend = "../base.toml"',
            'extend = "../base.toml"',
            'extend = "../base.toml"\nextend-select = ["ALL"]',
            '[per-file-ignores]\n"d/" = ["VL201"]',
            'unfixable = ["ALL"]\n[rules.broken-link]\nunwritten = "info"',
            'planned = ["Go*"]\npublish = "quartz"\n[rules.VL002]\nseverity = "error"',
            '[[schema]]\nunique = ["id"]\nschema = "../notes.json"',
            'extend = "../base.toml"\n[[schema]]\ntag = "tag"\nunique = ["id"]',
            '[[custom]]\ncode = "X1"\nname = "x-x"\nmessage = "x"\npattern = "Gone|text"\nwhere = "raw"',
        )
        self._write_or_delete(path, texts)

    def do_base(self) -> None:
        texts = (
            'ignore = ["VL2"]', 'exclude = ["hub.md"]', "extend = 'x'", 'planned = ["new", "Gone"]', "",
            '[[schema]]\nunique = ["kind"]\nschema = "notes.json"',
        )  # fmt: skip
        self._write_or_delete(self.root.parent / "base.toml", texts)

    def do_schema(self) -> None:
        texts = ('{"required": ["id"]}', '{"properties": {"id": {"type": "integer"}}}', "{}", "{")
        self._write_or_delete(self.root.parent / "notes.json", texts)

    def do_ignore(self) -> None:
        path = self.root / self.random.choice(
            (".gitignore", "d/.gitignore", ".vaultlintignore", "../.gitignore")
        )
        self._write_or_delete(path, ("a.md", "*.md\n!a.md", "d/", "[", "c.md"))

    def do_obsidian(self) -> None:
        name = self.random.choice(("app", "types", "templates"))
        texts = ('{"userIgnoreFilters": ["d/"]}', '{"folder": "d"}', "[", '{"newLinkFormat": "absolute"}')
        self._write_or_delete(self.root / f".obsidian/{name}.json", texts)

    def do_attachment(self) -> None:
        self._write_or_delete(self.root / self.random.choice(("pic.png", "d/pic.png", "a.txt")), ("x",))

    def do_trash(self) -> None:
        self._write_or_delete(self.root / self.random.choice((".trash/Gone.md", ".trash/d/new.md")), ("x",))

    def do_canvas(self) -> None:
        node = {"id": "1", "type": "text", "text": self.random.choice(WORDS)}
        self._write_or_delete(self.root / "board.canvas", (json.dumps({"nodes": [node]}), "{", ""))

    def do_bases(self) -> None:
        texts = ("views: []", "views:\n  - type: table\n    name: All\n")
        self._write_or_delete(self.root / "list.base", texts)

    def do_repository(self) -> None:
        folder = self.random.choice((self.root, self.root.parent)) / ".git"
        folder.rmdir() if folder.exists() else folder.mkdir()

    def do_symlink(self) -> None:
        path = self.root / "link.md"
        path.unlink(missing_ok=True)
        path.symlink_to(self.random.choice(("a.md", "d/c.md", "nothing.md", "../outside.md", ".dot/x.md")))

    def _write_or_delete(self, path: Path, texts: tuple[str, ...]) -> None:
        if path.exists() and self.random.random() < 0.4:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.random.choice(texts), encoding="utf-8", newline="")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_to_a_vault_the_cache_changes_no_byte(
    vault: Path, capsys: Capture, clock: Clock, small_records: None, seed: int
) -> None:
    mutations = Mutations(vault, seed)
    history: list[str] = []
    for _ in range(40):
        history.append(mutations.step())
        clock.ahead = mutations.random.choice((0, 0, HOUR, HOUR, 10_000_000_000, -HOUR))
        for path, *options in (
            (vault, "--format", "json"),
            (vault, "--format", "full", "--max-diagnostics", "7"),
            (vault / mutations.random.choice(("a.md", "d", "board.canvas")), "--format", "json"),
        ):
            fresh = check(capsys, path, *options, "--no-cache")
            for again in range(mutations.random.choice((1, 2))):
                told = check(capsys, path, *options)
                assert told == fresh, (history, path, options, again)


# --- what is recalled -------------------------------------------------------------------------


def test_an_unchanged_vault_is_not_read_again(
    vault: Path, capsys: Capture, clock: Clock, reads: list[str]
) -> None:
    first = check(capsys, vault)
    assert sorted(reads) == ["a.md", "b.md", "c.md", "hub.md"]
    assert check(capsys, vault) == first
    assert len(reads) == 4


def test_who_asks_about_the_changed_notes_has_no_others_read(
    vault: Path, capsys: Capture, clock: Clock, reads: list[str]
) -> None:
    clock.ahead = HOUR
    check(capsys, vault / "hub.md")
    assert len(reads) == 4  # once: links to and from them count
    reads.clear()
    write(vault, "d/c.md", "text ^id [[Lost]]\n")
    _, before, _ = check(capsys, vault / "d/c.md", "--format", "json")
    write(vault, "a.md", "# A\n\n[[Lost]]\n")
    _, after, _ = check(capsys, vault / "a.md", "--format", "json")
    assert reads == ["c.md", "a.md", "c.md"]  # what changed since the last whole run
    assert [told.count("which 2 notes link to") for told in (before, after)] == [0, 1]


def test_a_run_about_one_note_leaves_the_parts_of_the_whole_report_as_they_are(
    vault: Path, capsys: Capture, clock: Clock, small_records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[str]] = []
    real = engine.Linter.report_on

    def report_on(self: engine.Linter, paths: list[str]) -> engine.Report:
        told.append(paths)
        return real(self, paths)

    monkeypatch.setattr(engine.Linter, "report_on", report_on)
    clock.ahead = HOUR
    check(capsys, vault)
    whole = len(told)
    told.clear()
    write(vault, "d/c.md", "text ^id\n\n[[a]] [[../b]] more\n#tag\n")
    check(capsys, vault / "d/c.md")
    assert told == [["d/c.md"]]
    told.clear()
    check(capsys, vault)
    assert 0 < len(told) < whole


def test_no_thread_is_left_when_a_run_begins_to_read(
    vault: Path, capsys: Capture, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(capsys, vault)
    left: list[int] = []
    real = engine.Linter.read_by

    def read_by(self: engine.Linter, *arguments: Any) -> None:
        left.append(active_count())
        real(self, *arguments)

    monkeypatch.setattr(engine.Linter, "read_by", read_by)
    alone = active_count()
    write(vault, "new.md", "[[a]]\n")
    check(capsys, vault)
    check(capsys, vault, "--fix", "--diff")
    assert left == [alone, alone]


def test_an_editor_has_nothing_read_that_the_command_line_read(
    vault: Path, capsys: Capture, clock: Clock
) -> None:
    clock.ahead = HOUR
    options = parser("lsp").parse_args(["lsp"])
    options.revision_files = ()
    assert len(OpenVault(str(vault), options).session.linter.unread) == 4
    check(capsys, vault / "a.md")
    assert OpenVault(str(vault), options).session.linter.unread == ()


def test_a_file_that_changed_a_moment_ago_is_compared_by_content(
    vault: Path, capsys: Capture, clock: Clock, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaultlint import signature

    clock.ahead = 0
    first = check(capsys, vault)
    hashed: list[str] = []
    real = signature._content

    def content(path: str, limit: int | None) -> str | bytes:
        hashed.append(path)
        return real(path, limit)

    monkeypatch.setattr(signature, "_content", content)
    assert check(capsys, vault) == first
    assert f"{vault}/a.md" in hashed
    assert len(reads) == 4
    clock.ahead = HOUR
    check(capsys, vault)  # certain by now, and noted as such
    hashed.clear()
    assert check(capsys, vault) == first
    assert f"{vault}/a.md" not in hashed
    assert len(reads) == 4


def test_a_stamp_from_the_future_is_never_trusted(vault: Path, capsys: Capture, clock: Clock) -> None:
    ahead = time.time_ns() + 100 * HOUR
    os.utime(vault / "a.md", ns=(ahead, ahead))
    state = (vault / "a.md").stat()
    assert "Gone" in check(capsys, vault)[1]
    text = (vault / "a.md").read_text("utf-8")
    (vault / "a.md").write_text(text.replace("Gone", "hub "), "utf-8")
    os.utime(vault / "a.md", ns=(state.st_atime_ns, state.st_mtime_ns))
    assert "Gone" not in check(capsys, vault)[1]


def test_a_value_that_a_schema_allows_once_is_compared_with_all_notes(
    vault: Path, capsys: Capture, clock: Clock, small_records: None, reads: list[str]
) -> None:
    write(vault, "vaultlint.toml", '[[schema]]\nschema = "../notes.json"\nunique = ["id"]')
    write(vault.parent, "notes.json", "{}")
    for name, text in (
        ("a", "id: 7"),
        ("b", "id: 8"),
        ("b", "id: 7"),
        ("b", "id: 7\nkind: x"),
        ("a", "id: 1"),
    ):
        write(vault, f"{name}.md", f"---\n{text}\n---\n")
        fresh = check(capsys, vault, "--no-cache")
        assert check(capsys, vault) == check(capsys, vault) == fresh
        assert ("is the “id” of “b.md” too" in fresh[1]) is ("id: 7" in text and name == "b")
    reads.clear()
    write(vault.parent, "notes.json", '{"required": ["id"]}')
    told = check(capsys, vault)
    assert "“id” is missing" in told[1]
    assert told == check(capsys, vault, "--no-cache")


def test_in_ci_only_the_content_counts(
    vault: Path, capsys: Capture, clock: Clock, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    first = check(capsys, vault)
    for path in vault.rglob("*.md"):
        path.touch()
    assert check(capsys, vault) == first
    assert len(reads) == 4
    write(vault, "a.md", "# A\n")
    assert check(capsys, vault) != first


@pytest.mark.parametrize(
    "options",
    [("--format", "json"), ("--ignore", "VL201"), ("--max-diagnostics", "1"), ("--exclude", "a.md")],
)
def test_who_asks_otherwise_is_answered_otherwise(
    vault: Path, capsys: Capture, clock: Clock, options: tuple[str, ...]
) -> None:
    first = check(capsys, vault)
    fresh = check(capsys, vault, *options, "--no-cache")
    assert check(capsys, vault, *options) == fresh != first
    assert check(capsys, vault, *options) == fresh
    assert check(capsys, vault) == first


def test_the_exit_status_follows_the_options_of_this_run(vault: Path, capsys: Capture, clock: Clock) -> None:
    assert [check(capsys, vault, *each)[0] for each in ((), (), ("--exit-zero",), ("--fail-on", "info"))] == [
        1, 1, 0, 1,
    ]  # fmt: skip


def test_other_code_is_never_answered_from_memory(
    vault: Path, capsys: Capture, clock: Clock, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(capsys, vault)
    monkeypatch.setattr(recall, "program", lambda: b"of another version")
    check(capsys, vault)
    assert len(reads) == 8
    monkeypatch.setattr(recall, "program", lambda: None)  # as in an archive
    assert check(capsys, vault)[2] == ""
    assert check(capsys, vault)[2] == ""
    assert len(reads) == 16


def test_an_incomplete_run_is_told_again(vault: Path, capsys: Capture, clock: Clock) -> None:
    (vault / "a.md").write_bytes(b"\xff")
    first = check(capsys, vault)
    assert first[0] == 2
    assert check(capsys, vault) == first


def test_a_recalled_report_goes_where_it_is_wanted(
    vault: Path, tmp_path: Path, capsys: Capture, clock: Clock
) -> None:
    _, out, _ = check(capsys, vault, "--format", "json")
    assert check(capsys, vault, "--format", "json", "--output", tmp_path / "report.json") == (1, "", "")
    assert (tmp_path / "report.json").read_text("utf-8") == out


# --- where it is kept -------------------------------------------------------------------------


def test_nothing_is_written_in_the_vault_and_all_is_private(
    vault: Path, kept: Path, capsys: Capture, clock: Clock
) -> None:
    before = sorted(vault.rglob("*"))
    check(capsys, vault)
    assert sorted(vault.rglob("*")) == before
    (folder,) = kept.iterdir()
    assert os.name == "nt" or [path.stat().st_mode & 0o777 for path in (kept, folder)] == [0o700, 0o700]


def test_a_cache_folder_in_the_vault_is_refused(
    vault: Path, capsys: Capture, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = check(capsys, vault, "--no-cache")
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(vault / ".kept"))
    status, out, err = check(capsys, vault)
    assert (status, out) == fresh[:2]
    assert err == f"vaultlint: nothing is kept: the cache folder “{vault}/.kept” is in the vault\n"
    assert not (vault / ".kept").exists()


def test_a_cache_that_cannot_be_written_is_a_warning(
    vault: Path, kept: Path, capsys: Capture, clock: Clock
) -> None:
    kept.write_text("a file where the folder should be")
    fresh = check(capsys, vault, "--no-cache")
    status, out, err = check(capsys, vault)
    assert (status, out) == fresh[:2]
    assert err.startswith(f"vaultlint: nothing is kept in “{kept}”: ")
    assert err.count("\n") == 1


def test_a_full_disk_is_a_warning_and_leaves_nothing_half_done(
    vault: Path, kept: Path, capsys: Capture, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    fresh = check(capsys, vault, "--no-cache")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        status, out, err = check(capsys, vault)
    assert (status, out) == fresh[:2]
    assert err == f"vaultlint: nothing is kept in “{kept}”: No space left on device\n"
    assert [path for path in kept.rglob("*") if path.is_file()] == []
    assert check(capsys, vault) == fresh


def test_the_folder_is_told_and_cleared(
    vault: Path, kept: Path, capsys: Capture, clock: Clock, reads: list[str]
) -> None:
    assert main(["cache", "path"]) == 0
    assert capsys.readouterr().out == f"{kept}\n"
    check(capsys, vault)
    (kept / "somebody else's").write_text("x")
    assert main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == "deleted what was kept of 1 vault\n"
    assert [path.name for path in kept.iterdir()] == ["somebody else's"]
    check(capsys, vault)
    assert len(reads) == 8


def test_no_cache_keeps_nothing(vault: Path, kept: Path, capsys: Capture) -> None:
    check(capsys, vault, "--no-cache")
    assert not kept.exists()


@pytest.mark.parametrize(
    ("platform", "variable", "folder", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "/xdg", "/xdg/vaultlint"),
        ("linux", "XDG_CACHE_HOME", "not/absolute", "/home/me/.cache/vaultlint"),
        ("linux", "XDG_CACHE_HOME", "", "/home/me/.cache/vaultlint"),
        ("darwin", "XDG_CACHE_HOME", "/xdg", "/home/me/Library/Caches/vaultlint"),
        ("win32", "LOCALAPPDATA", "/local", "/local/vaultlint/Cache"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the paths are those of POSIX")
def test_the_folder_is_where_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, folder: str, expected: str
) -> None:
    monkeypatch.delenv("VAULTLINT_CACHE_DIR")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, folder)
    assert str(cache_folder()) == expected


def test_old_heads_and_records_are_dropped(
    vault: Path, kept: Path, capsys: Capture, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_IN_HEAD", 100)
    for number in range(cache.HEADS_KEPT + 4):
        check(capsys, vault, "--format", "json", "--max-diagnostics", number)
    (folder,) = kept.iterdir()
    assert len(list(folder.glob("*.head"))) == cache.HEADS_KEPT
    os.utime(next(folder.glob("*.data")), (0, 0))  # named by a head
    stray = folder / f"{'0' * 64}.data"
    stray.write_bytes(b"")
    os.utime(stray, (0, 0))
    named = len(list(folder.glob("*.data"))) - 1
    check(capsys, vault, "--max-diagnostics", "99")
    assert not stray.exists()
    assert len(list(folder.glob("*.data"))) >= named


# --- damage and company -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_cache_is_made_again(
    vault: Path, kept: Path, capsys: Capture, clock: Clock, small_records: None, seed: int
) -> None:
    chance = random.Random(seed)
    fresh = check(capsys, vault, "--format", "json", "--no-cache")
    for _ in range(12):
        assert check(capsys, vault, "--format", "json") == fresh
        files = sorted(path for path in kept.rglob("*") if path.is_file())
        for path in chance.sample(files, chance.randrange(1, len(files) + 1)):
            data = bytearray(path.read_bytes()) or bytearray(1)
            match chance.randrange(5):
                case 0:
                    path.unlink()
                case 1:
                    path.write_bytes(data[: chance.randrange(len(data))])
                case 2:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                    path.write_bytes(data)
                case 3:
                    path.write_bytes(chance.randbytes(64) + data[64:])
                case 4:
                    path.write_bytes(b"")
        if chance.random() < 0.5:
            write(vault, "new.md", f"[[a]] {chance.random()}")
            fresh = check(capsys, vault, "--format", "json", "--no-cache")
    assert check(capsys, vault, "--format", "json") == fresh


def command(*arguments: object, **options: object) -> "subprocess.Popen[bytes]":
    """A run of `python -m vaultlint` in a process of its own, begun."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'rules'}"}
    return subprocess.Popen(
        [sys.executable, "-m", "vaultlint", *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )


def test_two_runs_at_once_do_each_other_no_harm(vault: Path, capsys: Capture) -> None:
    for text in ("[[a]]", "[[Lost]]", "[[b#Other]]"):
        write(vault, "new.md", text)
        fresh = check(capsys, vault, "--format", "json", "--no-cache")[1].encode()
        runs = [command("check", vault, "--format", "json") for _ in range(3)]
        assert [run.communicate(timeout=60)[0] for run in runs] == [fresh] * 3
        assert command("check", vault, "--format", "json").communicate(timeout=60)[0] == fresh


# --- what a start costs -----------------------------------------------------------------------

HEAVY = {"mistune", "yaml", "frontmatter", "pydantic", "pathspec", "concurrent.futures", "multiprocessing",
         "importlib.metadata", "logging", "jsonschema", "referencing", "re2", "vaultlint.schema",
         "vaultlint.json_schema", "vaultlint.patterns"}  # fmt: skip
ENGINE = {"vaultlint.parse", "vaultlint.vault", "vaultlint.engine", "vaultlint.reading", "vaultlint.report",
          "vaultlint.config_file", "vaultlint_rules"}  # fmt: skip

_LIST_MODULES = """\
import sys
names = sys.argv.pop(1)
from vaultlint.__main__ import run
run()
with open(names, "w") as file:
    file.write("\\n".join(sys.modules))
"""


def imported(folder: Path, *arguments: object) -> set[str]:
    """The modules that a run of the command imports."""
    names = folder / "modules"
    subprocess.run(
        [sys.executable, "-S", "-c", _LIST_MODULES, str(names), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules"), *sys.path[1:]])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return set(names.read_text().splitlines())


def test_the_version_is_told_before_anything_is_imported(tmp_path: Path) -> None:
    modules = imported(tmp_path, "--version") - {"vaultlint.old_python"}
    assert {name for name in modules if name.startswith("vaultlint")} == {"vaultlint", "vaultlint.__main__"}
    assert not modules & (HEAVY | {"argparse"})
    assert len(modules) < 80


def test_the_rules_are_listed_without_libraries(tmp_path: Path) -> None:
    assert not imported(tmp_path, "rules") & HEAVY


def test_a_plain_check_imports_no_library(vault: Path, tmp_path: Path) -> None:
    (vault / "board.canvas").unlink()
    assert not imported(tmp_path, "check", vault, "--no-cache") & HEAVY


def test_an_unchanged_vault_needs_neither_parser_nor_rules(vault: Path, tmp_path: Path) -> None:
    write(vault, "vaultlint.toml", 'fail-on = "error"')
    write(vault, ".gitignore", "*.tmp\n")
    assert imported(tmp_path, "check", vault, "--format", "json") >= ENGINE | {"pydantic", "pathspec"}
    modules = imported(tmp_path, "check", vault, "--format", "json")
    # The argparse of Python 3.14 imports a dozen others for its colours.
    own = {"dataclasses"} if sys.version_info[:2] == (3, 14) else set()
    assert not modules & (HEAVY | ENGINE | {"json", "dataclasses", "difflib"}) - own
    assert len(modules) < (110 if sys.version_info < (3, 14) else 130)
