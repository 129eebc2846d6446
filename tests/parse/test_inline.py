"""Which stretches of text are dead: code, math, HTML; and comments, which are not."""

import pytest

from vaultlint.parse import parse_note

LIVE_AND_DEAD = [
    # text, the links that are live
    ("`[[x]]` [[y]]", ["y"]),
    ("`a [[x]]\nb` [[y]]", ["y"]),
    ("`a\n\n[[x]]`", ["x"]),
    ("`a\n- [[x]]`", ["x"]),
    ("``a ` [[x]]`` [[y]]", ["y"]),
    ("`` [[x]]` [[y]]", ["x", "y"]),
    (r"\`[[x]]`", ["x"]),
    ("[[a`b]] `c`", ["a`b"]),
    ("$[[x]]$ [[y]]", ["y"]),
    ("a $5 and [[x]] for $6", ["x"]),
    ("from $5 [[x]]", ["x"]),
    ("$ [[x]] $", ["x"]),
    ("$a [[x]] $5", ["x"]),
    (r"\$[[x]]$", ["x"]),
    ("$a\n[[x]]$", ["x"]),
    ("[[a$b]] $c$ [[d]]", ["a$b", "d"]),
    ("$$[[x]]$$ [[y]]", ["y"]),
    ("$$\n[[x]]\n\n[[y]]\n$$\n[[z]]", ["z"]),
    ("a $$\n[[x]]\n$$ b", []),
    ("a $$\n\n[[x]]\n\n$$ b", ["x"]),
    ("$$ [[x]]", ["x"]),
    ("<!-- [[x]] --> [[y]]", []),  # an HTML block ends with its line
    ("a <!-- [[x]]\n[[y]] --> [[z]]", ["z"]),
    ("<!--\n[[x]]\n\n[[y]]\n-->\n[[z]]", ["z"]),
    ('a <a href="[[x]]">[[y]]</a>', ["y"]),
    ("a <b [[x]]", ["x"]),
    ("a < b [[x]] > c", ["x"]),
    ("<br>[[x]]", ["x"]),
    ("<http://a/[[x]]> [[y]]", ["y"]),
    ("<div>[[x]]</div>", []),
    ("%%[[x]]%% [[y]]", ["x", "y"]),
    ("%%\n[[x]]\n%%", ["x"]),
    ("~~~\n[[x]]\n~~~\n[[y]]", ["y"]),
    ("```\n[[x]]", []),
    ("    [[x]]", []),
    ("- a\n  - [[x]]", ["x"]),
    ("> [!note]\n> [[x]]", ["x"]),
    ("[^1]: [[x]]", ["x"]),
    ("^[see [[x]]]", ["x"]),
]


@pytest.mark.parametrize(("text", "live"), LIVE_AND_DEAD)
def test_these_links_are_live(text: str, live: list[str]) -> None:
    assert [link.path for link in parse_note("n.md", text).links] == live


@pytest.mark.parametrize("text", [case[0] for case in LIVE_AND_DEAD])
def test_the_live_text_keeps_every_offset_and_line(text: str) -> None:
    live = parse_note("n.md", text).live
    assert len(live) == len(text)
    assert all(now in (was, "\0") for now, was in zip(live, text, strict=True))
    assert live.count("\n") == text.count("\n")


@pytest.mark.parametrize(("text", "live"), LIVE_AND_DEAD)
def test_crlf_changes_nothing_about_what_is_live(text: str, live: list[str]) -> None:
    crlf = text.replace("\n", "\r\n")
    links = parse_note("n.md", crlf).links
    assert [link.path for link in links] == live
    assert [link.span.of(crlf) for link in links] == [link.raw for link in links]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a %%b%% c", ["%%b%%"]),
        ("%%\na\n\nb\n%%\nc", ["%%\na\n\nb\n%%"]),
        ("a %% b\nc %%", []),
        ("`%%` a `%%`", []),
        ("a %%b%% c %%d%%", ["%%b%%", "%%d%%"]),
        ("%%%%", ["%%%%"]),
    ],
)
def test_comments_are_found(text: str, comments: list[str]) -> None:
    assert [span.of(text) for span in parse_note("n.md", text).comments] == comments


def test_a_heading_in_a_comment_cannot_be_linked() -> None:
    assert [heading.text for heading in parse_note("n.md", "%%\n# In\n%%\n# Out").headings] == ["Out"]


def test_a_heading_in_display_math_is_none() -> None:
    assert [heading.text for heading in parse_note("n.md", "$$\n# In\n$$\n# Out").headings] == ["Out"]


def test_a_heading_that_holds_a_comment_is_still_one() -> None:
    assert len(parse_note("n.md", "# A %%b%%\n\n# C").headings) == 2


def test_escaped_dollars_begin_no_math_however_many() -> None:
    text = "$a\\" * 200_000 + "$ [[b]]"
    assert [link.path for link in parse_note("a.md", text).links] == ["b"]
