"""VL110."""

import json
import re
from collections.abc import Iterator
from typing import Any

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.parse import parse_note
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, SchemaRule
from vaultlint.text import Span

_PLAIN = rare(r"[^\W\d_](?:[\w./ -]{0,200}[\w./-])?")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off"))  # which some programs take for true and false
_END_OF_DOCUMENT = rare(r"^\.\.\.", re.MULTILINE)


class MissingProperty(SchemaRule):
    """A property that the schema of the note requires and that is not there."""

    code = "VL110"

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        from vaultlint.json_schema import breaches, checker_of  # only where a schema is configured

        missing: dict[str, list[Any]] = {}
        for schema in self._schemas:
            if schema.chooses(note):
                defaults = checker_of(schema.source).known.defaults
                for breach in breaches(note, schema.source):
                    if breach.keyword == "required" and len(breach.path) == 1:
                        key = str(breach.path[0])
                        known = missing.setdefault(key, [])
                        known.extend(each for each in defaults.get(key, ()) if each not in known)
        fence = Span(0, 3 if note.front_matter is not None else 0)
        for key, values in missing.items():
            yield self.found(
                note.path,
                fence,
                key,
                f"“{key}” is missing",
                fixes=tuple(_inserted(note, key, values[0])) if len(values) == 1 else (),
                data={"property": key},
            )


def _inserted(note: Note, key: str, value: Any) -> Iterator[Fix]:
    """The property with that value below the others, where it is read there as it is meant."""
    line = f"{_scalar(key)}: {_written(value)}"
    read = [(each.key, repr(each.value)) for each in parse_note("", f"---\n{line}\n---\n").properties]
    if read != [(key, repr(value))]:  # in Python 1 equals true
        return
    block, end = note.front_matter, "\r\n" if "\r\n" in note.text else "\n"
    if block is None:
        if note.text.lstrip().startswith("---"):
            return  # front matter that is not on the first line, perhaps
        at, text = 0, f"---{end}{line}{end}---{end}"
    else:
        content = block.content.of(note.text)
        # Further lines can stand neither below what is in brackets or indented, nor behind “...”.
        first = block.properties[0].key_span.start if block.properties else block.content.start
        if first != note.text.rfind("\n", 0, first) + 1 or _END_OF_DOCUMENT.search(content):
            return
        at, text = block.content.end, f"{line}{end}"
    yield Fix(f"Add “{line}”", (Edit(note.path, Span(at, at), "", text),), Safety.UNSAFE)


def _written(value: Any) -> str:
    """A value of a schema in YAML on one line."""
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_written(each)}" for key, each in value.items()) + "}"
    return json.dumps(value)


def _scalar(text: str) -> str:
    """A text in YAML: without quotes where it may do without."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        entry = parse_note("", f"---\nx: [{text}]\n---\n").property("x")
        if entry is not None and entry.value == [text]:
            return text
    return json.dumps(text, ensure_ascii=False)
