"""The judge of block structure: what is fenced, indented or HTML, and which headings count.

It is plain CommonMark; math, comments and inline code are judged on top of it. Three lanes give the
same answer, and a text takes the first that is sure: the screen proves that there is nothing to judge
but fences which it can step over, the line pass reads the lines that matter, and mistune's block parser
gets the few texts whose link reference definitions the line pass cannot settle.
"""

from vaultlint.parse.screen import DullPart, dull_part, settled
from vaultlint.parse.verdict import Blocks, TooComplex
from vaultlint.text import Span

__all__ = ["Blocks", "TooComplex", "dull_blocks", "guess_blocks", "read_blocks"]


def read_blocks(text: str, start: int) -> Blocks:
    """The blocks of `text` from `start` on, where a line must begin; what stands before is ignored.

    Raises `TooComplex` where no lane can prove the structure in bounded time; `guess_blocks` answers
    all the same then.
    """
    flat = _flat(text)
    part = dull_part(flat, start)
    blocks = settled(flat, start, part) or _read_line_by_line(flat, start, part)
    return _in_terms_of(text, flat, blocks)


def _read_line_by_line(text: str, start: int, part: DullPart) -> Blocks:
    """What the later lanes say of a text that the screen cannot settle; they are imported for it."""
    from vaultlint.parse.line_pass import line_pass

    blocks = line_pass(text, start, part)
    if blocks is None:
        from vaultlint.parse.block_tree import block_tree

        blocks = block_tree(text, start)
    return blocks


def guess_blocks(text: str, start: int) -> Blocks:
    """The most likely blocks of a text that `read_blocks` finds too complex; never raises."""
    from vaultlint.parse.line_pass import best_effort

    flat = _flat(text)
    return _in_terms_of(text, flat, best_effort(flat, start))


def dull_blocks(text: str, start: int) -> Blocks:
    """The blocks of a text of which `screen.is_dull` says that nothing but headings is to be found in it."""
    flat = _flat(text)
    return _in_terms_of(text, flat, Blocks((), (), None, (flat, start), may_define=False))


def _flat(text: str) -> str:
    """The text with LF as its only line end. Nothing moves: the CR of a CRLF becomes a blank, which
    has no meaning at the end of a line."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _in_terms_of(text: str, flat: str, blocks: Blocks) -> Blocks:
    """The blocks of the flat text with the line ends of the real one left out where they must be."""
    if flat is text:
        return blocks
    headings = tuple(
        heading._replace(
            span=_without_carriage_return(text, heading.span),
            # Only the text of an underlined heading spans lines, and it stands in the source as it is.
            text=_source_of(text, flat, heading.span, heading.text),
        )
        for heading in blocks.headings
    )
    open_fence = blocks.open_fence and _without_carriage_return(text, blocks.open_fence)
    return Blocks(blocks.dead, headings, open_fence, may_define=blocks.may_define)


def _without_carriage_return(text: str, span: Span) -> Span:
    return Span(span.start, span.end - text.startswith("\r", span.end - 1))


def _source_of(text: str, flat: str, span: Span, part: str) -> str:
    """What `part` of the flat text in `span` reads in the real one."""
    if "\n" not in part:
        return part
    start = flat.index(part, span.start)
    return text[start : start + len(part)]
