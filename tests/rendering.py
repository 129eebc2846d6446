"""A second opinion on fixes, from a parser that knows nothing of ours: markdown-it-py's rendering.

It has no wikilinks, embeds, tags or comments: those are text to it. So it says whether the structure of a
note (blocks, code, tables, quotes, lists, HTML, Markdown links) and all text beside the edits stayed.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from markdown_it import MarkdownIt

from vaultlint.diagnostic import Edit
from vaultlint.fixes import apply_edits
from vaultlint.text import Span

_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(?:.*?(?:\r\n|\r|\n))??(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)", re.S
)
_RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKED = re.compile(r"zvb(\d+)z.*?zve\1z", re.S)


def rendered(text: str) -> str:
    """The HTML of a body, with LF for line ends."""
    html: str = _RENDERER.render(text)
    return html


def _code(text: str) -> list[str]:
    """The contents of code blocks and of code in the text, in order."""
    tokens = _RENDERER.parse(text)
    pieces = [piece for token in tokens for piece in (token, *(token.children or ()))]
    return [piece.content for piece in pieces if piece.type in ("fence", "code_block", "code_inline")]


def difference(old: str, fixed: Sequence[tuple[Span, Edit]]) -> str | None:
    """What of the rendering changes beside the constructs that were fixed, in words; None if nothing.

    `fixed`: each edit with the span of the finding that it mends. Construct and edit are put between marks in
    both texts, and what is between them does not count. Edits in the front matter are about YAML, which is
    not rendered.
    """
    edits = sorted({edit for _, edit in fixed}, key=lambda edit: edit.span)
    block = _FRONT_MATTER.match(old)
    start = block.end() if block is not None else 0
    if block is not None:
        new = apply_edits(old, [edit for edit in edits if edit.span.start < start])
        after = _FRONT_MATTER.match(new)
        if (new[after.end() :] if after is not None else new) != old[start:]:
            return None  # the edits are about where the front matter begins or ends
    code, after_code = _code(old[start:]), _code(apply_edits(old[start:], _shifted(edits, start)))
    if code != after_code:
        return f"code {code} became {after_code}"
    regions = _regions([(span, edit) for span, edit in fixed if edit.span.start >= start])
    one, other = (
        _MARKED.sub("", rendered(_marked(old, regions, edits if applied else [])[start:]))
        for applied in (False, True)
    )
    if one == other:
        return None
    at = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))
    return f"“{one[max(0, at - 60) : at + 60]}” became “{other[max(0, at - 60) : at + 60]}”"


def _regions(fixed: Sequence[tuple[Span, Edit]]) -> list[Span]:
    """Where the constructs and edits lie, each region apart from the others."""
    found: list[Span] = []
    for start, end in sorted(
        (min(span.start, edit.span.start), max(span.end, edit.span.end)) for span, edit in fixed
    ):
        if found and start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Span(start, end))
    return found


def _marked(old: str, regions: Sequence[Span], edits: Sequence[Edit]) -> str:
    """The text with marks around the regions, and with these edits in them."""
    pieces, at = [], 0
    for number, region in enumerate(regions):
        inside = _shifted([edit for edit in edits if region.covers(edit.span)], region.start)
        pieces += [
            old[at : region.start],
            f"zvb{number}z",
            apply_edits(region.of(old), inside),
            f"zve{number}z",
        ]
        at = region.end
    return "".join((*pieces, old[at:]))


def _shifted(edits: Sequence[Edit], start: int) -> list[Edit]:
    """The edits of what stands from `start` on, counted from there."""
    return [
        edit._replace(span=Span(edit.span.start - start, edit.span.end - start))
        for edit in edits
        if edit.span.start >= start
    ]
