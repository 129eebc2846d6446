"""What holds of every fix, on vaults that are put together of all rules' examples and odd texts."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.rendering import difference
from vaultlint import fixes
from vaultlint.assembly import open_linter
from vaultlint.config import CONFIG_NAME, load_config, overridden
from vaultlint.diagnostic import Diagnostic, Edit, Safety, Severity
from vaultlint.engine import Linter
from vaultlint.fixes import Refusal, Taken
from vaultlint.page import Case, page_of
from vaultlint.registry import load_rules
from vaultlint.testing import planned
from vaultlint.text import BOM, Span, decode
from vaultlint.write import encode_like

EXAMPLES = int(os.environ.get("VAULTLINT_EXAMPLES", "80"))

ABOUT_BLOCKS = frozenset(
    {
        "unescaped-table-pipe",
        "unclosed-code-fence",
        "wrapped-note",
        "misplaced-front-matter",
        "unclosed-comment",
    }
)
"""Rules whose construct is a block, so that its rendering changes as a whole."""

ODD = (
    "# Heading 😀 é",
    "> [!note] Callout\n> with [[ b ]] and ![[missing.png]]",
    "- a list\n    - [[B c|x]] in it\n\n\t- #tag and ^id-1",
    "1. one\n2. `code [[ b ]]` and $x$ %% comment [[ b ]] %%",
    "| a | b |\n| --- | --- |\n| [[b|x]] | `c|d` |",
    "```js\n[[ b ]] not a link\n```",
    "    indented [[ b ]]",
    "$$\n[[ b ]]\n$$",
    "<div>\n[[ b ]]\n</div>",
    "Text with a footnote[^1] and a [ref].\n\n[^1]: the note [[ b ]]\n[ref]: b.md",
    "![[b#Heading 😀 é]] ^embed",
    "[x](b.md) ![x](b.md#H) [y](<B c.md>) [z](B%20c.md) <https://example.org>",
    "*em [[ b ]]* **strong** ==mark== ~~gone~~ **a*",
    "a\u0301e\u0308 👩\u200d👩\u200d👧 \u202ebidi\u202c \u00a0\u2028x [[ b ]]",
    "[[ ]] [[]] [x]() [[b| ]] [[a|]] [[|x]]",
    "[[b]]#tag[[b]] `[[b]]`[[b]]",
    "<!-- [[ b ]] -->",
    "***",
    "---",
    "Term\n===",
    '<a class="yt-timestamp" data-t="1:2">[1:02]</a> [[00:03:10]] 00:04:05',
    "[[b \\| c]] \\[[b]] [[b]\n\n[[c\nd]]",
    "^block-id",
    "#tag/ #1 #a--b #\n\n[[#Heading 😀 é]] [[#^id-1]]",
)
LINE_ENDS = ("\n", "\r\n", "\r", "mixed")


TARGETS = {
    "b.md": "# Heading 😀 é\n\nSee [[B c]]. ^id-1\n",
    "B c.md": "---\naliases: [be, sea]\n---\n[[b]]\n",
}
"""What the odd texts link to."""


class Made(NamedTuple):
    """A vault by the bytes of its files."""

    files: dict[str, bytes]
    settings: dict[str, str]


@cache
def cases() -> Sequence[Case]:
    """Every example on a rule's page that has a note."""
    found = [case for rule in load_rules().values() for case in page_of(rule).cases]
    return [case for case in found if any(path.endswith(".md") for path in case.files)]


@cache
def blocks() -> Sequence[str]:
    """What stands between blank lines in the notes of the examples, and odd texts."""
    found = dict.fromkeys(ODD)
    for case in cases():
        for path, text in case.files.items():
            if path.endswith(".md"):
                found.update(dict.fromkeys(part.strip("\n") for part in text.split("\n\n")))
    return [block for block in found if block]


def with_line_ends(text: str, ends: str) -> str:
    if ends != "mixed":
        return text.replace("\n", ends)
    pieces = text.split("\n")
    cycle = ("\r\n", "\n", "\r", "\n")
    return "".join(
        piece + (cycle[number % 4] if number + 1 < len(pieces) else "") for number, piece in enumerate(pieces)
    )


@st.composite
def vaults(draw: st.DrawFn) -> Made:
    """Examples laid together, with blocks of others between their own."""
    files: dict[str, bytes] = {path: text.encode() for path, text in TARGETS.items()}
    chosen = draw(st.lists(st.sampled_from(cases()), min_size=1, max_size=3))
    for path, text in ((path, text) for case in chosen for path, text in case.files.items()):
        if not path.endswith(".md"):
            files[path] = text.encode()
            continue
        parts = text.split("\n\n")
        for block in draw(st.lists(st.sampled_from(blocks()), max_size=4)):
            parts.insert(draw(st.integers(0, len(parts))), block)
        made = with_line_ends("\n\n".join(parts), draw(st.sampled_from(LINE_ENDS)))
        files[path] = ((BOM if draw(st.booleans()) else "") + made).encode()
    app = draw(st.sampled_from(["{}", '{"newLinkFormat": "relative", "useMarkdownLinks": true}',
                                '{"newLinkFormat": "absolute"}', '{"useMarkdownLinks": true}']))  # fmt: skip
    return Made(files, {".obsidian/app.json": app, CONFIG_NAME: chosen[0].config})


def written(made: Made, root: Path) -> Path | None:
    """The vault on the disk; None where the disk cannot hold it."""
    shutil.rmtree(root, ignore_errors=True)
    for path, content in {
        **made.files,
        **{name: text.encode() for name, text in made.settings.items()},
    }.items():
        file = root / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        except OSError:
            return None  # a file and a folder of that name, or one that is too long
    return root


def opened(root: Path) -> Linter:
    """The vault, with all rules on and named, so that none is too unimportant to be fixed."""
    classes = load_rules()
    config = load_config(root, explicit=None, isolated=False, rule_classes=classes)
    linter = open_linter(root, overridden(config, classes, select=sorted(classes)), classes)
    linter.read()
    return linter


def _safeties(*, unsafe: bool) -> set[Safety]:
    return {Safety.SAFE, Safety.UNSAFE} if unsafe else {Safety.SAFE}


def errors(diagnostics: Sequence[Diagnostic]) -> Counter[str]:
    return Counter(one.path for one in diagnostics if one.severity is Severity.ERROR)


def is_expected(refusal: Refusal) -> bool:
    """Whether a refusal is no mistake of the rules: what a fix lays bare may be an error."""
    return refusal.message == "its fixes would add an error to the vault"


class Watch:
    """Looks at every step of a plan that was taken to be harmless."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, rendering: bool) -> None:
        self.rendering = rendering
        self.complaints: list[str] = []
        self.real = fixes._Planner._verified
        monkeypatch.setattr(fixes._Planner, "_verified", self._verified())

    def _verified(self) -> object:
        watch = self

        def verified(
            planner: fixes._Planner, chosen: Sequence[Taken], texts: Mapping[str, str]
        ) -> dict[str, str]:
            step = watch.real(planner, chosen, texts)
            for path, new in step.items():
                if path not in planner.refused:
                    old = texts.get(path, planner.originals[path])
                    watch.complaints += watch._complaints(path, old, new, chosen)
            return step

        return verified

    def _complaints(self, path: str, old: str, new: str, chosen: Sequence[Taken]) -> Iterator[str]:
        # One fix may mend several findings.
        mine = [(one, edit) for one, fix in chosen for edit in fix.edits if edit.path == path]
        edits = sorted({edit for _, edit in mine}, key=lambda edit: edit.span)
        if rebuilt(old, edits) != new:
            yield f"{path}: something changed beside the edits"
        names = {one.name for one, _ in mine}
        if self.rendering and not names & ABOUT_BLOCKS:
            found = difference(
                old, [(one.span if one.path == path else edit.span, edit) for one, edit in mine]
            )
            if found is not None:
                yield f"{path}: {sorted(names)}: {found}"


def rebuilt(old: str, edits: Sequence[Edit]) -> str:
    """`old` with the edits, character by character."""
    new, at = [], 0
    for edit in edits:
        assert old[edit.span.start : edit.span.end] == edit.expected
        while at < edit.span.start:
            new.append(old[at])
            at += 1
        new.append(edit.text)
        at = edit.span.end
    return "".join(new) + old[at:]


def parts_line_end(linter: Linter, one: Diagnostic) -> bool:
    """Whether a finding, or an edit of its fixes, begins or ends between CR and LF."""
    spans = [(one.path, one.span), *((edit.path, edit.span) for fix in one.fixes for edit in fix.edits)]
    return any(linter.text(path)[at - 1 : at + 1] == "\r\n" for path, span in spans for at in span if at)


def problems(made: Made, root: Path, monkeypatch: pytest.MonkeyPatch, *, unsafe: bool) -> list[str]:
    """What is wrong with the fixes of a vault."""
    if written(made, root) is None:
        return []
    watch = Watch(monkeypatch, rendering=not unsafe)
    linter = opened(root)
    before = linter.report().diagnostics
    plan = planned(linter, _safeties(unsafe=unsafe))
    found = watch.complaints
    found += [f"refused: {refusal}" for refusal in plan.refused if not is_expected(refusal)]
    found += [f"a line end is parted: {one}" for one in before if parts_line_end(linter, one)]
    found += [f"NUL in a message: {one.message}" for one in before if "\0" in one.message]
    if planned(opened(root), _safeties(unsafe=unsafe)) != plan:
        found.append("another run plans otherwise")
    worse = errors(plan.remaining) - errors(before)
    if worse:
        found.append(f"more errors than before: {worse}")
    for path, (_, new) in plan.texts.items():
        old = (root / path).read_bytes()
        data = encode_like(old, new)
        if decode(data) != new or data.startswith(b"\xef\xbb\xbf") != old.startswith(b"\xef\xbb\xbf"):
            found.append(f"{path}: not what was planned is written")
        (root / path).write_bytes(data)
    again = planned(opened(root), _safeties(unsafe=unsafe))
    if again.texts:
        found.append(f"a second run changes {again.texts}")
    if sorted(again.remaining) != sorted(plan.remaining):
        found.append("a second run finds otherwise")
    return found


@pytest.mark.parametrize("unsafe", [False, True])
def test_fixes_keep_what_they_are_not_about_come_to_rest_and_do_no_harm(unsafe: bool, tmp_path: Path) -> None:
    @settings(
        derandomize="VAULTLINT_EXAMPLES" not in os.environ,
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(vaults())
    def holds(made: Made) -> None:
        note(str(made))
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert problems(made, tmp_path / "vault", monkeypatch, unsafe=unsafe) == []

    holds()


def test_the_safe_fixes_on_the_pages_of_the_rules_show_nothing_else_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(monkeypatch, rendering=True)
    taken = 0
    for case in cases():
        files = {path: text.encode() for path, text in case.files.items()}
        if case.fixed and written(Made(files, {CONFIG_NAME: case.config}), tmp_path / "vault"):
            taken += len(planned(opened(tmp_path / "vault"), _safeties(unsafe=False)).applied)
    assert watch.complaints == []
    assert taken > 100


def test_nothing_on_the_pages_of_the_rules_parts_a_line_end(tmp_path: Path) -> None:
    for case in cases():
        files = {path: text.replace("\n", "\r\n").encode() for path, text in case.files.items()}
        if written(Made(files, {CONFIG_NAME: case.config}), tmp_path / "vault"):
            linter = opened(tmp_path / "vault")
            assert not [one for one in linter.report().diagnostics if parts_line_end(linter, one)]


def test_a_change_of_the_rendering_is_seen() -> None:
    def change(text: str, old: str, new: str) -> str | None:
        start = text.index(old)
        span = Span(start, start + len(old))
        return difference(text, [(span, Edit("a.md", span, old, new))])

    assert change("see [[b]] `x`", "[[b]]", "[[c|b]]") is None
    assert change("---\na: 1\n---\nb `x`\n", "1", "[1]") is None
    assert change("see b `x`", "b", "`b") is not None
    assert change("b\n\n    code\n", "b\n", "- b\n") is not None
