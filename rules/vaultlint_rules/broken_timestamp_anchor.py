"""VL305."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.lazy import rare
from vaultlint.note import Flaw, Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety
from vaultlint.text import Span, has_placeholder
from vaultlint.timestamps import GOOD_TIME, seconds

_ATTRIBUTE = rare(r"""[ \t\n]+([A-Za-z_:][\w.:-]*)(?:=(?:"([^"<]*)"|'([^'<]*)'|([^\s"'=<>`]+)))?""")
_TAG_END = rare(r"[ \t\n]*/?>")

_GOOD_TIMES = rare(rf"(?<![0-9:]){GOOD_TIME.pattern}(?![0-9:])")
_READABLE = rare(r"(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-5][0-9]")
_ANY_TIME = rare(r"[0-9]:[0-9]{2}")
_NO_DIGIT = rare(r"[^0-9]+")
_LETTERS = rare(r"[A-Za-z]+")
_NO_LETTER = rare(r"[^a-z]+")
_NAME = rare(r"[A-Za-z][\w-]*")
_USUAL = frozenset({"class", "href", "id", "title"})

_ENDS_TEXT = rare(r"[\s.,;:!?)]|\Z")
_LINE = 300  # characters before a closing tag in which its opening tag is looked for


class _Patterns:
    """What tells the anchors of a form, and what was to be one, apart."""

    def __init__(self, form: AnchorForm) -> None:
        self.form = form
        element, css_class = form.element, form.css_class
        stem = (_LETTERS.match(css_class) or [""])[0]
        attributes = r"[ \t]+".join(map(re.escape, form.attributes))
        before, behind = map(re.escape, form.around)
        time = GOOD_TIME.pattern

        self.piece = rare(
            rf"<(?P<gap>[ \t]?)(?P<element>{element}|a|p|span|sup)(?P<blank>[ \t]|%20)[^<\n]{{0,300}}+"
            r"(?:\n[^<\n]{1,300}+)?"
        )
        """A tag, or what was to be one, and what stands between it and the next. A line may end in it."""
        self.sound = rare(rf'{element}[ \t]+{attributes}"([^"<>\n]*)"[ \t]*>')
        self.never_ended = rare(rf'{element}[ \t]+{attributes}"([^"<>\n]*)(>?)')
        self.meant = rare(rf"""class[ \t]*=[ \t]*["\']?{stem}""" if stem else rf"{form.attribute}\b")
        self.time_as_class = rare(rf"{stem}[^A-Za-z0-9]?[0-9][0-9:-]*")
        self.stem = stem
        letters = _NO_LETTER.sub("", css_class.lower())
        self.spellings = {letters, stem + letters, stem + stem[-1:] + letters[len(stem) :]} - {""}
        self.label = rare(rf"{before}{time}{behind}|\[{time}\]|{time}")
        self.opener_and_time = rare(rf"[^<\n]*>(?=(?:{before}[0-9:]*{behind}|\[?[0-9:]*\]?)\Z)")
        self.end = rare(rf"(?i)</{element}|<{element}(?=[ \t%])|\n[ \t]*\n")
        self.closed = rare(rf"(?i)</{element}[ \t\n]*>")
        self.closer = rare(rf"</({element}|a|b|em|i|p|span|strong|sub|sup)>|</{element}(?![A-Za-z0-9>-])")


_patterns_of = cache(_Patterns)
_patterns_of(DEFAULT_FORM)  # here, so that each process need not


class _Broken(NamedTuple):
    """What is wrong, where, and what would be right, where one reading is all there is."""

    span: Span
    message: str
    right: str | None


class BrokenTimestampAnchor(NoteRule):
    """A timestamp anchor whose element is broken, so that no player sees it."""

    code = "VL305"
    asks = ("may_break_anchors",)
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for broken in _broken_anchors(note):
            start, end = broken.span
            span = Span(start, end - note.text.startswith("\r\n", end - 1))  # no line end is parted
            old = span.of(note.text)
            if has_placeholder(old):
                continue
            edit = Edit(note.path, span, old, broken.right or "")
            fix = Fix(f"Write “{broken.right}”", (edit,), Safety.SAFE)
            fixes = (fix,) if broken.right is not None else ()
            yield self.found(note.path, span, old, broken.message, fixes=fixes)


def _broken_anchors(note: Note) -> Iterator[_Broken]:
    live, patterns = note.live, _patterns_of(note.anchor_form)
    whole = {anchor.span.start for anchor in note.suspect_anchors}
    for at in note.odd_tags:
        piece = patterns.piece.match(live, at) if at not in whole else None
        if piece is not None and "\0" not in piece.group():
            broken = _judge(note, piece, patterns)
            if broken is not None:
                yield broken
    for odd in note.malformed_links:
        if odd.flaw is Flaw.AROUND_ANCHOR and not odd.raw.endswith(")"):
            yield _left_open(odd.path, odd.span, odd.raw, note.anchor_form)


def _left_open(text: str, span: Span, raw: str, form: AnchorForm) -> _Broken:
    """A Markdown link that is left open around an anchor: `[00:07:12](<a …>[00:07:12]</a>`."""
    opener, _, rest = raw[raw.index("](") + 2 :].partition(">")
    label, closer = rest.removesuffix(f"</{form.element}>"), f"</{form.element}>"
    said, times = form.bare(label), _GOOD_TIMES.findall(opener)
    right = None
    if len(times) == 1 and _same_moment(text, times[0]):
        if _same_moment(said, times[0]):
            right = f"{opener}>{form.shown(times[0])}{closer}"
        elif not any(char.isdigit() for char in label):
            right = f"{opener}>{rest}"
    return _Broken(span, f"the link “[{text}](” around a timestamp is left open", right)


def _same_moment(text: str, time: str) -> bool:
    """Whether a text is that time, a zero or the hours left out perhaps."""
    return _READABLE.fullmatch(text) is not None and seconds(text) == seconds(time)


def _judge(note: Note, piece: re.Match[str], patterns: _Patterns) -> _Broken | None:
    """What is wrong with a tag that is no whole anchor, if it was to be one."""
    live = note.live
    tag = piece.group()[1:]
    if piece["gap"] or piece["blank"] == "%20":
        tag = tag.lstrip(" \t").replace("%20", " ")
        if (sound := patterns.sound.match(tag)) is not None:
            return _misspaced(live, piece, tag, sound, patterns)
    elif (sound := patterns.sound.match(tag)) is not None:
        return _not_closed(live, piece.start() + 1 + sound.end(), piece, sound[1], patterns)
    elif (ended := patterns.never_ended.match(tag)) is not None:
        return _never_ended(live, piece, tag, ended, patterns)
    html = _html(tag)
    if html is None or html[1].get("class") == "":  # of two classes only the first counts
        meant = patterns.meant.search(tag) is not None
    else:
        meant = _misses(*html, note, patterns)
    return _bad_opener(live, piece, tag, patterns) if meant and _ANY_TIME.search(tag) else None


def _closer_at(live: str, at: int, *elements: str) -> int:
    """Where the closing tag of one of the elements ends that stands at `at`; `at` itself where none does."""
    end = next((end for end in (f"</{element}>" for element in elements) if live.startswith(end, at)), "")
    return at + len(end)


def _misspaced(
    live: str, piece: re.Match[str], tag: str, sound: re.Match[str], patterns: _Patterns
) -> _Broken:
    """`< a class=…`, `<a%20class=…`."""
    opener, label = tag[: sound.end()], tag[sound.end() :]
    end, form = piece.end(), patterns.form
    closed = _closer_at(live, end, form.element)
    message = f"the opening tag of the timestamp “{sound[1]}” has a blank where none may be"
    if piece["blank"] == "%20":
        message = f"the opening tag of the timestamp “{sound[1]}” has “%20” for a blank"
    good = GOOD_TIME.fullmatch(sound[1])
    if closed > end:
        return _Broken(
            Span(piece.start(), closed), message, f"<{opener}{label}</{form.element}>" if good else None
        )
    span = Span(piece.start(), end - len(label))
    alone = good and _ENDS_TEXT.match(label)
    return _Broken(span, message, f"<{opener}{form.shown(sound[1])}</{form.element}>" if alone else None)


def _not_closed(live: str, at: int, piece: re.Match[str], time: str, patterns: _Patterns) -> _Broken | None:
    """What is wrong with an anchor whose opening tag, which ends at `at`, is sound."""
    form = patterns.form
    message = f"the timestamp “{time}” is not closed by “</{form.element}>”"
    opener = live[piece.start() : at]
    end = patterns.end.search(live, at)
    if end is not None and patterns.closed.match(live, end.start()):
        return None  # it has something else than text in it, or a label of several lines
    label = patterns.label.match(live, at)
    if label is None:
        if live.startswith(")", at) and live.startswith("](", piece.start() - 2):
            return None  # the whole target of a Markdown link
        if end is not None and end.start() == at and end.group() == f"<{form.element}":
            return _nested(live, at, piece, time, patterns)
        alone = GOOD_TIME.fullmatch(time) and _ENDS_TEXT.match(live, at)
        return _Broken(
            Span(piece.start(), at),
            message,
            f"{opener}{form.shown(time)}</{form.element}>" if alone else None,
        )
    here, right = label.end(), f"{opener}{label.group()}</{form.element}>"
    closer = patterns.closer.match(live, here)
    if closer is not None:
        name = closer[1]
        line = live[max(piece.start() - _LINE, 0) : piece.start()]
        line = line[line.rfind("\n") + 1 :]
        if name is None:  # `</a)`
            message = f"the closing tag of the timestamp “{time}” lacks its “>”"
            parenthesis = live.startswith(")", closer.end()) and line.count("(") <= line.count(")")
            here = closer.end() + parenthesis
        elif line.count(f"<{name}>") <= line.count(f"</{name}>"):
            message = f"the timestamp “{time}” is closed by “</{name}>”"
            here = closer.end()
    elif live.startswith(">", here):
        here += 1
    elif live.startswith("]", here):
        return _Broken(Span(piece.start(), here), message, None)
    return _Broken(Span(piece.start(), here), message, right)


def _nested(live: str, at: int, piece: re.Match[str], time: str, patterns: _Patterns) -> _Broken:
    """`<a …><a …>[00:07:12]</a></a>`."""
    inner, closer = patterns.sound.match(live, at + 1), f"</{patterns.form.element}>"
    message = f"there is another anchor inside the timestamp “{time}”"
    span, right = Span(piece.start(), at), None
    if inner is not None and inner[1] == time and (label := patterns.label.match(live, inner.end())):
        end = label.end()
        if live.startswith(closer, end):
            end += len(closer)
            right = live[at:end]
            span = Span(piece.start(), end + len(closer) * live.startswith(closer, end))
    return _Broken(span, message, right)


def _never_ended(
    live: str, piece: re.Match[str], tag: str, ended: re.Match[str], patterns: _Patterns
) -> _Broken | None:
    """`<a class="yt-timestamp" data-t="00:07:12</a>`, `data-t="00:07:12>[00:07:12]</a>`."""
    form = patterns.form
    value, closer = ended[1], _closer_at(live, piece.end(), form.element)
    if "%" in value or not _ANY_TIME.search(value):
        return None
    end = closer if closer > piece.end() else piece.start() + 1 + ended.end()
    label = tag[ended.end() :].removeprefix('"')
    right = None
    if closer > piece.end() and (time := value.strip("[]")) and GOOD_TIME.fullmatch(time):
        shown = patterns.label.fullmatch(label)
        if (not label and not ended[2]) or (shown is not None and form.bare(shown.group()) == time):
            right = form.source(time, label or form.shown(time))
    said = value.rstrip().strip("[]")
    return _Broken(
        Span(piece.start(), end), f"the opening tag of the timestamp “{said}” lacks its end", right
    )


def _html(tag: str) -> tuple[str, dict[str, str]] | None:
    """The element and the attributes of an opening tag, without its `<`; None where it is not HTML."""
    element = _NAME.match(tag)
    if element is None:
        return None
    attributes, at = dict[str, str](), element.end()
    while (attribute := _ATTRIBUTE.match(tag, at)) is not None:
        attributes.setdefault(attribute[1], attribute[2] or attribute[3] or attribute[4] or "")
        at = attribute.end()
    return (element.group(), attributes) if _TAG_END.match(tag, at) else None


def _misses(element: str, attributes: dict[str, str], note: Note, patterns: _Patterns) -> bool:
    """Whether a tag was meant as that of a timestamp, and is not: HTML that is right by itself is, where it
    could be made for another player, only beside anchors that are as they should be."""
    css_class, form = attributes.get("class", ""), patterns.form
    if form.css_class in css_class.split():
        others = attributes.keys() - _USUAL
        sound = element == form.element and form.attribute in attributes
        foreign = element != form.element or any(_NAME.fullmatch(name) and name != "data" for name in others)
        return not sound and (not foreign or bool(note.anchors))
    if not form.css_class:
        return False
    if form.attribute not in attributes:
        return patterns.time_as_class.fullmatch(css_class) is not None
    misspelt = _NO_LETTER.sub("", css_class.lower()) in patterns.spellings
    return misspelt or (css_class.startswith(patterns.stem or "\n") and _NAME.fullmatch(css_class) is None)


def _bad_opener(live: str, piece: re.Match[str], tag: str, patterns: _Patterns) -> _Broken:
    """An anchor whose opening tag no player knows."""
    labelled = patterns.opener_and_time.match(tag)
    length = labelled.end() if labelled is not None else tag.find(">") + 1 or len(tag)
    opener, label = tag[:length], tag[length:]
    start, end = piece.start(), piece.end()
    closed = _closer_at(live, end, patterns.form.element, piece["element"])
    message = f"the opening tag “<{' '.join(opener.split())}” is not that of a timestamp"
    time = _time_of(opener, label, patterns) if closed > end else None
    if time is None:
        return _Broken(Span(start, start + 1 + length), message, None)
    form = patterns.form
    return _Broken(
        Span(start, closed), message, form.source(time, label if label.strip() else form.shown(time))
    )


def _time_of(opener: str, label: str, patterns: _Patterns) -> str | None:
    """The one time that a broken opening tag and its label speak of."""
    times = set(_GOOD_TIMES.findall(opener))
    if len(times) > 1:
        return None
    if patterns.label.fullmatch(label) is None:
        silent = not any(char.isdigit() for char in label)  # it has words, or nothing
        return times.pop() if times and silent else None
    time = patterns.form.bare(label)
    digits = _NO_DIGIT.sub("", opener)
    return time if times == {time} or (not times and digits in _NO_DIGIT.sub("", time)) else None
