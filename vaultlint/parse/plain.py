"""The good case, proved in bulk: most notes hold nothing but prose, headings, lists, plain wikilinks and good
timestamp anchors. A few searches of the whole text prove that, and answer nearly all questions at once; where
code, math or comments are among it, they answer what is asked about the rest, as soon as that is known.

What is not surely so is read the long way. Both ways give the same answers, and tests hold them against
each other.
"""

from functools import cache
from typing import Any, NamedTuple

from vaultlint.parse import anchor_sweep, sweep
from vaultlint.parse.anchor_sweep import AnchorSyntax
from vaultlint.parse.inline import NOTHING, may_hold_comments, may_hold_math, some_hides_links
from vaultlint.parse.screen import is_dull


class Kind(NamedTuple):
    """What is known of a note; False where it is not known."""

    good_tags: bool = False
    """There are no tags but good anchors and line breaks."""
    all_live: bool = False
    """Nothing in it is dead, and it has no comment."""
    settled: bool = False
    """No fence is left open, and there are no link reference definitions."""
    plain_links: bool = False
    """The live body has no links and no pipes but plain wikilinks."""
    no_ids: bool = False
    """There are no block ids."""
    plain_properties: bool = False
    """There is no link in the front matter, nor two brackets that look like one."""


UNKNOWN = Kind()
"""Nothing is known."""


@cache
def answers_of(kind: Kind) -> dict[str, Any]:
    """The answers that all notes of a kind give, by the names of attributes.

    `lacks` are those questions to which the answer is no, so that nobody needs to ask them.
    """
    answers: dict[str, Any] = {}
    if kind.good_tags:
        answers |= {"_plain_tags": True, "suspect_anchors": (), "may_hold_conflict": False, "odd_tags": ()}
    if kind.all_live:
        answers |= _ALL_LIVE
    if kind.good_tags and kind.all_live:
        answers["open_comment"] = None
    if kind.plain_links:
        answers |= _PLAIN_LINKS
    if kind.good_tags and kind.plain_links:
        answers["may_break_anchors"] = False
    if kind.no_ids:
        answers |= {"block_ids": (), "may_repeat_block_ids": False}
    if kind.plain_properties:
        answers |= {"bracketed_properties": False, "_property_links": []}
    if kind.settled:
        answers |= {"open_fence": None, "_definitions": []}
    if kind.settled and kind.plain_links and kind.plain_properties:
        answers["_only_wikilinks"] = True
    answers["lacks"] = frozenset(name for name, answer in answers.items() if not answer and name[0] != "_")
    return answers


_ALL_LIVE: dict[str, Any] = {
    "comments": (),
    "too_complex": None,
    "wrapping_fence": None,
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


def judge(text: str, start: int, syntax: AnchorSyntax) -> tuple[Kind, dict[str, Any]]:
    """Of which kind a note is whose body begins at `start`, as far as a few searches tell, and what else they
    found of it: nearly all if there is nothing odd in it. That is put into the note as it is, under the names
    of attributes that `_ParsedNote` would else work out when they are asked for.

    `text` has LF as its only line end.
    """
    front = text[:start]
    # A tag in the front matter is no anchor.
    times = anchor_sweep.times_at_once(text, syntax) if "<" not in front else None
    good_tags, plain_properties = times is not None, "[" not in front or not _may_link(front)
    # No good anchor hides a link.
    odd_tags = () if good_tags else tuple(anchor_sweep.odd_tags(text, start, syntax))
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
        return Kind(good_tags, plain_properties=plain_properties), found
    found["live"], found["odd_tags"] = text, odd_tags
    if times:
        found["late_times"], found["timestamped"] = times, True
    kind = Kind(good_tags, all_live=True, plain_properties=plain_properties)
    return judge_live(kind, text, start, found, settled=True), found


def judge_live(kind: Kind, live: str, start: int, found: dict[str, Any], *, settled: bool) -> Kind:
    """Of which kind a note of that kind is once it is known what is `live` in it, and whether its blocks are
    `settled` (`Kind.settled`); what else is found of it is added to `found`."""
    good_tags, all_live, plain_properties = kind.good_tags, kind.all_live, kind.plain_properties
    no_ids = "^" not in live or not sweep.may_hold_block_ids(live, start)
    inners = found["_inners"] = sweep.plain_wikilinks(live, start)
    targets = sweep.targets_at_once(inners) if inners is not None else None
    plain_links = (
        inners is not None
        and targets is not None
        and not sweep.has_destination(live, start)
        and not sweep.has_free_pipe(live, start, inners)  # a table, perhaps
    )
    if plain_links and targets is not None:
        found["_plain_wikilinks"], found["_plain_targets"] = inners, targets
        if settled and plain_properties:
            found["_targets_at_once"] = tuple(targets)
    return Kind(good_tags, all_live, settled, plain_links, no_ids, plain_properties)


def _may_link(front: str) -> bool:
    """Whether a property may be a link, or hold two brackets that look like one."""
    return "[[" in front or "](" in front or "\\" in front
