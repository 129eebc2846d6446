"""From the source of one link to a `Link`: the grammar of wikilinks and of Markdown destinations.

Facts are from the semantics of Obsidian's help ("Internal links", "Embed files", "Format content
within a table") and of console probes of the app; see `docs/conformance.md`.
"""

import re

from vaultlint.lazy import rare
from vaultlint.note import Link, LinkSyntax
from vaultlint.text import Span, new

_BLANKS = " \t\u00a0"

# Any URI scheme makes a Markdown destination external, a drive letter too.
_EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")

# Behind `](`: an angle-bracketed or bare destination, a title, the closing parenthesis.
# A bare destination may hold balanced parentheses, two deep, as CommonMark asks at the least; only
# the blank and control characters end it, not a no-break blank.
DESTINATION = rare(
    r"""\]\([ \t]*+
    (?:<(?P<angle>(?:[^<>\n\\]|\\.)*)>
      |(?P<bare>(?!<)(?:[^\x01-\x20\x7f()\\]|\\.|\((?:[^\x01-\x20\x7f()\\]|\\.|\((?:[^\x01-\x20\x7f()\\]|\\.)*+\))*+\))++)?)
    (?:[ \t\n]++(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\((?:[^()\\\n]|\\.)*\)))?
    [ \t]*+\)""",
    re.VERBOSE,
)
_ESCAPED = rare(r"\\([!-/:-@\[-`{-~])")


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span of text[start:end] without the blanks at both ends."""
    while start < end and text[start] in " \t\u00a0":
        start += 1
    while end > start and text[end - 1] in " \t\u00a0":
        end -= 1
    return Span(start, end)


def _split(source: str, start: int, end: int) -> tuple[Span, Span | None]:
    """The spans of path and subpath in source[start:end], split at the first `#`, both trimmed."""
    sharp = source.find("#", start, end)
    if sharp < 0:
        return _trimmed(source, start, end), None
    return _trimmed(source, start, sharp), _trimmed(source, sharp + 1, end)


def wikilink(raw: str, at: int, *, is_property: bool = False) -> Link:
    """The link whose source `raw` (`[[…]]` or `![[…]]`) begins at offset `at`."""
    begin = 3 if raw[0] == "!" else 2
    target, pipe, display = raw[begin:-2].partition("|")
    if pipe and target[-1:] == "\\":  # it belongs to the pipe, which must be escaped in a table
        target = target[:-1]
    path, sharp, rest = target.partition("#")
    inside, span = _trimmed_at(at + begin, path)
    subpath, subpath_span = _trimmed_at(at + begin + len(path) + 1, rest) if sharp else (None, None)
    whole, shown = new(Span, (at, at + len(raw))), display if pipe else None
    syntax, embed = LinkSyntax.WIKILINK, begin == 3
    fields = (syntax, embed, raw, whole, inside, span, subpath, subpath_span, shown, is_property)
    return new(Link, fields)


def _trimmed_at(start: int, text: str) -> tuple[str, Span]:
    """The text, which stands at `start`, without the blanks at both ends, and where that stands."""
    trimmed = text.strip(_BLANKS)
    if len(trimmed) < len(text):
        start += text.index(trimmed) if trimmed else len(text)
    return trimmed, new(Span, (start, start + len(trimmed)))


def markdown_link(raw: str, at: int, *, is_property: bool = False) -> Link:
    """The link whose source `raw` (`[…](…)` or `![…](…)`) begins at offset `at`.

    The path is percent-decoded before it is split at `#`, because Obsidian stores the decoded text.
    """
    embed = raw.startswith("!")
    close = _destination_start(raw)
    match = DESTINATION.match(raw, close)
    assert match is not None, raw
    group = "angle" if match["angle"] is not None else "bare"
    begin, end = match.span(group)
    if begin < 0:  # no destination at all
        begin = end = close + 2
    display = raw[2 if embed else 1 : close]
    return _to(raw, at, Span(begin, end), embed=embed, display=display, is_property=is_property)


def _to(
    raw: str, at: int, destination: Span, *, embed: bool, display: str, is_property: bool = False
) -> Link:
    """The link to a Markdown destination, which stands at this span of `raw`."""
    path, subpath = _split(raw, destination.start, destination.end)
    decoded_path, sharp, decoded_rest = decode_destination(destination.of(raw)).partition("#")
    if sharp and subpath is None:  # written as %23
        subpath = Span(path.end, path.end)
    return Link(
        LinkSyntax.MARKDOWN,
        embed,
        raw,
        Span(at, at + len(raw)),
        decoded_path.strip(),
        Span(at + path.start, at + path.end),
        decoded_rest.strip() if sharp else None,
        Span(at + subpath.start, at + subpath.end) if subpath else None,
        display,
        is_property,
    )


def _destination_start(raw: str) -> int:
    """Where `](` of a whole Markdown link stands: the first one from which the rest matches (the text
    may hold an image, and the title anything)."""
    close = raw.find("](")
    while close > 0:
        match = DESTINATION.match(raw, close)
        if match is not None and match.end() == len(raw):
            return close
        close = raw.find("](", close + 2)
    return close


def decode_destination(destination: str) -> str:
    """What a Markdown destination means: backslash escapes undone, then percent-decoded.

    Bytes that are not UTF-8 stay as they are written.
    """
    plain = _ESCAPED.sub(r"\1", destination) if "\\" in destination else destination
    if "%" not in plain:
        return plain
    from urllib.parse import unquote

    try:
        return unquote(plain, errors="strict")
    except UnicodeDecodeError:
        return plain


# A link reference definition, up to the end of its destination; a title at most may follow in the line.
DEFINITION = rare(
    r"""\[(?![\^!])(?P<label>(?:[^\[\]\\\n]|\\.)++)\]:[ \t]*+
    (?:<(?P<angle>[^<>\n]*+)>|(?P<bare>[^\s<]\S*+))
    (?=(?:[ \t]++(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))?+[ \t]*+(?:[\r\n]|\Z))""",
    re.VERBOSE,
)


def definition(raw: str, at: int) -> Link:
    """The link whose source is the definition `raw` (`[label]: destination`) at offset `at`."""
    match = DEFINITION.match(raw)
    assert match is not None, raw
    destination = Span(*match.span("angle" if match["angle"] is not None else "bare"))
    return _to(raw, at, destination, embed=False, display=match["label"])


def _defines(raw: str) -> bool:
    return raw[0] == "[" and raw[1] != "[" and DEFINITION.match(raw) is not None


def card_source(file: str, subpath: str | None) -> str:
    """What stands for the source of the link that a file card of a canvas is. Its file may have any name: `#`
    and `|`, which mean something in a link, are letters like others here."""
    return f"/{file}\n{subpath.removeprefix('#')}" if subpath else f"/{file}"


def _card(raw: str, at: int) -> Link:
    """The link that a file card is, from its `card_source`; nobody edits it, so all of it is its path."""
    path, _, subpath = raw.partition("\n")
    whole = Span(at, at + len(raw))
    under, place = (subpath, whole) if subpath else (None, None)
    return Link(LinkSyntax.WIKILINK, False, raw, whole, path, whole, under, place, None, False)


def link_at(raw: str, at: int, body_start: int = 0) -> Link:
    """The link whose source is `raw`, at offset `at`; one before `body_start` is a property's."""
    if raw[0] == "/":
        return _card(raw, at)
    if raw[0] == "[" != raw[1] and _defines(raw):
        return definition(raw, at)
    # Not by its first brackets: the text of a Markdown link may begin with one, `[[1] x](y.md)`.
    make = markdown_link if raw[-1] == ")" else wikilink
    return make(raw, at, is_property=at < body_start)


def target_at_once(raw: str) -> tuple[str, bool]:
    """The path of a link from its source, and whether a subpath follows: `Link` without the spans."""
    if raw[0] == "/" or raw.endswith(")") or _defines(raw):
        link = link_at(raw, 0)
        return link.path, link.subpath is not None
    target = raw[raw.index("[") + 2 : -2].partition("|")[0]
    if target.endswith("\\") and "|" in raw:
        target = target[:-1]
    path, sharp, _ = target.partition("#")
    return path.strip(_BLANKS), bool(sharp)


def is_external(destination: str) -> bool:
    """Whether a Markdown destination leaves the vault: any URI scheme, `obsidian://` too."""
    return _EXTERNAL.match(destination) is not None
