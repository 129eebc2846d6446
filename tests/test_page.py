"""How a rule's page is read, explained, and put into its guises."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.note import Note
from vaultlint.own_rules.rule_crash import RuleCrash
from vaultlint.page import Expected, PageError, explain, fixable, page_of, parse_page
from vaultlint.rule import NoteRule
from vaultlint.testing import in_guise, run_case
from vaultlint.text import Span

PAGE = """\
# broken-link (VL201)

Why it matters.

```
a fence outside of the examples
```

## Examples

### A link that is broken

Some words.

`notes/a.md`:

```
See [[Harvest]].
```

`notes/a.md` fixed:
```
See [[harvesting]].
```

`notes/harvesting.md`:

~~~
~~~

```report
notes/a.md:1:5 VL201 no note is named “Harvest”
```

### A note that holds a fence

variants: plain, crlf

`a.md`:

````markdown
### No heading of the page

```report
none:1:1 VL000 of the page's own
```
````

`a.md` fixed unsafe:

````
fixed
````

```toml
[rules.broken-link]
severity = "info"
```

```report
```
"""


def page_with(body: str, title: str = "# broken-link (VL201)") -> str:
    return f"{title}\n\n## Examples\n\n### A case\n\n{body}"


def test_a_page_has_a_code_a_name_and_an_introduction() -> None:
    page = parse_page(PAGE)
    assert (page.code, page.name) == ("VL201", "broken-link")
    assert page.intro == "Why it matters.\n\n```\na fence outside of the examples\n```\n"


def test_each_third_level_heading_is_a_case() -> None:
    assert [case.title for case in parse_page(PAGE).cases] == [
        "A link that is broken",
        "A note that holds a fence",
    ]


def test_a_path_line_names_the_file_of_the_fence_below() -> None:
    case = parse_page(PAGE).cases[0]
    assert case.files == {"notes/a.md": "See [[Harvest]].\n", "notes/harvesting.md": ""}
    assert case.fixed == {"notes/a.md": "See [[harvesting]].\n"}
    assert case.fixed_unsafe == {}


def test_a_report_fence_lists_what_is_expected() -> None:
    first, second = parse_page(PAGE).cases
    assert first.expected == (Expected("notes/a.md", 1, 5, "VL201", "no note is named “Harvest”"),)
    assert str(first.expected[0]) == "notes/a.md:1:5 VL201 no note is named “Harvest”"
    assert second.expected == ()


def test_a_longer_fence_holds_notes_that_have_fences_and_headings() -> None:
    case = parse_page(PAGE).cases[1]
    assert case.files == {
        "a.md": "### No heading of the page\n\n```report\nnone:1:1 VL000 of the page's own\n```\n"
    }
    assert case.fixed_unsafe == {"a.md": "fixed\n"}


def test_a_toml_fence_is_the_configuration() -> None:
    assert parse_page(PAGE).cases[1].config == '[rules.broken-link]\nseverity = "info"\n'


def test_a_file_of_settings_may_be_toml_too() -> None:
    case = parse_page(page_with("`vaultlint.toml`:\n\n```toml\nselect = []\n```\n\n```report\n```\n")).cases[
        0
    ]
    assert (case.files, case.config) == ({"vaultlint.toml": "select = []\n"}, "")


def test_a_case_says_in_which_guises_it_makes_sense() -> None:
    first, second = parse_page(PAGE).cases
    assert first.variants == {"plain", "crlf", "front-matter", "folder"}
    assert second.variants == {"plain", "crlf"}


def test_a_line_in_a_note_is_not_taken_for_the_variants() -> None:
    case = parse_page(page_with("`a.md`:\n\n```\nvariants: plain\n```\n\n```report\n```\n")).cases[0]
    assert case.variants == {"plain", "crlf", "front-matter", "folder"}


def test_a_rule_is_fixable_in_the_ways_that_its_page_shows() -> None:
    assert fixable(parse_page(PAGE)) == {Safety.SAFE, Safety.UNSAFE}
    assert fixable(parse_page(PAGE.replace(" fixed unsafe:", " fixed:"))) == {Safety.SAFE}
    assert fixable(parse_page("# rule-crash (VL005)\n\nWhy.\n")) == set()


def test_explain_gives_the_page_without_what_only_tests_need() -> None:
    explained = explain(parse_page(PAGE))
    assert explained.startswith("# broken-link (VL201)\n\nWhy it matters.\n")
    assert "variants: plain" not in explained
    assert explained == PAGE.replace("variants: plain, crlf\n\n", "")


def test_a_rule_without_examples_has_a_page_all_the_same() -> None:
    page = page_of(RuleCrash)
    assert (page.code, page.name, page.cases) == ("VL005", "rule-crash", ())
    assert page.intro.startswith("A rule failed on this note.")


def test_a_rule_without_a_page_is_a_mistake_of_its_pack() -> None:
    class NoSuchPage(RuleCrash):
        code = "VL998"

    with pytest.raises(PageError, match="the rule no-such-page has no page"):
        page_of(NoSuchPage)


def test_a_page_under_a_wrong_title_is_a_mistake_of_its_pack() -> None:
    other = type("RuleCrash", (RuleCrash,), {"code": "VL999", "__module__": RuleCrash.__module__})
    with pytest.raises(PageError, match=r"the page of rule-crash \(VL999\) is titled rule-crash \(VL005\)"):
        page_of(other)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("Why.\n", "a page begins with “# name (CODE)”, not with “Why.”"),
        ("# a-rule (VL999)\n\n## Examples\n\nNone.\n", "a-rule: no example stands below “## Examples”"),
        (
            page_with("```\nx\n```\n\n```report\n```\n"),
            "broken-link, “A case”: a fence needs a path line above it, or “toml” or “report”",
        ),
        (
            page_with("`a.md`:\n\nwords between\n\n```\nx\n```\n\n```report\n```\n"),
            "broken-link, “A case”: a fence needs a path line above it, or “toml” or “report”",
        ),
        (
            page_with("`a.md`:\n```\nx\n```\n"),
            "broken-link, “A case”: a case has one “report” fence, empty when nothing is found",
        ),
        (page_with("```report\n```\n\n`a.md`:\n```\nx\n"), "broken-link, “A case”: a fence is not closed"),
        (
            page_with("`a.md`:\n```\n```\n`a.md`:\n```\n```\n```report\n```\n"),
            "broken-link, “A case”: “a.md” stands there twice",
        ),
        (
            page_with("`a.md` fixed:\n```\n```\n```report\n```\n"),
            "broken-link, “A case”: fixed, but not there before: a.md",
        ),
        (
            page_with("```report\na.md:1 VL201 no\n```\n"),
            "broken-link, “A case”: “a.md:1 VL201 no” is not of the form path:line:column CODE message",
        ),
        (
            page_with("variants: plain, lf\n\n```report\n```\n"),
            "broken-link, “A case”: unknown variants: lf",
        ),
    ],
)
def test_a_mistake_in_a_page_is_named(source: str, complaint: str) -> None:
    with pytest.raises(PageError) as raised:
        parse_page(source)
    assert str(raised.value) == complaint


# --- guises -----------------------------------------------------------------------------------

GUISES = page_with("""\
`a.md`:

```
one
[[x]]
```

`a.md` fixed:

```
one
[[y]]
```

`b.md`:

```
---
up: "[[x]]"
---
```

`c.canvas`:

```
{}
```

```report
a.md:2:1 VL201 m
b.md:2:6 VL201 m
```
""")


def test_the_guise_crlf_changes_line_ends_of_notes_only() -> None:
    case = in_guise(parse_page(GUISES).cases[0], "crlf")
    assert case.files == {
        "a.md": "one\r\n[[x]]\r\n",
        "b.md": '---\r\nup: "[[x]]"\r\n---\r\n',
        "c.canvas": "{}\n",
    }
    assert case.fixed == {"a.md": "one\r\n[[y]]\r\n"}
    assert [str(one) for one in case.expected] == ["a.md:2:1 VL201 m", "b.md:2:6 VL201 m"]


def test_the_guise_front_matter_moves_the_notes_that_have_none() -> None:
    case = in_guise(parse_page(GUISES).cases[0], "front-matter")
    assert case.files == {
        "a.md": "---\ntags: [x]\n---\none\n[[x]]\n",
        "b.md": '---\nup: "[[x]]"\n---\n',
        "c.canvas": "{}\n",
    }
    assert case.fixed == {"a.md": "---\ntags: [x]\n---\none\n[[y]]\n"}
    assert [str(one) for one in case.expected] == ["a.md:5:1 VL201 m", "b.md:2:6 VL201 m"]


def test_the_guise_folder_moves_all_files_but_settings() -> None:
    case = parse_page(GUISES).cases[0]
    case = in_guise(case._replace(files={**case.files, ".obsidian/app.json": "{}"}), "folder")
    assert case.files == {
        "Moved/a.md": "one\n[[x]]\n",
        "Moved/b.md": '---\nup: "[[x]]"\n---\n',
        "Moved/c.canvas": "{}\n",
        ".obsidian/app.json": "{}",
    }
    assert case.fixed == {"Moved/a.md": "one\n[[y]]\n"}
    assert [str(one) for one in case.expected] == ["Moved/a.md:2:1 VL201 m", "Moved/b.md:2:6 VL201 m"]


def test_the_guise_plain_is_the_case_itself() -> None:
    case = parse_page(GUISES).cases[0]
    assert in_guise(case, "plain") == case


# --- running ----------------------------------------------------------------------------------

LOUD = """\
# loud-word (TX901)

## Examples

### A word in capitals

`a.md`:

```
one LOUD word
```

`a.md` fixed:

```
one loud word
```

```report
a.md:1:5 TX901 “LOUD” is loud
```
"""


class LoudWord(NoteRule):
    """A word in capitals."""

    code = "TX901"
    allowed: list[str] = []

    def check(self, note: Note) -> Iterator[Diagnostic]:
        for match in re.finditer(r"\b[A-Z]{2,}\b", note.live):
            word, span = match[0], Span(*match.span())
            if word not in self.allowed:
                fix = Fix("Lower it", (Edit(note.path, span, word, self.mended(word)),), Safety.SAFE)
                yield self.found(note.path, span, word, f"“{word}” is loud", fixes=(fix,))

    def mended(self, word: str) -> str:
        return word.lower()


@pytest.mark.parametrize("variant", ["plain", "crlf", "front-matter", "folder"])
def test_an_example_that_is_true_passes(variant: str, tmp_path: Path) -> None:
    run_case(parse_page(LOUD).cases[0], LoudWord, variant, tmp_path)


def test_the_configuration_of_an_example_counts(tmp_path: Path) -> None:
    page = page_with(
        '`a.md`:\n```\nLOUD\n```\n```toml\n[rules.loud-word]\nallowed = ["LOUD"]\n```\n```report\n```\n'
    )
    run_case(parse_page(page).cases[0], LoudWord, "plain", tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("a.md:1:5 TX901", "a.md:1:6 TX901"),
        ("is loud", "is quiet"),
        ("a.md:1:5 TX901 “LOUD” is loud\n", ""),
        ("one loud word", "one loud word."),
        ("one LOUD word", "one LOUD WORD"),
    ],
)
def test_an_example_that_is_not_true_fails(right: str, wrong: str, tmp_path: Path) -> None:
    case = parse_page(LOUD.replace(right, wrong)).cases[0]
    with pytest.raises(AssertionError):
        run_case(case, LoudWord, "plain", tmp_path)


def test_in_a_folder_messages_may_name_it(tmp_path: Path) -> None:
    class Placed(LoudWord):
        code = "TX903"

        def check(self, note: Note) -> Iterator[Diagnostic]:
            for found in super().check(note):
                yield found._replace(message=f"“{note.path}” is loud")

    page = LOUD.replace("TX901", "TX903").replace("“LOUD” is loud", "“a.md” is loud")
    run_case(parse_page(page).cases[0], Placed, "folder", tmp_path)


def test_a_rule_to_which_the_folder_matters_fails(tmp_path: Path) -> None:
    class AtTheRoot(LoudWord):
        code = "TX904"

        def check(self, note: Note) -> Iterator[Diagnostic]:
            if "/" not in note.path:
                yield from super().check(note)

    case = parse_page(LOUD.replace("TX901", "TX904")).cases[0]
    for variant in ("plain", "folder"):
        (tmp_path / variant).mkdir()
    run_case(case, AtTheRoot, "plain", tmp_path / "plain")
    with pytest.raises(AssertionError):
        run_case(case, AtTheRoot, "folder", tmp_path / "folder")


def test_a_fix_that_never_comes_to_rest_fails(tmp_path: Path) -> None:
    class LoudWordAgain(LoudWord):
        code = "TX902"

        def mended(self, word: str) -> str:
            return f"{word} {word}"

    case = parse_page(LOUD.replace("TX901", "TX902")).cases[0]._replace(fixed={})
    with pytest.raises(AssertionError):
        run_case(case, LoudWordAgain, "plain", tmp_path)
