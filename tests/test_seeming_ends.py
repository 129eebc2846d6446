"""Which other line unclosed-front-matter and unclosed-code-fence name, which their pages cannot show."""

from pathlib import Path

import pytest

from vaultlint import lint


def named(folder: Path, text: str, code: str) -> list[tuple[str, str]]:
    """What the related places of the only finding hold, and what is said of each."""
    (folder / ".obsidian").mkdir()
    (folder / "a.md").write_bytes(text.encode("utf-8"))
    [found] = [one for one in lint(folder).diagnostics if one.code == code]
    return [(related.span.of(text), related.message) for related in found.related]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("line", ["----", "—", " ---", "...", "--- # the end", "--"])
def test_the_line_that_seems_to_close_the_front_matter_is_named(
    tmp_path: Path, line: str, newline: str
) -> None:
    text = newline.join(["---", "title: Soup", line, "Onions."])
    message = "this line does not close it: it must be “---” and nothing else"
    assert named(tmp_path, text, "VL102") == [(line, message)]


@pytest.mark.parametrize("line", ["***", "----", "..."])
def test_a_line_below_a_blank_line_was_not_to_close_the_front_matter(tmp_path: Path, line: str) -> None:
    assert named(tmp_path, f"---\ntitle: Soup\n\nOnions.\n\n{line}\n", "VL102") == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("opening", "line", "marks", "why"),
    [
        ("````", "```", "```", "“```” is shorter than “````”"),
        ("```", "`` ", "``", "“``” is shorter than “```”"),
        ("```", "~~~", "~~~", "“~~~” closes no “```”"),
        ("```", "``` end", "```", "“end” stands behind it"),
        ("```", "    ```", "```", "it is indented, or stands in another list item or quote"),
        ("> ```", "~~~", "~~~", "“~~~” closes no “```”"),
    ],
)
def test_the_line_that_seems_to_close_a_fence_is_named(
    tmp_path: Path, opening: str, line: str, marks: str, why: str, newline: str
) -> None:
    quote = "> " if opening.startswith(">") else ""
    text = newline.join([opening, f"{quote}onions", line, f"{quote}leek", ""])
    assert named(tmp_path, text, "VL506") == [(marks, f"this does not close it: {why}")]


def test_a_fence_below_which_nothing_seems_to_close_it_has_no_other_place(tmp_path: Path) -> None:
    assert named(tmp_path, "```\nonions ```\n``leek`` \n``\tpea\n", "VL506") == []


def test_a_line_that_opens_another_fence_was_not_to_close_this_one(tmp_path: Path) -> None:
    assert named(tmp_path, "```\nonions\n```text\nleek\n", "VL506") == []


def test_a_fence_in_another_quote_was_not_to_be_closed_there(tmp_path: Path) -> None:
    text = "> ```\n> onions\n\n> leek\n> ```\n> pea\n> ```\n"
    assert named(tmp_path, text, "VL506") == []
