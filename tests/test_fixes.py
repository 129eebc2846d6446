"""Choosing, applying and verifying fixes."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.fixes import GivenWay, Late, Plan, Refusal, apply_edits, damage_of, plan_fixes, unified_diff
from vaultlint.parse import parse_note
from vaultlint.text import Span
from vaultlint.write import NotRead

Rule = Callable[[str, str], Iterator[Diagnostic]]


def edit(text: str, old: str, new: str, path: str = "a.md") -> Edit:
    """Replace the one place where `text` reads `old`."""
    assert text.count(old) == 1
    start = text.index(old)
    return Edit(path, Span(start, start + len(old)), old, new)


def finding(
    code: str,
    *edits: Edit,
    safety: Safety = Safety.SAFE,
    path: str = "a.md",
    severity: Severity = Severity.ERROR,
    fixes: tuple[Fix, ...] | None = None,
) -> Diagnostic:
    span = edits[0].span if edits else Span(0, 0)
    given_fixes = (Fix(f"Mend {code}", edits, safety),) if fixes is None else fixes
    return Diagnostic(code, code.lower(), severity, "wrong", path, span, "", given_fixes)


def replacing(code: str, pattern: str, new: str, severity: Severity = Severity.ERROR) -> Rule:
    """A rule that wants `new` wherever `pattern` stands."""

    def rule(path: str, text: str) -> Iterator[Diagnostic]:
        for match in re.finditer(pattern, text):
            yield finding(code, Edit(path, Span(*match.span()), match[0], new), path=path, severity=severity)

    return rule


class Vault:
    """Notes with rules over them, and how often they were asked."""

    def __init__(self, notes: Mapping[str, str], *rules: Rule) -> None:
        self.notes = notes
        self.rules = rules
        self.checks: list[dict[str, str]] = []

    def diagnostics(self, overlay: Mapping[str, str]) -> list[Diagnostic]:
        texts = {**self.notes, **overlay}
        return [found for path, text in texts.items() for rule in self.rules for found in rule(path, text)]

    def check(self, overlay: Mapping[str, str]) -> Sequence[Diagnostic]:
        self.checks.append(dict(overlay))
        return self.diagnostics(overlay)

    def plan(
        self,
        found: Sequence[Diagnostic] | None = None,
        allowed: Callable[[Diagnostic, Fix], bool] | None = None,
        late: Late = lambda diagnostics, _: diagnostics,
    ) -> Plan:
        return plan_fixes(
            self.diagnostics({}) if found is None else found,
            self.check,
            self.notes.__getitem__,
            parse_note,
            allowed=allowed or (lambda _diagnostic, fix: fix.safety is Safety.SAFE),
            late=late,
        )


def codes(plan: Plan) -> list[str]:
    return [diagnostic.code for diagnostic, _ in plan.applied]


# --- choosing ---------------------------------------------------------------------------------


def test_every_fix_of_a_note_is_applied_in_one_round() -> None:
    vault = Vault({"a.md": "teh cat, teh dog\n"}, replacing("VL1", "teh", "the"))
    plan = vault.plan()
    assert plan.texts == {"a.md": ("teh cat, teh dog\n", "the cat, the dog\n")}
    assert codes(plan) == ["VL1", "VL1"]
    assert plan.remaining == ()
    assert plan.refused == ()
    assert plan.rounds == 1
    assert vault.checks == [{"a.md": "the cat, the dog\n"}]


def test_a_vault_without_fixes_is_not_checked_again() -> None:
    vault = Vault({"a.md": "x\n"})
    found = [finding("VL9", fixes=())]
    assert vault.plan(found) == Plan({}, (), tuple(found), (), 0)
    assert vault.checks == []


def test_overlapping_fixes_wait_for_the_next_round() -> None:
    vault = Vault({"a.md": "aab"}, replacing("VL1", "aab", "ab"), replacing("VL2", "ab", "c"))
    plan = vault.plan()
    assert plan.texts == {"a.md": ("aab", "c")}
    assert codes(plan) == ["VL1", "VL2"]
    assert plan.rounds == 2


def test_two_insertions_at_one_place_are_not_taken_together() -> None:
    def opening(code: str, mark: str) -> Rule:
        def rule(path: str, text: str) -> Iterator[Diagnostic]:
            if mark not in text:
                yield finding(code, Edit(path, Span(1, 1), "", mark), path=path)

        return rule

    plan = Vault({"a.md": "12"}, opening("VL1", "x"), opening("VL2", "y")).plan()
    assert plan.texts == {"a.md": ("12", "1yx2")}
    assert plan.rounds == 2


def test_a_fix_that_mends_several_findings_is_applied_once_for_all_of_them() -> None:
    listing = Edit("hub.md", Span(3, 3), "", "\n- b\n- c")
    found = [finding("VL4", listing, path=path) for path in ("b.md", "c.md")]
    plan = Vault({"hub.md": "- a"}).plan(found)
    assert plan.texts == {"hub.md": ("- a", "- a\n- b\n- c")}
    assert [diagnostic.path for diagnostic, _ in plan.applied] == ["b.md", "c.md"]
    assert plan.rounds == 1


def test_late_fixes_are_asked_for_when_no_other_fix_is_left() -> None:
    asked: list[dict[str, str]] = []

    def late(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> list[Diagnostic]:
        asked.append(dict(texts))
        fixes = (Fix("Mend VL4", (Edit("a.md", Span(3, 3), "", "!"),), Safety.SAFE),)
        return [one._replace(fixes=fixes) if one.code == "VL4" else one for one in diagnostics]

    def unfinished(path: str, text: str) -> Iterator[Diagnostic]:
        if not text.endswith("!"):
            yield finding("VL4", fixes=(), path=path)

    plan = Vault({"a.md": "teh"}, replacing("VL1", "teh", "the"), unfinished).plan(late=late)
    assert plan.texts == {"a.md": ("teh", "the!")}
    assert codes(plan) == ["VL1", "VL4"]
    assert asked == [{"a.md": "the"}, {"a.md": "the!"}]


def test_an_insertion_beside_a_replacement_waits() -> None:
    text = "one two"
    found = [finding("VL1", edit(text, "one", "1")), finding("VL2", Edit("a.md", Span(3, 3), "", ","))]
    plan = Vault({"a.md": text}).plan(found)
    assert plan.texts == {"a.md": ("one two", "1 two")}


def test_neighbouring_replacements_are_taken_together() -> None:
    text = "onetwo"
    plan = Vault({"a.md": text}).plan(
        [finding("VL1", edit(text, "one", "1")), finding("VL2", edit(text, "two", "2"))]
    )
    assert plan.texts == {"a.md": ("onetwo", "12")}


def test_at_one_place_the_lower_code_goes_first() -> None:
    text = "one"
    found = [finding("VL2", edit(text, "one", "2")), finding("VL1", edit(text, "one", "1"))]
    assert Vault({"a.md": text}).plan(found).texts == {"a.md": ("one", "1")}


def test_a_fix_is_taken_whole_or_not_at_all() -> None:
    text = "one two three"
    first = finding("VL1", edit(text, "one", "1"))
    both = finding("VL2", edit(text, "two", "2"), edit(text, "one", "I"))
    assert Vault({"a.md": text}).plan([first, both]).texts == {"a.md": (text, "1 two three")}


def test_a_fix_over_two_notes_changes_both() -> None:
    notes = {"a.md": "old", "b.md": "see old"}
    found = finding("VL1", edit("old", "old", "new"), edit("see old", "old", "new", "b.md"))
    assert Vault(notes).plan([found]).texts == {"a.md": ("old", "new"), "b.md": ("see old", "see new")}


def test_two_equally_good_candidates_mean_no_fix() -> None:
    fixes = tuple(Fix(new, (edit("one", "one", new),), Safety.SAFE) for new in ("1", "I"))
    assert Vault({"a.md": "one"}).plan([finding("VL1", fixes=fixes)]).texts == {}


def test_one_safe_fix_among_unsafe_ones_is_taken() -> None:
    fixes = tuple(
        Fix(new, (edit("one", "one", new),), safety)
        for new, safety in (("x", Safety.UNSAFE), ("1", Safety.SAFE), ("y", Safety.UNSAFE))
    )
    plan = Vault({"a.md": "one"}).plan([finding("VL1", fixes=fixes)], lambda _diagnostic, _fix: True)
    assert plan.texts == {"a.md": ("one", "1")}


def test_an_unsafe_fix_is_taken_only_when_allowed() -> None:
    found = [finding("VL1", edit("one", "one", "1"), safety=Safety.UNSAFE)]
    vault = Vault({"a.md": "one"})
    assert vault.plan(found).texts == {}
    assert vault.plan(found, lambda _diagnostic, _fix: True).texts == {"a.md": ("one", "1")}


def test_a_manual_fix_is_never_taken() -> None:
    found = [finding("VL1", edit("one", "one", "1"), safety=Safety.MANUAL)]
    assert Vault({"a.md": "one"}).plan(found, lambda _diagnostic, _fix: True).texts == {}


def test_a_fix_that_changes_nothing_is_left() -> None:
    assert Vault({"a.md": "one"}).plan([finding("VL1", edit("one", "one", "one"))]).rounds == 0


# --- refusing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("span", [Span(0, 3), Span(2, 5), Span(90, 93), Span(3, 0), Span(-3, 3)])
def test_an_edit_is_refused_where_something_else_stands(span: Span) -> None:
    found = [finding("VL1", Edit("a.md", span, "two", "2")), finding("VL2", edit("one", "ne", "x"))]
    plan = Vault({"a.md": "one"}).plan(found)
    assert plan.texts == {}
    assert plan.refused == (Refusal("a.md", "“two” no longer stands where it was found", ("VL1",)),)


def test_a_fix_that_overlaps_itself_is_refused() -> None:
    plan = Vault({"a.md": "one"}).plan([finding("VL1", edit("one", "on", "1"), edit("one", "ne", "2"))])
    assert plan.texts == {}
    assert plan.refused == (Refusal("a.md", "the fix “Mend VL1” contradicts itself", ("VL1",)),)


def test_a_note_that_cannot_be_read_is_refused_and_others_go_on() -> None:
    def read(path: str) -> str:
        if path == "a.md":
            raise NotRead(path, "it is a symbolic link")
        return "one"

    found = [finding("VL1", edit("one", "one", "1", path), path=path) for path in ("a.md", "b.md")]
    plan = plan_fixes(found, lambda _texts: [], read, parse_note, allowed=lambda _diagnostic, _fix: True)
    assert plan.texts == {"b.md": ("one", "1")}
    assert plan.refused == (Refusal("a.md", "it is a symbolic link", ("VL1",)),)


def test_a_note_that_a_fix_would_damage_keeps_its_text_and_others_go_on() -> None:
    text = "one [[three]] `"
    found = [
        finding("VL1", edit(text, "one", "`")),
        finding("VL2", edit("one", "one", "1", "b.md"), path="b.md"),
    ]
    plan = Vault({"a.md": text, "b.md": "one"}).plan(found)
    assert plan.texts == {"b.md": ("one", "1")}
    assert codes(plan) == ["VL2"]
    (refusal,) = plan.refused
    assert (refusal.path, refusal.codes) == ("a.md", ("VL1",))
    assert refusal.message.startswith("a fix would have damaged the note: ")


def test_a_fix_over_two_notes_falls_in_both_when_one_is_refused() -> None:
    notes = {"a.md": "one [[x]]", "b.md": "one two"}
    both = finding("VL1", edit(notes["a.md"], "one", "```\n"), edit(notes["b.md"], "one", "1", "b.md"))
    alone = finding("VL2", edit(notes["b.md"], "two", "2", "b.md"), path="b.md")
    plan = Vault(notes).plan([both, alone])
    assert plan.texts == {"b.md": ("one two", "one 2")}
    assert [refusal.path for refusal in plan.refused] == ["a.md"]


def test_a_refused_note_keeps_its_original_text_though_earlier_rounds_went_well() -> None:
    vault = Vault(
        {"a.md": "teh [[x]]", "b.md": "teh"}, replacing("VL1", "teh", "the"), replacing("VL2", "the", "```\n")
    )
    plan = vault.plan()
    assert "a.md" not in plan.texts
    assert plan.texts == {"b.md": ("teh", "```\n")}
    assert [(one.path, one.codes) for one in plan.refused] == [("a.md", ("VL2",))]


def test_rules_that_undo_each_other_are_named_and_the_note_keeps_its_text() -> None:
    notes = {"a.md": "a", "b.md": "c"}
    rules = (replacing("VL1", "a", "b"), replacing("VL2", "b", "a"), replacing("VL3", "c", "d"))
    plan = Vault(notes, *rules).plan()
    assert plan.texts == {"b.md": ("c", "d")}
    assert plan.refused == (Refusal("a.md", "fixes undo each other", ("VL1", "VL2")),)


def test_fixes_of_one_round_that_leave_the_text_as_it_was_are_named() -> None:
    rules = (replacing("VL1", "a", "ab"), replacing("VL2", "(?<=a)bc", "c"))
    plan = Vault({"a.md": "abc"}, *rules).plan()
    assert plan.texts == {}
    assert plan.refused == (Refusal("a.md", "fixes undo each other", ("VL1", "VL2")),)


def test_only_the_rules_of_the_circle_are_named() -> None:
    rules = (replacing("VL1", "x", "a"), replacing("VL2", "a", "b"), replacing("VL3", "b", "a"))
    assert Vault({"a.md": "x"}, *rules).plan().refused == (
        Refusal("a.md", "fixes undo each other", ("VL2", "VL3")),
    )


def test_of_rules_that_undo_each_other_the_least_grave_gives_way_in_that_note() -> None:
    warning, info = Severity.WARNING, Severity.INFO
    style = replacing("VL1", "b", "a", info)
    vault = Vault({"a.md": "a x", "b.md": "b"}, replacing("VL2", "a(?= )", "b", warning), style)
    plan = vault.plan()
    assert plan.texts == {"a.md": ("a x", "b x"), "b.md": ("b", "a")}
    assert plan.refused == ()
    assert plan.given_way == (GivenWay("a.md", ("VL1",), ("VL2",)),)
    assert [one.code for one in plan.remaining] == ["VL1"]


def test_rules_give_way_one_after_the_other() -> None:
    rules = (
        replacing("VL1", "a", "b"), replacing("VL2", "b", "c", Severity.WARNING),
        replacing("VL3", "c", "b", Severity.INFO), replacing("VL4", "c", "a", Severity.WARNING),
    )  # fmt: skip
    plan = Vault({"a.md": "a"}, *rules).plan()
    assert plan.texts == {"a.md": ("a", "b")}
    assert plan.given_way == (GivenWay("a.md", ("VL2", "VL3", "VL4"), ("VL1",)),)


def test_a_rule_that_comes_to_no_rest_gives_way_to_graver_ones() -> None:
    growing, slow = replacing("VL1", "a$", "aa", Severity.INFO), replacing("VL2", "(?<![^c])b", "c")
    plan = Vault({"a.md": f"{'b' * 10} a"}, growing, slow).plan()
    assert plan.texts == {"a.md": (f"{'b' * 10} a", f"{'c' * 10} a")}
    assert plan.given_way == (GivenWay("a.md", ("VL1",), ("VL2",)),)


def test_a_note_that_comes_to_no_rest_in_ten_rounds_keeps_its_text() -> None:
    vault = Vault({"a.md": "a", "b.md": "c"}, replacing("VL1", "a$", "aa"), replacing("VL3", "c", "d"))
    plan = vault.plan()
    assert plan.texts == {"b.md": ("c", "d")}
    assert plan.refused == (Refusal("a.md", "fixes came to no rest in 10 rounds", ("VL1",)),)


def test_ten_rounds_are_allowed() -> None:
    def longer(path: str, text: str) -> Iterator[Diagnostic]:
        if len(text) < 11:
            yield finding("VL1", Edit(path, Span(0, 0), "", "a"), path=path)

    plan = Vault({"a.md": "a"}, longer).plan()
    assert plan.texts == {"a.md": ("a", "a" * 11)}
    assert plan.rounds == 10


def test_eleven_rounds_are_not_allowed() -> None:
    def longer(path: str, text: str) -> Iterator[Diagnostic]:
        if len(text) < 12:
            yield finding("VL1", Edit(path, Span(0, 0), "", "a"), path=path)

    plan = Vault({"a.md": "a"}, longer).plan()
    assert plan.texts == {}
    assert plan.refused == (Refusal("a.md", "fixes came to no rest in 10 rounds", ("VL1",)),)


def test_a_note_that_would_have_more_errors_keeps_its_text() -> None:
    def worse(path: str, text: str) -> Iterator[Diagnostic]:
        for _ in re.finditer("b", text):
            yield finding("VL2", fixes=(), path=path)

    plan = Vault({"a.md": "a", "b.md": "a"[:0]}, replacing("VL1", "a", "bb"), worse).plan()
    assert plan.texts == {}
    assert plan.refused == (Refusal("a.md", "its fixes would add an error to the vault", ("VL1",)),)


def test_warnings_may_appear() -> None:
    vault = Vault({"a.md": "a"}, replacing("VL1", "a", "bb"))
    warning = finding("VL2", fixes=(), severity=Severity.WARNING)
    plan = plan_fixes(
        vault.diagnostics({}),
        lambda _texts: [warning, warning],
        lambda _path: "a",
        parse_note,
        allowed=lambda _diagnostic, _fix: True,
    )
    assert plan.texts == {"a.md": ("a", "bb")}
    assert plan.remaining == (warning, warning)


def test_only_the_note_whose_change_breaks_another_one_is_refused() -> None:
    notes = {f"{number}.md": "teh" for number in range(7)}

    def check(texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        return [finding("VL2", fixes=(), path="other.md")] if texts.get("4.md") == "the" else []

    found = [finding("VL1", edit("teh", "teh", "the", path), path=path) for path in notes]
    plan = plan_fixes(found, check, notes.__getitem__, parse_note, allowed=lambda _diagnostic, _fix: True)
    assert sorted(plan.texts) == ["0.md", "1.md", "2.md", "3.md", "5.md", "6.md"]
    assert plan.refused == (Refusal("4.md", "its fixes would add an error to the vault", ("VL1",)),)


def test_notes_that_break_another_one_only_together_are_refused_together() -> None:
    notes = {f"{number}.md": "teh" for number in range(4)}

    def check(texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        return [finding("VL2", fixes=(), path="other.md")] if {"0.md", "3.md"} <= texts.keys() else []

    found = [finding("VL1", edit("teh", "teh", "the", path), path=path) for path in notes]
    plan = plan_fixes(found, check, notes.__getitem__, parse_note, allowed=lambda _diagnostic, _fix: True)
    assert plan.texts == {}
    assert len(plan.refused) == 4


def test_text_that_is_not_unicode_is_refused() -> None:
    plan = Vault({"a.md": "one"}).plan([finding("VL1", edit("one", "one", "bad\udcff"))])
    assert plan.texts == {}
    assert plan.refused[0].message == "a fix would have damaged the note: the new text is not valid Unicode"


# --- verifying --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("see [[harvesting]] and [[b|B]] #tag ^id\n", "harvesting", "Harvest"),
        ("see [[harvesting]] and [[b]]\n", "[[harvesting]]", "harvesting"),
        ("# One\n\ntext [[One#One]]\n", "# One", "# Two"),
        ("#One\n\ntext [[b]] #tag\n", "#O", "# O"),
        ("---\ntag: x\nup: 1\n---\n[[a]]\n", "tag", "tags"),
        ("---\nup: [[x]]\nb: 1\n---\n[[a]]\n", "[[x]]", '"[[x]]"'),
        ("---\na: x: y\nb: 1\nc: '[[z]]'\n---\n[[a]]\n", "x: y", '"x: y"'),
        ("---\na: 1\na: 1\nb: 2\n---\n#tag\n", "a: 1\na: 1\n", "a: 1\n"),
        ("---\r\ntags: a, b\r\nc: 1\r\n---\r\n#tag\r\n", "a, b", "\r\n  - a\r\n  - b"),
        ("x \\[[a]] [[b]]\n", "\\", ""),
        ("x [[b]]\n", "[[b", "\\[[b"),
        ("one[[b]] [[c]]\n", "one", "1"),
        ("[[b]]one [[c]]\n", "one", "three"),
        ("[[a]] `code [[x]]` ```\n", "[[a]]", "[[b]]"),
        ("```\n[[x]]\n```\n[[b]] 1\n", "1", "[[new]] `code`"),
        ("text ^a_b\n\n[[c]]\n", "a_b", "a-b"),
    ],
)
def test_an_edit_may_change_what_it_is_about(text: str, old: str, new: str) -> None:
    edits = [edit(text, old, new)]
    assert damage_of("a.md", text, apply_edits(text, edits), edits, parse_note) is None


def test_two_insertions_may_make_what_stands_between_them_a_link() -> None:
    text = "---\nup: [[x]]\n---\n"
    edits = [Edit("a.md", Span(8, 8), "", '"'), Edit("a.md", Span(13, 13), "", '"')]
    new = apply_edits(text, edits)
    assert new == '---\nup: "[[x]]"\n---\n'
    assert damage_of("a.md", text, new, edits, parse_note) is None


@pytest.mark.parametrize(
    ("text", "old", "new", "damage"),
    [
        ("a\n\nb\n\n[[x|y]]\n", "b", "```", "link (wikilink) “x|y” is gone"),
        ("a b ![[x]]\n", "b", "%$", None),
        ("a\n\nb\n\n# H\n", "b", "```", "heading “# H” is gone"),
        ("a\n\nb\n\nc ^id\n", "b", "```", "block id “id” is gone"),
        ("a\n\nb\n\nc #tag\n", "b", "```", "tag “tag” is gone"),
        ("a\n\nb\n\n```\n[[x]]\n```\n", "b", "```\n```\n```", "dead text “[[x]]” is gone"),
        ("a\n\nb\n\n%% c %%\n", "b", "```", "comment “%% c %%” is gone"),
        ("a b c %%d%%\n", "b", "%%", "comment “%%d%%” is gone"),
        ("b\n\n|c|d|\n|-|-|\n", "b", "```", "table “|c|d|\n|-|-|” is gone"),
        ("---\na: 1\nb: 2\n---\n", "a: 1", "a: |", None),
        ("---\na: 1\nb: 2\n---\n[[x]]\n", "1", '"', "the properties can no longer be read"),
        ("---\na: 1\nb: 2\n---\n[[x]]\n", "1", "1\n---", "property “b: 2” is gone"),
        ("x\n---\n\na: 1\n\n---\n", "x\n", "", "property “a: 1” appeared"),
        ("`x [[a]]` b\n", "x", "`", "link (wikilink) “a” appeared"),
    ],
)
def test_what_an_edit_is_not_about_must_stay(text: str, old: str, new: str, damage: str | None) -> None:
    edits = [edit(text, old, new)]
    assert damage_of("a.md", text, apply_edits(text, edits), edits, parse_note) == damage


def test_characters_beside_the_edits_must_stay() -> None:
    edits = [edit("one two", "one", "1")]
    assert damage_of("a.md", "one two", "1  two", edits, parse_note) == "text beside the edits changed"


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    text=st.text("ab[]#^`\r\n é😀\u2028", max_size=60),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.text("xy`[", max_size=4)), max_size=5),
)
def test_nothing_but_the_edits_changes(text: str, cuts: list[tuple[int, int, str]]) -> None:
    found = []
    for number, (one, other, new) in enumerate(cuts):
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        found.append(finding(f"VL{number}", Edit("a.md", Span(start, end), text[start:end], new)))
    plan = Vault({"a.md": text}).plan(found)
    if plan.texts:
        expected, end = "", 0
        for taken in sorted(one for _, fix in plan.applied for one in fix.edits):
            expected += text[end : taken.span.start] + taken.text
            end = taken.span.end
        assert plan.texts["a.md"] == (text, expected + text[end:])


# --- showing ----------------------------------------------------------------------------------


def test_a_diff_reads_as_git_writes_it() -> None:
    assert unified_diff("Notes/a.md", "one\ntwo\n", "one\n2\n") == (
        "--- a/Notes/a.md\n+++ b/Notes/a.md\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    )
    assert unified_diff("a.md", "same", "same") == ""


@pytest.mark.parametrize(
    "name", ["a.md", "Ernte & Herbst.md", "Ärger.md", 'say "hi".md', "tab\tname.md", "back\\slash.md"]
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one\ntwo\n", "one\n2\n"),
        ("one\ntwo", "one\n2"),
        ("one\ntwo", "one\ntwo\n"),
        ("one\ntwo\n", "one\ntwo"),
        ("one\r\ntwo\r\nthree", "one\r\n2\r\nthree"),
        ("one\rtwo\rthree\n", "one\r2\rthree\n"),
        ("a\u2028b\x0cc\x85d\n", "a\u2028B\x0cc\x85d\n"),
        ("\ufeffone\ntwo\n", "\ufeff1\ntwo\n"),
        ("x\n" * 40, "x\n" * 20 + "y\n" + "x\n" * 20),
    ],
)
def test_git_applies_the_diff(tmp_path: Path, name: str, old: str, new: str) -> None:
    note = tmp_path / name
    note.write_bytes(old.encode())
    patch = unified_diff(name, old, new).encode()
    subprocess.run(["git", "apply", "-"], input=patch, cwd=tmp_path, check=True, capture_output=True)
    assert note.read_bytes() == new.encode()
