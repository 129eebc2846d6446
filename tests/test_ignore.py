"""Patterns of ignore files, one entry at a time."""

import pytest

from vaultlint.ignore import excluded_by, parse_patterns


def verdict(lines: list[str], path: str, *, folder: bool = False) -> bool | None:
    patterns, warnings = parse_patterns(lines, ".gitignore")
    assert warnings == ()
    return patterns.verdict(path, path.rsplit("/", 1)[-1], folder)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("draft.md", "draft.md"),
        ("draft.md", "a/b/draft.md"),
        ("/draft.md", "draft.md"),
        ("a/draft.md", "a/draft.md"),
        ("*.log.md", "a/x.log.md"),
        ("a/*.md", "a/x.md"),
        ("a/**/x.md", "a/x.md"),
        ("a/**/x.md", "a/b/c/x.md"),
        ("**/x.md", "a/x.md"),
        ("a/**", "a/b/x.md"),
        ("*", "a/x.md"),
        ("**/*", "x.md"),
        ("x?.md", "x1.md"),
        ("x[0-9].md", "x1.md"),
        ("x[!0-9].md", "xa.md"),
        (r"\#x.md", "#x.md"),
        (r"\!x.md", "!x.md"),
        ("x.md   ", "x.md"),
        ("x.md\r", "x.md"),
        ("x\\ ", "x "),
        ("x**.md", "xyz.md"),
        ("été.md", "a/été.md"),
        ("*\udcff.md", "bad\udcff.md"),
    ],
)
def test_a_pattern_hides_what_git_ignores(line: str, path: str) -> None:
    assert verdict([line], path) is True


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("/draft.md", "a/draft.md"),
        ("a/draft.md", "b/a/draft.md"),
        ("draft.md", "Draft.md"),
        ("a/*.md", "a/b/x.md"),
        ("build/", "build"),
        ("a/**", "a"),
        ("# x.md", "# x.md"),
        ("", "x.md"),
        ("   ", "x.md"),
        ("/", "x.md"),
        ("x.md", "x.md/y.md"),
    ],
)
def test_a_pattern_is_silent_on_what_git_does_not_ignore(line: str, path: str) -> None:
    assert verdict([line], path) is None


def test_a_closing_slash_means_folders() -> None:
    assert verdict(["build/"], "a/build", folder=True) is True
    assert verdict(["/build*/"], "build1", folder=True) is True


def test_the_last_pattern_that_matches_wins() -> None:
    lines = ["*.md", "!keep*.md", "keep-not.md"]
    assert verdict(lines, "x.md") is True
    assert verdict(lines, "keep.md") is False
    assert verdict(lines, "keep-not.md") is True


@pytest.mark.parametrize("line", ["!", "!/", "[", r"[a-\]]", "[z-a]", "a\\", "x" * 501, "a/**/b/**/c/**/d"])
def test_a_pattern_that_cannot_be_used_is_left_out_with_its_line(line: str) -> None:
    patterns, warnings = parse_patterns(["good.md", line], "a/.gitignore")
    assert patterns.verdict("good.md", "good.md", False) is True
    assert len(warnings) == 1
    assert warnings[0].startswith("a/.gitignore:2: pattern “")


def test_a_name_with_many_stars_is_matched_in_linear_time() -> None:
    # Backtracking over this would take longer than anybody waits.
    line = "*a" * 100 + "b"
    assert verdict([line], "a" * 250) is None
    assert verdict([line], "a" * 250 + "b") is True


def test_many_stars_in_a_path_are_refused() -> None:
    _, warnings = parse_patterns(["x/*a*a*a*a*b"], ".gitignore")
    assert warnings == (".gitignore:1: pattern “x/*a*a*a*a*b” is left out: more than 3 “*” in one name",)


def test_only_so_many_patterns_are_used() -> None:
    patterns, warnings = parse_patterns([f"{number}.md" for number in range(6_000)], ".gitignore")
    assert patterns.verdict("4999.md", "4999.md", False) is True
    assert patterns.verdict("5000.md", "5000.md", False) is None
    assert warnings == (".gitignore:5001: only the first 5000 patterns are used",)


def test_patterns_for_dot_names_cost_nothing() -> None:
    patterns, warnings = parse_patterns([".obsidian/*", ".DS_Store", "!.trash/**"], ".gitignore")
    assert not patterns
    assert warnings == ()


# --- Obsidian's excluded files ----------------------------------------------------------------


def excluded(entry: str, path: str) -> bool:
    question, warnings = excluded_by([entry], "app.json")
    assert warnings == ()
    assert question is not None
    return question(path)


def test_an_entry_is_the_beginning_of_a_path() -> None:
    assert excluded("Archive/", "Archive/2020/x.md")
    assert not excluded("Archive/", "Old/Archive/x.md")
    assert not excluded("Archive/", "archive/x.md")
    assert not excluded("a.c", "abc.md")


def test_an_entry_between_slashes_is_looked_for_in_the_path() -> None:
    assert excluded("/daily-.*/", "log/daily-1.md")
    assert excluded(r"/^(?<year>\d{4})\/\d{2}-\d{2}/", "2024/01-02.md")
    assert not excluded("/^daily/", "log/daily.md")


@pytest.mark.parametrize("entry", ["/(/", "/[/", r"/(?<a>x)\k<a>/", "/*x/"])
def test_an_expression_that_python_cannot_read_is_left_out(entry: str) -> None:
    question, warnings = excluded_by([entry], "app.json")
    assert question is None
    assert warnings == (
        f"app.json: the excluded-files pattern “{entry}” is left out:"
        " not a regular expression that Python can read",
    )


@pytest.mark.parametrize(
    "entry",
    ["/(a+)+$/", "/(a|a)*$/", "/((a?b)c){2,}/", "/(?:a*)*b/", r"/(a)\1/", "/.*.*.*x/", "/" + "a?" * 30 + "/"],
)
def test_an_expression_that_could_run_for_ages_is_left_out(entry: str) -> None:
    question, warnings = excluded_by([entry], "app.json")
    assert question is None
    assert len(warnings) == 1
    assert warnings[0].endswith("it could take too long: nested or many repeats")


@pytest.mark.parametrize("entry", [r"/^[(+*]+x$/", r"/(ab)+?c/", r"/a\+\+\(b+\)+/", "/(a|b)?c*/"])
def test_a_harmless_expression_is_used(entry: str) -> None:
    question, warnings = excluded_by([entry], "app.json")
    assert question is not None
    assert warnings == ()


def test_no_entries_ask_nothing() -> None:
    assert excluded_by(["", ""], "app.json") == (None, ())
