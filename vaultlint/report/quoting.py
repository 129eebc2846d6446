r"""Texts as JSON strings: encodable, and with nothing in them that a terminal might obey or hide.

A report with a hundred thousand findings has several times as many strings, nearly all of which are new:
`Quoted` makes many at once.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring as _quote

from vaultlint.diagnostic import Diagnostic, taking
from vaultlint.report.escape import RUNNER_COMMAND, visible

_message_of, _fixes_of, _data_of = map(taking, ("message", "fixes", "data"))

_SEPARATOR = "\0"
_KNOWN = bytes((*range(0x20, 0x7F), *b"\n\0"))
"""Bytes that nobody needs to look at: printable, or replaced anyway."""


def quoted(text: str) -> str:
    """The text as a JSON string."""
    return f'"{inside(text)}"'


def inside(text: str) -> str:
    """What stands between the quotes of the text as a JSON string."""
    return harmless(_quote(text)[1:-1])


def harmless(told: str) -> str:
    r"""The same JSON on one line and encodable, with nothing in it that a terminal might obey or hide.

    Nor is there anything that the log of a CI runner takes for a command: `##[…]`, anywhere in a line.
    """
    if "##" in told:
        told = RUNNER_COMMAND.sub(r"#\\u0023", told)
    return told if told.isprintable() else "".join(map(_escaped, told))


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    if "\ud800" <= char <= "\udfff":
        return "\\" + visible(char)
    return f"\\u{ord(char):04x}" if visible(char) != char else char


def narrow(told: str) -> str:
    """The text in UTF-8 with a character for each byte: what `encode("latin-1")` gives is the text."""
    return told if told.isascii() else told.encode().decode("latin-1")


class Quoted(dict[str, str]):
    """Text -> what is `inside` its quotes, `narrow`. Any text may be asked for."""

    @classmethod
    def of(cls, diagnostics: Sequence[Diagnostic]) -> "Quoted":
        """With nearly all that these diagnostics hold, by kinds: what is all ASCII is cheaper."""
        known = cls()
        fixes = [fix for fixes in map(_fixes_of, diagnostics) for fix in fixes]
        values = [value for data in map(_data_of, diagnostics) for value in data.values()]
        known.add([*map(_message_of, diagnostics)])
        known.add([fix.title for fix in fixes])
        known.add([edit.text for fix in fixes for edit in fix.edits])
        known.add([value for value in values if isinstance(value, str)])
        return known

    def add(self, texts: Sequence[str]) -> None:
        """Make what these texts need at once, unless one of them has to be looked at on its own."""
        if (told := _at_once(texts)) is not None:
            self.update(zip(texts, told, strict=True))

    def __missing__(self, text: str) -> str:
        told = self[text] = narrow(inside(text))
        return told


def _at_once(texts: Sequence[str]) -> Sequence[str] | None:
    """What is `inside` of each, `narrow`; None if one holds what is not printable, but for line ends, or may
    be a command for a CI runner."""
    joined = _SEPARATOR.join(texts).encode("utf-8", "surrogatepass")
    unknown = joined.translate(None, _KNOWN).decode("utf-8", "surrogatepass")
    if b"##" in joined or not unknown.isprintable():
        return None
    told = joined.replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\n", rb"\n")
    all_told = told.decode("latin-1").split(_SEPARATOR)
    return all_told if len(all_told) == len(texts) else None
