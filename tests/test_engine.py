"""From files to diagnostics: crashes, filters, hidden notes, texts that are not on the disk."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Event, Thread, current_thread

import pytest

import vaultlint
from vaultlint import reading
from vaultlint.assembly import inside, open_linter, root_relative
from vaultlint.cli import main
from vaultlint.config import Config, overridden
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.discovery import discover
from vaultlint.engine import Linter
from vaultlint.errors import VaultlintError
from vaultlint.history import History
from vaultlint.note import Note, Outline
from vaultlint.registry import load_rules
from vaultlint.report import Wanted, format_named
from vaultlint.resolve import Subpath
from vaultlint.rule import NoteRule, Rule, VaultRule
from vaultlint.settings import Settings
from vaultlint.telling import Telling
from vaultlint.text import Position, Span
from vaultlint.vault import Missing, Vault
from vaultlint.workers import can_fork, pool, workers


class Shout(NoteRule):
    """Finds every `!`."""

    code = "XX001"

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """One finding for each."""
        for at, char in enumerate(note.text):
            if char == "!":
                yield self.found(note.path, Span(at, at + 1), "!", "do not shout")


class CrashNote(NoteRule):
    """Fails on notes named `bad`, after one finding."""

    code = "XX002"

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """Raises."""
        yield self.found(note.path, Span(0, 0), "", "half a truth")
        if note.path == "bad.md":
            raise ValueError("on purpose")


class CrashVault(VaultRule):
    """Fails on notes named `bad`."""

    code = "XX003"

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """Raises."""
        if outline.path == "bad.md":
            raise RecursionError("on\nand on")
        yield self.found(outline.path, Span(0, 0), "", f"one of {len(vault.outlines)}")


def linter(folder: Path, notes: dict[str, str], *rules: Rule, **options: object) -> Linter:
    """A vault with these notes, read."""
    for path, text in notes.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    exclude = options.pop("exclude", ())
    made = Linter(discover(folder, exclude=exclude), rules, Settings(), **options)  # type: ignore[arg-type]
    made.read()
    return made


def said(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> list[tuple[str, str, str]]:
    """Path, code and message of each."""
    return [(one.path, one.code, one.message) for one in diagnostics]


def test_a_rule_that_crashes_hides_nothing_of_the_others(tmp_path: Path) -> None:
    notes = {"a.md": "!", "bad.md": "!"}
    report = linter(tmp_path, notes, Shout(), CrashNote(), CrashVault()).report()
    assert not report.complete
    assert [one for one in said(report.diagnostics) if one[:2] != ("bad.md", "XX002")] == [
        ("a.md", "XX002", "half a truth"),
        ("a.md", "XX003", "one of 2"),
        ("a.md", "XX001", "do not shout"),
        ("bad.md", "VL005", "the rule crash-note failed on this note: ValueError: on purpose"),
        ("bad.md", "VL005", "the rule crash-vault failed on this note: RecursionError: on\nand on"),
        ("bad.md", "XX001", "do not shout"),
    ]


def test_a_crash_makes_the_command_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from vaultlint import registry
    from vaultlint.cli import main

    linter(tmp_path, {"bad.md": "x"})
    monkeypatch.setattr(registry, "load_rules", lambda: {"XX003": CrashVault})
    assert main(["check", str(tmp_path), "--exit-zero"]) == 2
    out = capsys.readouterr().out
    assert "VL005 rule-crash the rule crash-vault failed on this note: RecursionError: on\\nand on" in out


def test_notes_that_were_not_asked_for_are_read_and_silent(tmp_path: Path) -> None:
    notes = {"a.md": "!", "d/b.md": "!", "bad.md": "!"}
    report = linter(
        tmp_path, notes, Shout(), CrashNote(), CrashVault(), reported=inside(["d", "a.md"])
    ).report()
    assert report.complete
    assert report.notes == 3
    assert {one.path for one in report.diagnostics} == {"a.md", "d/b.md"}
    assert ("a.md", "XX003", "one of 3") in said(report.diagnostics)


def test_hidden_notes_are_read_and_silent(tmp_path: Path) -> None:
    report = linter(tmp_path, {"a.md": "", "h.md": "!"}, Shout(), CrashVault(), exclude=("h.md",)).report()
    assert said(report.diagnostics) == [("a.md", "XX003", "one of 2")]


def test_texts_can_be_tried_without_being_kept(tmp_path: Path) -> None:
    made = linter(tmp_path, {"a.md": "!", "b.md": "!!"}, Shout())
    assert [one.path for one in made.with_texts({"a.md": ""})] == ["b.md", "b.md"]
    assert len(made.report().diagnostics) == 3
    made.replace({"a.md": "no"})
    assert [one.path for one in made.report().diagnostics] == ["b.md", "b.md"]


class Signed(VaultRule):
    """Wants the name of every other note that it finds something in at the end of `list.md`."""

    code = "XX007"
    severity = Severity.WARNING

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """One finding for each note but the list."""
        if outline.path != "list.md":
            yield self.found(outline.path, Span(0, 0), "", "not signed")

    def late_fixes(
        self, findings: Sequence[Diagnostic], vault: Vault, may_edit: Callable[[str], bool]
    ) -> Iterator[tuple[Diagnostic, Fix]]:
        """One fix for all, in the list and, as a rule that does not ask, in `other.md`."""
        end = len(vault.text("list.md"))
        names = " ".join(one.path for one in findings)
        for one in findings:
            yield one, Fix("Sign", (Edit("list.md", Span(end, end), "", names),), Safety.UNSAFE)
            yield one, Fix("Sign there", (Edit("other.md", Span(0, 0), "", names),), Safety.UNSAFE)


UNSIGNED = {"a.md": "", "b.md": "", "list.md": "x", "other.md": ""}


def signed(made: Linter, *allowed: Safety) -> dict[str, list[str]]:
    """For each note with a finding: what its late fixes write, and where."""
    found = made.with_late_fixes(made.report().diagnostics, {}, allowed)
    return {one.path: [f"{e.path}: {e.text}" for f in one.fixes for e in f.edits] for one in found}


def test_late_fixes_are_for_all_findings_that_are_told_and_in_notes_whose_findings_are(
    tmp_path: Path,
) -> None:
    shown = linter(tmp_path, UNSIGNED, Signed(), exclude=("other.md",), reported=inside(["b.md", "list.md"]))
    assert signed(shown, Safety.UNSAFE) == {"b.md": ["list.md: b.md"]}
    assert signed(linter(tmp_path, {}, Signed(), reported=inside(["b.md"])), Safety.UNSAFE) == {"b.md": []}


def test_late_fixes_are_not_worked_out_where_they_cannot_be_taken(tmp_path: Path) -> None:
    assert signed(linter(tmp_path, UNSIGNED, Signed()), Safety.SAFE)["a.md"] == []
    rules = [Signed(Severity.INFO)]
    assert signed(linter(tmp_path, {}, *rules), Safety.UNSAFE)["a.md"] == []  # nobody named the rule
    for config, allowed, count in (
        (Config(unfixable=("XX",)), Safety.UNSAFE, 0),
        (Config(extend_safe_fixes=("XX007",)), Safety.SAFE, 2),
        (Config(per_file_ignores={"list.md": ("XX007",)}), Safety.UNSAFE, 1),
    ):
        made = linter(tmp_path, {}, Signed(), telling=Telling([Signed()], config, {"XX007": Signed}))
        assert len(signed(made, allowed)["a.md"]) == count


def test_late_fixes_see_the_texts_as_they_would_be(tmp_path: Path) -> None:
    made = linter(tmp_path, UNSIGNED, Signed())
    found = made.with_late_fixes(made.report().diagnostics, {"list.md": "longer"}, [Safety.UNSAFE])
    assert found[0].fixes[0].edits[0].span == Span(6, 6)


def test_any_executor_gives_the_same_report(tmp_path: Path) -> None:
    notes = {f"n{n}.md": "!" * (n % 3) for n in range(300)}
    serial = linter(tmp_path, notes, Shout())
    other = Linter(discover(tmp_path), [Shout()], Settings())
    heard: list[int] = []
    with ThreadPoolExecutor(2) as executor:
        other.read(executor, heard.append)
    assert other.report().diagnostics == serial.report().diagnostics
    assert heard == [128, 256, 300]


class Asked:
    """A history that says in which threads it was asked for."""

    def __init__(self) -> None:
        self.threads: list[Thread] = []

    def __call__(self) -> History:
        """An empty one."""
        self.threads.append(current_thread())
        return History()


@pytest.mark.parametrize(
    ("notes", "told", "times"),
    [
        ({"a.md": "[[Gone]]", "b.md": "[[Gone too]]"}, "a.md", 1),
        ({"a.md": "[[b]]", "b.md": "[[a]]"}, "a.md", 0),  # no link leads nowhere
        ({"a.md": "[[b]]", "b.md": "[[Gone]]"}, "c.md", 0),  # nobody wants to hear of these notes
    ],
)
def test_git_is_asked_while_workers_read(
    tmp_path: Path, notes: dict[str, str], told: str, times: int
) -> None:
    for path, text in notes.items():
        (tmp_path / path).write_text(text)
    asked = Asked()
    made = Linter(discover(tmp_path), [CuriousAboutLinks()], Settings(), history=asked, reported=told.__eq__)
    with ThreadPoolExecutor(1) as executor:
        made.read(open_workers=lambda: nullcontext(executor))
    assert len(asked.threads) == times
    assert not any(thread is current_thread() or thread.is_alive() for thread in asked.threads)


def test_git_is_not_asked_before_a_rule_does_where_nobody_waits(tmp_path: Path) -> None:
    asked = Asked()
    linter(tmp_path, {"a.md": "[[Gone]]"}, CuriousAboutLinks(), history=asked)
    assert asked.threads == []


class Curious(VaultRule):
    """Says that it was asked."""

    code = "XX004"

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """One finding for each time."""
        yield self.found(outline.path, Span(0, 0), "", "asked")


class CuriousAboutLinks(Curious):
    """Is asked about broken links and headings only."""

    code = "XX005"
    asks = (Missing.FILE, Subpath.NO_HEADING)


class CuriousAboutAliases(Curious):
    """Is asked about notes with aliases or broken links only."""

    code = "XX006"
    asks = ("aliases", Missing.FILE)


def test_a_rule_is_asked_once_and_only_where_there_is_what_it_asks_for(tmp_path: Path) -> None:
    notes = {
        "a.md": "[[b]] [[b#H]]",
        "b.md": "# H\n[[Gone]] [[a#No]]",
        "c.md": "---\naliases: [x]\n---\n[[Gone]]",
        "d.md": "---\naliases: y\n---\n",
    }
    report = linter(tmp_path, notes, Curious(), CuriousAboutLinks(), CuriousAboutAliases()).report()
    asked: dict[str, list[str]] = {}
    for one in report.diagnostics:
        asked.setdefault(one.code, []).append(one.path)
    assert asked == {
        "XX004": ["a.md", "b.md", "c.md", "d.md"],
        "XX005": ["b.md", "c.md"],
        "XX006": ["b.md", "c.md", "d.md"],
    }


class CuriousAboutTags(NoteRule):
    """Is asked about notes with comments, odd tags or a kind only."""

    code = "XX007"
    asks = ("comments", "odd_tags", "property:kind")

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """One finding for each time."""
        yield self.found(note.path, Span(0, 0), "", "asked")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("plain [[a]]", False),
        ("x <b>y</b>", True),
        ("a %% b %%", True),
        ("`x`", False),
        ("`x` <i>", True),
        ("---\nkind: x\n---\n", True),
        ("---\nKIND: x\n---\n", True),
        ("---\nsort: x\n---\n", False),
    ],
)
def test_a_note_rule_is_asked_only_where_there_is_what_it_asks_for(
    tmp_path: Path, text: str, asked: bool
) -> None:
    report = linter(tmp_path, {"a.md": text}, CuriousAboutTags()).report()
    assert bool(report.diagnostics) == asked


def test_outlines_and_lines_that_were_left_in_the_texts_are_read_on_demand(tmp_path: Path) -> None:
    made = linter(tmp_path, {"a.md": "x\n\n[[b]] [[c|z]]\n", "b.md": "# H\n", "c.md": ""}, Curious())
    vault = made.vault()
    assert vault.outlines["a.md"].raw_links is None
    assert [resolved.link.raw for resolved in vault.links(vault.outlines["a.md"])] == ["[[b]]", "[[c|z]]"]
    assert vault.doubtful_links(vault.outlines["a.md"]) == ()
    assert [heading.text for heading in vault.headings("b.md")] == ["H"]
    assert made.report().lines("a.md").position(3) == Position(3, 1)


def test_links_that_were_in_order_are_looked_at_again_where_files_are_gone(tmp_path: Path) -> None:
    before = linter(tmp_path, {"a.md": "[[b]] [[c]]\n", "b.md": "", "c.md": "", "d.md": "[[b]]\n"}, Curious())
    (tmp_path / "c.md").unlink()
    made = Linter(discover(tmp_path), [Curious()], Settings())
    made.recall(before.kept(["a.md", "d.md"]))
    made.read()
    vault = made.vault()
    assert vault.outlines["a.md"].raw_links is None
    assert [resolved.link.path for resolved in vault.doubtful_links(vault.outlines["a.md"])] == ["c"]
    assert vault.doubtful_links(vault.outlines["d.md"]) == ()


def test_few_notes_are_read_by_this_process() -> None:
    assert workers(10, 8) == 1
    assert workers(1000, 8) == 8
    assert workers(1000, None) >= 1
    with pool(1) as executor:
        assert executor is None


def test_a_worker_that_is_gone_ends_the_run_with_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(450):
        (tmp_path / f"{number}.md").write_text("")
    monkeypatch.setattr(reading, "read_batch", lambda *arguments: os._exit(9))
    assert main(["check", "--jobs=2", "--no-cache", str(tmp_path)]) == 2
    assert "with --jobs 1 there are none" in capsys.readouterr().err


def test_nothing_is_forked_beside_another_thread() -> None:
    alone, done = can_fork(), Event()
    other = Thread(target=done.wait)
    other.start()
    try:
        assert not can_fork()
        with pool(2) as executor:
            assert executor is not None
            assert executor.submit(abs, -2).result() == 2
    finally:
        done.set()
        other.join()
    assert can_fork() == alone


def test_workers_end_with_the_process_that_began_them() -> None:
    begin = (
        "import os, sys\n"
        "from vaultlint.workers import processes\n"
        "with processes(2) as executor:\n"
        "    print(executor.submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline().strip().isdigit()
    parent.kill()
    parent.communicate(timeout=60)  # the workers have the same output: it ends when all of them are gone


def test_a_file_that_does_not_tell_its_size_is_read_up_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result((*real(handle)[:6], 0, 0, 0, 0)))
    (tmp_path / "a.md").write_bytes(b"x" * 300_000)
    assert reading.read_bytes(str(tmp_path / "a.md")) == b"x" * 300_000
    monkeypatch.setattr(reading, "SIZE_LIMIT", 299_999)
    with pytest.raises(reading.Unreadable, match="299,999"):
        reading.read_bytes(str(tmp_path / "a.md"))


def test_a_path_is_inside_only_below_a_slash() -> None:
    shown = inside(["d", "x.md"])
    assert [shown(path) for path in ("d/a.md", "d", "da.md", "x.md", "x.md/y.md", "y.md")] == [
        True, True, False, True, True, False,
    ]  # fmt: skip
    assert inside([])("anything")
    assert inside(["d", ""])("anything")


def test_paths_are_made_relative_to_the_root(tmp_path: Path) -> None:
    root = Path(tmp_path.resolve())
    assert root_relative(root, root) == ""
    assert root_relative(root, root / "a" / ".." / "b" / "c.md") == "b/c.md"


def test_the_python_api_finds_what_the_command_finds(tmp_path: Path) -> None:
    linter(tmp_path, {"a.md": "é [[Gone]]\n", "b.md": "[[a]]\n"})
    report = vaultlint.lint(tmp_path, select=["VL201"])
    (found,) = report.diagnostics
    assert (found.path, found.code) == ("a.md", "VL201")
    assert report.lines("a.md").position(found.span.start) == Position(1, 3)
    assert report.text("a.md") == "é [[Gone]]\n"
    assert report.text("no-such-note.md") == ""
    assert len(report.lines("no-such-note.md")) == 1
    assert (report.complete, report.notes, report.files) == (True, 2, 2)


def test_the_python_api_raises_what_the_caller_can_mend(tmp_path: Path) -> None:
    with pytest.raises(VaultlintError):
        vaultlint.lint(tmp_path / "nowhere")
    with pytest.raises(VaultlintError, match="no notes"):
        vaultlint.lint(tmp_path)
    linter(tmp_path, {"a.md": ""})
    with pytest.raises(VaultlintError, match="no-such-rule"):
        vaultlint.lint(tmp_path, ignore=["no-such-rule"])


def test_a_vault_can_be_opened_without_rules(tmp_path: Path) -> None:
    linter(tmp_path, {"a.md": "[[b]] [[b]]", "b.md": "[[b]]"})
    vault = vaultlint.open_vault(tmp_path)
    assert list(vault.outlines) == ["a.md", "b.md"]
    assert list(vault.backlinks("b.md")) == ["a.md", "a.md"]


def test_a_note_that_cannot_be_read_is_told_wherever_it_lies_unless_it_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff")
    report = linter(tmp_path, {"d/a.md": "!"}, Shout(), reported=inside(["d"])).report()
    assert not report.complete
    assert [(one.path, one.code) for one in report.diagnostics] == [("bad.md", "VL001"), ("d/a.md", "XX001")]
    report = linter(tmp_path, {"d/a.md": "!"}, Shout(), exclude=("bad.md",)).report()
    assert report.complete
    assert [one.path for one in report.diagnostics] == ["d/a.md"]


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_what_is_told_while_it_is_at_hand_is_what_is_told_at_once(tmp_path: Path, name: str) -> None:
    notes = {f"{number:02}.md": "!\n" * (number % 3) for number in range(40)}
    read = linter(tmp_path, notes, Shout())
    form = format_named(name, Wanted(0, "", dict))
    [at_once], [joined] = list(read.fold(form.part)), list(read.fold(form.part, join=form.join))
    assert joined == at_once
    assert at_once.tally.diagnostics == sum(text.count("!") for text in notes.values())


ODD_PIECES = (
    '<a class="yt-timestamp" data-t="', "00:10:00", '">', "[00:10:00]", "</a>", "\r\n", "\r\n\r\n", "\u2028",
    "$$", " ", '"', "[[", "Soil", "]]", "x", "😀", "#", "^b1", "---\r\n", "a: ", "[x](", "y.md", ")", "%%",
    '<a class="yt-timestamp--\r\n="', "```", "<", ">", "| a | b |\r\n", "<!--", "-->", "![[", "|",
)  # fmt: skip


def test_no_finding_and_no_fix_parts_a_line_end(tmp_path: Path) -> None:
    chance = random.Random(5)
    texts = {
        f"{number}.md": "".join(chance.choices(ODD_PIECES, k=chance.randrange(40))) for number in range(2_000)
    }
    for path, text in texts.items():
        (tmp_path / path).write_bytes(text.encode())
    classes = load_rules()
    linter = open_linter(tmp_path, overridden(Config(), classes, select=("ALL",)), classes)
    linter.read()
    found = linter.report().diagnostics
    spans = [(one.path, one.span, one.code) for one in found]
    spans += [(edit.path, edit.span, one.code) for one in found for fix in one.fixes for edit in fix.edits]
    assert len({code for _, _, code in spans}) > 10
    assert not [
        (code, texts[path], span)
        for path, span, code in spans
        if any(texts[path][at - 1 : at + 1] == "\r\n" for at in span)
    ]
