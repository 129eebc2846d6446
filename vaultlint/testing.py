"""What the tests of a rule pack import: it runs every example of a rule's page through the engine.

    @pytest.mark.parametrize(("case", "variant"), trials_of(MyRule))
    def test_my_rule_does_as_its_page_says(case, variant, tmp_path):
        run_case(case, MyRule, variant, tmp_path)

`vaultlint.page` says how a page is written.
"""

from collections.abc import Callable, Mapping, Set
from functools import partial
from pathlib import Path

from vaultlint.assembly import open_linter
from vaultlint.config import CONFIG_NAME, load_config, overridden
from vaultlint.diagnostic import Safety
from vaultlint.engine import Linter
from vaultlint.fixes import Plan, plan_fixes
from vaultlint.own_rules import OWN_RULES
from vaultlint.page import Case, Expected, page_of
from vaultlint.parse import parse_note
from vaultlint.registry import load_rules
from vaultlint.report import Report
from vaultlint.report.escape import visible
from vaultlint.rule import Rule

FRONT_MATTER = "---\ntags: [x]\n---\n"
"""What the variant `front-matter` puts before every note that has none."""

FOLDER = "Moved/"
"""Where the variant `folder` puts all files but those whose paths begin with a dot, which are settings."""

SAFE = frozenset({Safety.SAFE})
UNSAFE = frozenset({Safety.SAFE, Safety.UNSAFE})


def cases_of(rule: type[Rule]) -> list[Case]:
    """The examples of the rule's page. Raises PageError where the page cannot be understood."""
    return list(page_of(rule).cases)


def trials_of(rule: type[Rule]) -> list[tuple[Case, str]]:
    """Each example with each guise in which it is to be tried."""
    return [(case, variant) for case in cases_of(rule) for variant in sorted(case.variants)]


def in_guise(case: Case, variant: str) -> Case:
    """The case with its files, fixed notes and expected places changed as the variant says."""
    notes = {path for path in case.files if path.lower().endswith(".md")}
    if variant == "crlf":
        return _changed(case, notes, lambda text: text.replace("\n", "\r\n"), 0)
    if variant == "front-matter":
        bare = {path for path in notes if not case.files[path].startswith("---")}
        return _changed(case, bare, lambda text: FRONT_MATTER + text, FRONT_MATTER.count("\n"))
    if variant == "folder":
        return _moved(case)
    return case


def _changed(case: Case, notes: Set[str], change: Callable[[str], str], shift: int) -> Case:
    """The case with `change` applied to these notes, whose lines move down by `shift`."""

    def apply(texts: Mapping[str, str]) -> dict[str, str]:
        return {path: change(text) if path in notes else text for path, text in texts.items()}

    expected = (one._replace(line=one.line + shift * (one.path in notes)) for one in case.expected)
    return case._replace(
        files=apply(case.files),
        fixed=apply(case.fixed),
        fixed_unsafe=apply(case.fixed_unsafe),
        expected=tuple(expected),
    )


def _moved(case: Case) -> Case:
    """The case with its files in a folder. Messages and fixed notes stay as they are: `_told` takes the
    folder from what they are compared with."""

    def place(path: str) -> str:
        return path if path.startswith(".") else FOLDER + path

    return case._replace(
        files={place(path): text for path, text in case.files.items()},
        fixed={place(path): text for path, text in case.fixed.items()},
        fixed_unsafe={place(path): text for path, text in case.fixed_unsafe.items()},
        expected=tuple(one._replace(path=place(one.path)) for one in case.expected),
    )


def _told(text: str, variant: str) -> str:
    """A message or a fixed note without the folder into which the variant moved all files."""
    return text.replace(FOLDER, "") if variant == "folder" else text


def run_case(case: Case, rule: type[Rule], variant: str, folder: Path) -> None:
    """Run the rule alone on the case's files, put into the empty `folder`, and compare.

    Raises AssertionError where the findings or the fixed notes are not those of the page, where a
    fix would damage a note, and where fixing again would change something.
    """
    dressed = in_guise(case, variant)
    linter = check_case(dressed, rule, folder)
    found = [one._replace(message=_told(one.message, variant)) for one in _found(linter.report())]
    assert sorted(found) == sorted(dressed.expected)
    for shown, safeties in ((dressed.fixed, SAFE), (dressed.fixed_unsafe, UNSAFE)):
        plan = planned(linter, safeties)
        assert plan.refused == ()
        fixed = {path: new for path, (_, new) in plan.texts.items()}
        if shown:
            assert {path: _told(text, variant) for path, text in fixed.items()} == shown
        if fixed:
            _write(fixed, folder)
            again = planned(_read_vault(rule, folder), safeties)
            assert again.texts == {}, "fixing again changes something"
            _write(dressed.files, folder)


def check_case(case: Case, rule: type[Rule], folder: Path) -> Linter:
    """The vault of the case, put into the empty `folder` and read with that rule alone."""
    # The folder of settings marks the root, wherever the temporary folder lies.
    (folder / ".obsidian").mkdir(exist_ok=True)
    _write(case.files, folder)
    if case.config:
        _write({CONFIG_NAME: case.config}, folder)
    return _read_vault(rule, folder)


def _read_vault(rule: type[Rule], folder: Path) -> Linter:
    """The vault in the folder, with that rule alone selected by its code.

    The engine's own rules speak of others: with them all installed rules run, as the configuration says.
    """
    own = rule in OWN_RULES
    classes = load_rules() if own else {rule.code: rule}
    config = load_config(folder, explicit=None, isolated=False, rule_classes=classes)
    if not own:
        config = overridden(config, classes, select=[rule.code])
    linter = open_linter(folder, config, classes)
    linter.read()
    return linter


def _found(report: Report) -> list[Expected]:
    """The diagnostics as a `report` fence tells them."""
    found = []
    for diagnostic in report.diagnostics:
        line, column = report.lines(diagnostic.path).position(diagnostic.span.start)
        place = Expected(visible(diagnostic.path), line, column, diagnostic.code, visible(diagnostic.message))
        found.append(place)
    return sorted(found)


def planned(linter: Linter, safeties: Set[Safety]) -> Plan:
    """What the fixes of these safeties would make of the notes that the linter read; nothing is written."""
    report = linter.report()
    return plan_fixes(
        report.diagnostics,
        linter.with_texts,
        report.text,
        parse_note,
        allowed=lambda _, fix: fix.safety in safeties,
        late=partial(linter.with_late_fixes, allowed=safeties),
    )


def _write(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
