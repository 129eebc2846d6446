"""What is found in texts that are only tried, and what is kept of findings: as a fresh run would tell it."""

import random
import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.test_session import MARKED, note, opener, put, vault
from vaultlint import workers
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.engine import Linter
from vaultlint.findings import Findings
from vaultlint.fixes import apply_edits
from vaultlint.fixes.damage import Changed, damages
from vaultlint.fixes.patch import patches
from vaultlint.fixes.trial import Trial
from vaultlint.parse import parse_note
from vaultlint.text import Span
from vaultlint.workers import alone, forks


def read(root: Path, select: tuple[str, ...] | None = None) -> Linter:
    linter = opener(root, select)()
    linter.read()
    return linter


@pytest.mark.parametrize(("select", "config"), [(None, ""), (("ALL",), ""), (None, MARKED)])
@pytest.mark.parametrize("seed", range(6))
def test_texts_that_are_tried_one_after_another_are_told_as_a_fresh_run_tells_them(
    tmp_path: Path, seed: int, select: tuple[str, ...] | None, config: str
) -> None:
    chance = random.Random(seed)
    root = tmp_path / "vault"
    paths = vault(root, chance)
    put(root, "vaultlint.toml", config)
    linter = read(root, select)
    before = linter.report().diagnostics
    trial = Trial(linter)
    texts: dict[str, str] = {}
    for turn in range(12):
        if turn % 4 == 3:  # some notes have the texts again that they have
            texts = {path: text for path, text in texts.items() if chance.random() < 0.5}
        for path in chance.sample(paths, chance.choice((1, 2, 5))):
            texts[path] = note(chance)
        found = trial.check(texts)
        other = shutil.copytree(root, tmp_path / str(turn))
        for path, text in texts.items():
            put(other, path, text)
        assert found == read(other, select).report().diagnostics
        assert trial.check(texts) is found
    assert trial.check({}) == before == linter.report().diagnostics


def test_workers_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SERIAL_BELOW", 1)
    chance = random.Random(1)
    paths = vault(tmp_path, chance)
    texts = {path: note(chance) for path in paths}
    helped = Trial(read(tmp_path), workers_for=partial(forks, jobs=2))
    alone = Trial(read(tmp_path))
    assert helped.check({}) == alone.check({})
    assert helped.check(texts) == alone.check(texts)


def test_workers_see_the_same_damage_and_show_the_same_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SERIAL_BELOW", 1)
    notes = {f"{number}.md": f"# {number}\n\nsee\n\n[[{number}]]\n" for number in range(200)}
    changes = []
    for number, (path, old) in enumerate(notes.items()):
        at = old.index("see")
        edits = [Edit(path, Span(at, at + 3), "see", "```" if number % 90 == 0 else "look")]
        changes.append(Changed(path, old, apply_edits(old, edits), edits))
    helped = partial(forks, jobs=2)
    found = list(damages(changes, parse_note, helped))
    assert found == list(damages(changes, parse_note, alone))
    assert [damage for damage in found if damage is not None] == [
        f"link (wikilink) “{number}” is gone" for number in (0, 90, 180)
    ]
    texts = {change.path: (change.old, change.new) for change in changes} | {"same.md": ("x", "x")}
    assert "".join(patches(texts, helped)) == "".join(patches(texts, alone)) != ""
    assert list(patches({"same.md": ("x", "x")}, alone)) == []


def test_few_notes_are_asked_again_after_a_change(tmp_path: Path) -> None:
    stamp = '<a class="yt-timestamp" data-t="{0}">[{0}]</a>\n'
    for name, video in (("one", "abc"), ("two", "abc"), ("three", "xyz")):
        put(tmp_path, f"{name}.md", f"---\nvideoId: {video}\n---\n[[target]]\n{stamp.format('01:10:07')}")
    put(tmp_path, "target.md", "[x](<two words.md>) [x](<two words.md>)\n")
    linter = read(tmp_path)

    def asked(path: str, old: str, new: str) -> set[str] | None:
        changed = {path: linter.text(path).replace(old, new)}
        affected = linter.as_if(changed).affected(linter, changed)
        return None if affected is None else {*affected}

    assert asked("one.md", "[[target]]", "[[target]] x") == {"one.md"}
    assert asked("one.md", "[[target]]", "") == {"one.md", "target.md"}
    assert asked("one.md", "01:10:07", "01:50:07") == {"one.md", "two.md"}
    assert asked("target.md", ") [x](<two words.md>)", ")") == {"target.md"}
    assert asked("target.md", "<two words.md>", "two%20words.md") is None  # most write it otherwise now
    assert asked("one.md", "videoId", "aliases: [x]\nvideoId") is None


# --- findings ---------------------------------------------------------------------------------


def finding(path: str, code: str, *safeties: Safety, severity: Severity = Severity.ERROR) -> Diagnostic:
    fixes = tuple(Fix("Mend", (Edit(path, Span(0, 1), "a", "b"),), safety) for safety in safeties)
    return Diagnostic(code, "rule", severity, "wrong", path, Span(0, 1), "a", fixes, data={"of": ("a", "b")})


ONE = finding("a.md", "VL1", Safety.SAFE)
TWO = finding("a.md", "VL2", Safety.UNSAFE, Safety.MANUAL, severity=Severity.INFO)
THREE = finding("b.md", "VL1", Safety.MANUAL)


def test_findings_are_those_that_were_put_in_in_the_order_of_their_files() -> None:
    found = Findings.of([THREE, ONE, TWO])
    assert found == (ONE, TWO, THREE)
    assert len(found) == 3
    assert (found[1], found[-1], found[1:]) == (TWO, THREE, (TWO, THREE))
    assert Findings.of(found) is found
    assert found != (ONE, TWO)
    assert Findings.of(()) == ()


def test_findings_say_which_files_they_are_in() -> None:
    found = Findings.of([ONE, TWO, THREE])
    assert found.codes == {"VL1", "VL2"}
    assert [path for path, _ in found.with_codes(frozenset({"VL1"}))] == ["a.md", "b.md"]
    assert [path for path, _ in found.with_codes(frozenset({"VL2"}))] == ["a.md"]
    (path, here), *others = found.fixable(frozenset({Safety.UNSAFE}))
    assert (path, here.fixable({Safety.UNSAFE}), others) == ("a.md", [TWO], [])
    assert here.fixable({Safety.SAFE, Safety.UNSAFE}) == [ONE, TWO]


def test_findings_of_some_files_are_put_in_the_place_of_others() -> None:
    found = Findings.of([ONE, TWO, THREE])
    assert found.replaced({"a.md", "c.md"}, Findings.of([finding("c.md", "VL3")])) == (
        THREE,
        finding("c.md", "VL3"),
    )
    assert found.replaced({"a.md"}, Findings.of([TWO])) == (TWO, THREE)


def test_a_file_is_worse_with_more_errors_alone() -> None:
    before = Findings.of([ONE, TWO])
    assert Findings.of([ONE, TWO]).worse(before) == set()
    assert Findings.of([ONE, ONE._replace(code="VL9"), THREE]).worse(before) == {"a.md", "b.md"}
    assert Findings.of([TWO, finding("c.md", "VL1", severity=Severity.WARNING)]).worse(before) == set()
