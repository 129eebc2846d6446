"""The timestamp anchors of a text, of whichever form a vault gives them.

Nearly all anchors of a vault are good ones, so that most questions are answered without looking at them
one by one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.lazy import rare
from vaultlint.note import Anchor
from vaultlint.text import Span, new, places


class AnchorSyntax:
    """The patterns of the timestamp anchors of a form."""

    def __init__(self, form: AnchorForm) -> None:
        time, early = "[0-9]{2}:[0-5][0-9]:[0-5][0-9]", "00:[0-5][0-9]:[0-5][0-9]"
        element, attributes = form.element, [re.escape(each) for each in form.attributes]
        before, behind = map(re.escape, form.around)
        begin, end = f' {" ".join(attributes)}"(', rf')">{before}\1{behind}</{element}>'
        good, in_first_hour = begin + time + end, begin + early + end
        # Any tag but the end of an anchor, a line break, and what is added before the last parenthesis.
        tag = f"<(?!/{element}>|br[ ]?/?>"
        opener = r"[ \t]+".join(["", *attributes])
        whole = rf'{opener}"(?P<time>[^"<>\n]*)"[ \t]*>(?P<label>[^<\n]*)</{element}>'
        self.other_tag = rare(f"{tag}|{element}{good})")
        """A tag that is no good anchor, no end of one and no line break."""
        self.late_or_other_tag = re.compile(f"{tag}|{element}{in_first_hour})")
        """The same, or a good anchor that is not in the first hour."""
        self.early = re.compile(rf"[^<]*+(?:<(?:{element}{in_first_hour}|br[ ]?/?>)[^<]*+)*+")
        """The text up to the first tag that is no line break and no good anchor in the first hour."""
        self.time_or_other_tag = rare(f"{tag})(?:{element}{good})?")
        """A good anchor, its time as the group, or any other tag but the end of one and a line break."""
        self.time = rare(rf'{attributes[-1]}"({time})"[ \t]*>')
        """The end of the opening tag of an anchor, whatever its label, with a good time, the group."""
        self.late = rare(f"<{element}{begin}(?!00){time}{end}")
        """A good anchor that is not in the first hour, its time as the group."""
        self.is_all_live = {"`", "$"}.isdisjoint(form.label)
        """Whether no part of an anchor can be dead without the rest, as code and math in its label are."""
        self.whole = rare(f"<{element}{whole}")
        """An anchor whose element is whole, with any `time` and any `label`."""


DEFAULT_ANCHORS = AnchorSyntax(DEFAULT_FORM)


@cache
def _other_syntax(form: AnchorForm) -> AnchorSyntax:
    return AnchorSyntax(form)


def syntax_of(form: AnchorForm) -> AnchorSyntax:
    """The patterns of that form."""
    return DEFAULT_ANCHORS if form == DEFAULT_FORM else _other_syntax(form)


def times_at_once(text: str, syntax: AnchorSyntax = DEFAULT_ANCHORS) -> list[str] | None:
    """The times of the anchors, from the first on that is not in the first hour, where there is no tag but
    good anchors and line breaks; None where there is."""
    if "<" not in text:
        return []
    early = syntax.early.match(text)
    end = early.end() if early is not None else 0
    late = syntax.late_or_other_tag.search(text, end) if end < len(text) else None
    if late is None:  # mostly
        return []
    times: list[str] = syntax.time_or_other_tag.findall(text, late.start())
    return None if "" in times else times


def may_hold_anchors(live: str, start: int, element: str) -> bool:
    """Whether there is an opening tag that begins with the name of the element."""
    # Faster than to look for both.
    return "<" in live and any(live.startswith(element, at + 1) for at in places("<", live, start))


def odd_tags(live: str, start: int, syntax: AnchorSyntax) -> Iterator[int]:
    """Where the tags begin that are neither good anchors nor ends of them nor line breaks."""
    return (match.start() for match in syntax.other_tag.finditer(live, start))


def times(live: str, start: int, syntax: AnchorSyntax) -> list[str]:
    """The good times of the anchors, whatever their labels."""
    found: list[str] = syntax.time.findall(live, start)
    return found


def late(times: Sequence[str]) -> list[str]:
    """These times from the first on that is not in the first hour."""
    first = next((number for number, time in enumerate(times) if time >= "01"), len(times))
    return list(times[first:])


def late_anchors(live: str, start: int, syntax: AnchorSyntax) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where the good anchors begin that are not in the first hour, and their times."""
    found = [*syntax.late.finditer(live, start)]
    return tuple([match.start() for match in found]), tuple([match[1] for match in found])


def anchors(live: str, start: int, whole: re.Pattern[str]) -> Iterator[Anchor]:
    """Each timestamp anchor; `whole` is the pattern of an `AnchorSyntax`."""
    return map(_anchor, whole.finditer(live, start))


def anchors_at(tags: Iterable[int], live: str, whole: re.Pattern[str]) -> Iterator[Anchor]:
    """Those timestamp anchors that begin with one of these tags."""
    return (_anchor(match) for at in tags if (match := whole.match(live, at)) is not None)


def _anchor(match: re.Match[str]) -> Anchor:
    time, label = new(Span, match.span("time")), new(Span, match.span("label"))
    return new(Anchor, (match.group(), new(Span, match.span()), match["time"], time, match["label"], label))
