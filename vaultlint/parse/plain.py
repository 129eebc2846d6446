"""The good case, proved in bulk: most notes hold nothing but prose, headings, lists, plain wikilinks and good
timestamp anchors. A few searches of the whole text prove that, and answer nearly all questions at once.

What is not surely so is read the long way. Both ways give the same answers, and tests hold them against
each other.
"""

from typing import Any

from vaultlint.parse import sweep
from vaultlint.parse.inline import NOTHING, may_hide_links, may_hold_comments, may_hold_math
from vaultlint.parse.screen import is_dull
from vaultlint.parse.sweep import AnchorSyntax
from vaultlint.parse.verdict import Blocks


def answers(text: str, start: int, syntax: AnchorSyntax) -> dict[str, Any]:
    """What the attributes of a parsed note are whose body begins at `start`, as far as a few searches tell:
    nearly all if there is nothing odd in it, no code, math, comment, table, tag that hides something,
    Markdown link, escape, block id or odd wikilink; else what follows from its tags.

    `text` has LF as its only line end.
    """
    # A tag in the front matter is no anchor.
    times = sweep.times_at_once(text, syntax) if text.find("<", 0, start) < 0 else None
    good_tags = times is not None
    from_tags = {} if times is None else _GOOD_TAGS if times else _NO_LATE_ANCHORS
    if (
        "`" in text
        or "\\" in text
        or "^" in text
        or may_hold_comments(text, start)
        or may_hold_math(text, start)
        or (not good_tags and may_hide_links(text, start))
        or not is_dull(text, start)
        or sweep.has_destination(text, start)
    ):
        return from_tags
    inners = sweep.plain_wikilinks(text, start) if "[" in text else []
    targets = sweep.targets_at_once(inners) if inners is not None else None
    if inners is None or targets is None:
        return from_tags
    if sweep.has_free_pipe(text, start, inners):  # a table, perhaps
        return from_tags
    if times:
        from_tags = {**from_tags, "late_times": times, "timestamped": True}
    return {
        **_NOTHING_ODD,
        **from_tags,
        **(_ONLY_GOOD_ANCHORS if good_tags else {}),
        **(_only_wikilinks(targets) if text.find("[", 0, start) < 0 else {}),
        "live": text,
        "_blocks": Blocks((), (), None, (text, start), may_define=False),
        "_inners": inners,
        "_plain_wikilinks": inners,
        "_plain_targets": targets,
    }


def _only_wikilinks(targets: list[str]) -> dict[str, Any]:
    """The answers where no property holds a link either."""
    return {
        "bracketed_properties": False,
        "_property_links": [],
        "_only_wikilinks": True,
        "_targets_at_once": tuple(targets),
    }


_NOTHING_ODD: dict[str, Any] = {
    "block_ids": (),
    "comments": (),
    "malformed_links": (),
    "may_repeat_block_ids": False,
    "open_fence": None,
    "tables": (),
    "timed_links": (),
    "too_complex": None,
    "wrapping_fence": None,
    "_definitions": [],
    "_delimiter_rows": [],
    "_destinations": [],
    "_free_pipes": False,
    "_inline": NOTHING,
    "_markdown_links": [],
    "_odd": [],
}
_GOOD_TAGS: dict[str, Any] = {"_plain_tags": True, "suspect_anchors": (), "may_hold_conflict": False}
_NO_LATE_ANCHORS: dict[str, Any] = {**_GOOD_TAGS, "late_times": []}
_ONLY_GOOD_ANCHORS: dict[str, Any] = {"open_comment": None, "odd_tags": (), "may_break_anchors": False}
