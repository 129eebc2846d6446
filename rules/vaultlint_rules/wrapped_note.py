"""VL507."""

import re
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Link, LinkSyntax, Note
from vaultlint.parse import parse_note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.text import Span, has_placeholder

_MARK = rare(r"`+|~+")
# What programs and their settings hold, and prose does not: assignments, comparisons, ends of statements.
_CODE = rare(r"[ \t][:+]?=[ \t]|[=!]=|=>|&&|\|\||\);|[{}\\][ \t]*\r?$", re.MULTILINE)
_SUBSCRIPTED = rare(r"[A-Za-z0-9_)\]]")  # `x[[1]]`, `calls[name](it)`
_BEGINS_BLOCK = rare(r"[ \t]*[\r\n]|#{1,6}[ \t]|>|[-*+][ \t]")


class WrappedNote(NoteRule):
    """A note whose whole body stands in a code fence."""

    code = "VL507"
    asks = ("wrapping_fence",)
    severity = Severity.WARNING
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        fence = note.wrapping_fence
        mark = _MARK.match(note.text, fence.start) if fence is not None else None
        if fence is None or mark is None:
            return
        line_end = note.text.index("\n", fence.start)
        opening = Span(fence.start, line_end - note.text.startswith("\r\n", line_end - 1))
        inside = note.text[line_end + 1 : note.text.rindex("\n", 0, fence.end) + 1]
        if _is_note(inside, opening.of(note.text).strip("`~ \t").lower()):
            yield self.found(
                note.path,
                opening,
                opening.of(note.text).rstrip(),
                "a code fence holds the whole note, so that all of it is code",
                fixes=(_fix(note, fence, inside),),
            )


def _is_note(inside: str, language: str) -> bool:
    """Whether what stands in the fence was to be read, and is neither code nor something to copy."""
    if language not in ("markdown", "md", "") or has_placeholder(inside):
        return False
    bare = parse_note("", inside)
    if language:
        return bool(bare.links or bare.anchors or bare.headings)
    # In code without a language `#` begins a comment as likely as a heading, and `[[` is as likely no link.
    return bool(bare.anchors) or (
        any(_is_meant(link, inside) for link in bare.links) and not _CODE.search(inside)
    )


def _is_meant(link: Link, text: str) -> bool:
    """Whether a link in code would be one: no `[[ -f x ]]` of a shell, and no `s = [[x]]` of a program."""
    name = link.raw.removeprefix("!")[2:3] if link.syntax is LinkSyntax.WIKILINK else link.path[:1]
    before = text[: link.span.start]
    if _SUBSCRIPTED.match(before[-1:]):
        return False
    return name.isalnum() and before.rstrip(" \t")[-1:] not in ("=", "(", ",", "[")


def _fix(note: Note, fence: Span, inside: str) -> Fix:
    """Take the fence away, in one edit: all that it holds becomes something else."""
    text = note.text
    # A line right above the fence must not go on in what it held.
    apart = (
        text[: fence.start].endswith(("\n\n", "\n\r\n")) or not text[note.body_start : fence.start].strip()
    )
    newline = "\r\n" if text.endswith("\r\n", 0, fence.start) else "\n"
    between = "" if apart or _BEGINS_BLOCK.match(inside) else newline
    end = fence.end
    for line_end in ("\r\n", "\n"):
        if text.startswith(line_end, end):
            end += len(line_end)
            break
    whole = Span(fence.start, end)
    edit = Edit(note.path, whole, whole.of(text), between + inside)
    return Fix("Take the code fence away", (edit,), Safety.UNSAFE)
