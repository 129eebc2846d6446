"""VL109."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Mapping, Node, Note, Property, Sequence, bare_link_text
from vaultlint.parse import is_plain_tag
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety
from vaultlint.text import Span, has_placeholder

_LINK = rare(r"(?s)\[\[.+\]\]")
_QUOTABLE = rare(r"[^\"\\\r\n]+")


class UnquotedPropertyLink(NoteRule):
    """A link in a property without quotes, which YAML reads as a list in a list."""

    code = "VL109"
    asks = ("bracketed_properties",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or not block.valid or note.text.find("[[", *block.content) < 0:
            return
        for entry in block.properties:
            for node in _nodes(entry.node):
                source = node.span.of(note.text)
                if _is_bare_link(node) and _LINK.fullmatch(source) and not has_placeholder(source):
                    of_tags = entry.key.lower() == "tags"
                    message = f"“{source}” in “{entry.key}” is no link without quotes, but a list in a list"
                    yield self.found(
                        note.path,
                        node.span,
                        source,
                        message + ("; a tag stands there without brackets" if of_tags else ""),
                        fixes=tuple(
                            _as_tag(note, entry, node) if of_tags else _quoted(note, node.span, source)
                        ),
                    )


def _quoted(note: Note, span: Span, source: str) -> Iterator[Fix]:
    """Quotes around the link; what is only digits may be meant as a number, though hardly."""
    if _QUOTABLE.fullmatch(source):
        edit = Edit(note.path, span, source, f'"{source}"')
        safety = Safety.UNSAFE if source.strip("[] ").isdigit() else Safety.SAFE
        yield Fix("Put the link in quotes", (edit,), safety)


def _as_tag(note: Note, entry: Property, node: Node) -> Iterator[Fix]:
    """The tag of that name, where it is one: a link in quotes would be no tag either."""
    text = bare_link_text(node)
    if text is not None and is_plain_tag(text.text):
        written = f"[{text.text}]" if node is entry.node else text.text
        edit = Edit(note.path, node.span, node.span.of(note.text), written)
        yield Fix(f"Make it the tag “{text.text}”", (edit,), Safety.UNSAFE)


def _nodes(node: Node) -> Iterator[Node]:
    """The node and all below it; below what looks like a link there is nothing to see."""
    yield node
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _nodes(entry.node)
    elif isinstance(node, Sequence) and not _is_bare_link(node):
        for item in node.items:
            yield from _nodes(item)


def _is_bare_link(node: Node) -> bool:
    """What `[[x]]` is to YAML, and its text is plain. `[[1, 2], [3, 4]]` is none."""
    text = bare_link_text(node)
    return text is not None and text.style == "plain" and bool(text.text)
