"""The good case, proved in bulk: most notes hold nothing but prose, headings, lists, plain wikilinks and good
timestamp anchors. A few searches of the whole text prove that, and answer nearly all questions at once.

What is not surely so is read the long way. Both ways give the same answers, and tests hold them against
each other.
"""

from itertools import product
from typing import Any

from vaultlint.parse import sweep
from vaultlint.parse.inline import NOTHING, may_hold_comments, may_hold_math, some_hides_links
from vaultlint.parse.screen import is_dull
from vaultlint.parse.sweep import AnchorSyntax


class Kind:
    """What is known of all notes of a kind: answers to questions about them, by the names of attributes.

    A note is of a class that has these for attributes (`parse._class_of`), so that nothing is worked out.
    """

    def __init__(
        self, *, good_tags: bool, all_live: bool, plain_links: bool, no_ids: bool, plain_properties: bool
    ) -> None:
        """Whether they have no tags but good anchors and line breaks; nothing dead and no comment; no links
        and no pipes but plain wikilinks in the body, and nothing dead; no block ids; no bracket in the front
        matter."""
        answers: dict[str, Any] = {}
        if good_tags:
            answers |= {"_plain_tags": True, "suspect_anchors": (), "may_hold_conflict": False}
        if all_live:
            answers |= _ALL_LIVE
        if good_tags and all_live:
            answers |= {"open_comment": None, "odd_tags": ()}
        if plain_links:
            answers |= _PLAIN_LINKS
        if good_tags and plain_links:
            answers |= {"may_break_anchors": False}
        if no_ids:
            answers |= {"block_ids": (), "may_repeat_block_ids": False}
        if plain_properties:
            answers |= {"bracketed_properties": False, "_property_links": []}
        if plain_links and plain_properties:
            answers |= {"_only_wikilinks": True}
        self.answers = answers
        self.lacks = frozenset(name for name, answer in answers.items() if not answer and name[0] != "_")
        """Those questions to which the answer is no, so that nobody needs to ask them."""


_ALL_LIVE: dict[str, Any] = {
    "comments": (),
    "open_fence": None,
    "too_complex": None,
    "wrapping_fence": None,
    "_definitions": [],
    "_inline": NOTHING,
    "_is_all_live": True,
}
_PLAIN_LINKS: dict[str, Any] = {
    "malformed_links": (),
    "tables": (),
    "timed_links": (),
    "_delimiter_rows": [],
    "_destinations": [],
    "_free_pipes": False,
    "_markdown_links": [],
    "_odd": [],
}
_KINDS = {
    (good_tags, all_live, plain_links, no_ids, plain_properties): Kind(
        good_tags=good_tags,
        all_live=all_live,
        plain_links=plain_links,
        no_ids=no_ids,
        plain_properties=plain_properties,
    )
    for good_tags, all_live, plain_links, no_ids, plain_properties in product((False, True), repeat=5)
    if all_live or not (plain_links or no_ids)
}
UNKNOWN = _KINDS[False, False, False, False, False]
"""Nothing is known of them."""


def judge(text: str, start: int, syntax: AnchorSyntax) -> tuple[Kind, dict[str, Any]]:
    """Of which kind a note is whose body begins at `start`, as far as a few searches tell, and what else they
    found of it, by the names of attributes: nearly all if there is nothing odd in it.

    `text` has LF as its only line end.
    """
    # A tag in the front matter is no anchor.
    times = sweep.times_at_once(text, syntax) if text.find("<", 0, start) < 0 else None
    good_tags, plain_properties = times is not None, text.find("[", 0, start) < 0
    # No good anchor hides a link.
    odd_tags = () if good_tags else tuple(sweep.odd_tags(text, start, syntax))
    found: dict[str, Any] = {}
    if times is not None and not times:
        found["late_times"] = times
    if (
        "`" in text
        or may_hold_comments(text, start)
        or ("$" in text and may_hold_math(text, start))
        or some_hides_links(text, odd_tags)
        or not is_dull(text, start)
    ):
        return _KINDS[good_tags, False, False, False, plain_properties], found
    found["live"], found["odd_tags"] = text, odd_tags
    if times:
        found["late_times"], found["timestamped"] = times, True
    no_ids = "^" not in text or not sweep.may_hold_block_ids(text, start)
    inners = found["_inners"] = sweep.plain_wikilinks(text, start)
    targets = sweep.targets_at_once(inners) if inners is not None else None
    plain_links = (
        inners is not None
        and targets is not None
        and not sweep.has_destination(text, start)
        and not sweep.has_free_pipe(text, start, inners)  # a table, perhaps
    )
    if plain_links and targets is not None:
        found["_plain_wikilinks"], found["_plain_targets"] = inners, targets
        if plain_properties:
            found["_targets_at_once"] = tuple(targets)
    return _KINDS[good_tags, True, plain_links, no_ids, plain_properties], found
