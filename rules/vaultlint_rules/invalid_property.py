"""VL111."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vaultlint.note import Mapping, Node, Note, Outline, Sequence, bare_link_text
from vaultlint.rule import Diagnostic, Related, SchemaRule, VaultPart
from vaultlint.text import Span, has_placeholder
from vaultlint.vault import Vault

if TYPE_CHECKING:
    from vaultlint.json_schema import Breach
    from vaultlint.schema import NoteSchema

_SHOWN = 3  # notes that a message names
_LISTED = 8  # values that a message lists
_ABOUT_NAMES = frozenset(("additionalProperties", "false", "propertyNames"))  # about a name, not its value
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "names with values",
    "null": "empty",
}
_SAID = {
    "minimum": "be at least {}",
    "maximum": "be at most {}",
    "exclusiveMinimum": "be more than {}",
    "exclusiveMaximum": "be less than {}",
    "multipleOf": "be a multiple of {}",
}


class InvalidProperty(SchemaRule):
    """A property that does not fit the schema of the note."""

    code = "VL111"

    @property
    def across(self) -> VaultPart | None:
        """What looks for values that two notes share."""
        return _Shared(self) if any(schema.unique for schema in self._schemas) else None

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        from vaultlint.json_schema import MOST, breaches  # only where a schema is configured

        told = set[tuple[Span, str]]()
        for schema in self._schemas:
            if schema.chooses(note):
                found = breaches(note, schema.source)
                mistyped = {breach.path for breach in found if breach.keyword == "type"}
                for breach in found:
                    if breach.keyword == "required" and len(breach.path) == 1:
                        continue  # the business of missing-property
                    if breach.keyword != "type" and breach.path in mistyped:
                        continue  # it could not fit
                    span, ours = _place(note, breach)
                    message = _message(breach, schema)
                    if ours and (span, message) not in told:
                        told.add((span, message))
                        yield self.found(
                            note.path,
                            span,
                            span.of(note.text),
                            message,
                            data={"property": _name(breach), "keyword": breach.keyword},
                        )
                if len(found) == MOST:
                    message = f"only the first {MOST} things that do not fit a schema are told"
                    yield self.found(note.path, Span(0, 3), message, message)


class _Shared(VaultPart):
    """A value that a schema allows once, and that another note has too."""

    asks = ("unique",)
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        told = set[tuple[str, int]]()
        for number, key, value, start, end in outline.unique:
            alike = vault.unique[number, key, value]
            if len(alike) > 1 and (key, start) not in told:
                told.add((key, start))
                others = [path for path in alike[: _SHOWN + 1] if path != outline.path][:_SHOWN]
                more = len(alike) - 1 - len(others)
                named = ", ".join(f"“{path}”" for path in others) + (f" and {more} more" if more else "")
                yield self.found(
                    outline.path,
                    Span(start, end),
                    value,
                    f"“{_short(value)}” is the “{key}” of {named} too",
                    related=tuple(Related(path, Span(0, 0), "the other note") for path in others),
                    data={"property": key, "keyword": "unique", "notes": tuple(others)},
                )


# --- where ------------------------------------------------------------------------------------


def _place(note: Note, breach: "Breach") -> tuple[Span, bool]:
    """Where a breach stands; False where it is the business of another rule, or of a template."""
    from vaultlint.json_schema import entry_of

    fence = Span(0, 3 if note.front_matter is not None else 0)
    path = breach.path
    if breach.keyword == "propertyNames":
        path = (*path, str(breach.value))
    entry = entry_of(note, str(path[0])) if path else None
    if entry is None:
        return fence, True
    span, node = entry.key_span, entry.node
    if has_placeholder(node.span.of(note.text)) or bare_link_text(node) is not None:
        return span, False
    for part in path[1:]:
        found: Node | None = None
        if isinstance(node, Sequence) and isinstance(part, int):
            found, span = node.items[part], node.items[part].span
        elif isinstance(node, Mapping):
            for inner in node.entries:
                if inner.key == part:
                    found, span = inner.node, inner.key_span
        if found is None:  # a name that is missing
            return node.span, True
        node = found
        if bare_link_text(node) is not None:
            return span, False
    named = breach.keyword in _ABOUT_NAMES and isinstance(path[-1], str)
    return (span if named else node.span), True


def _name(breach: "Breach") -> str:
    """The name of the value in question: of an item in a list, that of the list."""
    return ".".join(part for part in breach.path if isinstance(part, str))


# --- what -------------------------------------------------------------------------------------


def _message(breach: "Breach", schema: "NoteSchema") -> str:
    """What is wrong, in plain words."""
    subject = f"“{_name(breach)}”" if breach.path else "the front matter"
    keyword, wanted, value = breach.keyword, breach.wanted, breach.value
    if keyword == "required":
        return f"“{_name(breach)}” is missing"
    if keyword == "false" and not (breach.path and isinstance(breach.path[-1], str)):
        return f"the schema allows nothing there in {subject}"
    if keyword in ("additionalProperties", "false"):
        return f"the schema allows no property “{breach.path[-1]}”{_meant(breach, schema)}"
    if keyword == "propertyNames":
        return f"the schema allows no property of the name “{_short(value)}”"
    if keyword in ("anyOf", "oneOf"):
        return f"{subject} {_alternatives(breach)}"
    if keyword == "uniqueItems":
        return f"{subject} holds a value twice"
    expected = _expected(keyword, wanted)
    if expected is None:
        return f"{subject} does not fit “{keyword}” in the schema"
    count = _count(keyword, value)
    near = _nearest(value, wanted) if keyword == "enum" else ""
    return f"{subject} should {expected}, and {f'has {count}' if count is not None else _is(value)}{near}"


def _expected(keyword: str, wanted: Any) -> str | None:
    """What a value should do; None for a word of the schema that plain words do not say."""
    from vaultlint.json_schema import FORMATS

    match keyword:
        case "type":
            kinds = [_TYPES[kind] for kind in (wanted if isinstance(wanted, list) else [wanted])]
            return f"be {_either(kinds)}"
        case "enum":
            named = [f"“{_text(each)}”" for each in wanted]
            return "be " + _either(named if len(named) <= _LISTED else [*named[:_LISTED], "…"])
        case "const":
            return f"be “{_text(wanted)}”"
        case "pattern":
            return f"match “{_short(wanted)}”"
        case "format":
            return f"be {FORMATS[wanted][0]}"
        case "minLength" | "minItems" | "minProperties":
            return f"have at least {_counted(wanted, keyword)}"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"have at most {_counted(wanted, keyword)}"
    said = _SAID.get(keyword)
    return None if said is None else said.format(wanted)


def _counted(number: int, keyword: str) -> str:
    what = "character" if "Length" in keyword else "value" if "Items" in keyword else "property"
    plural = "properties" if what == "property" else what + "s"
    return f"{number} {what if number == 1 else plural}"


def _count(keyword: str, value: Any) -> int | None:
    """How much a value has of what its schema counts; None for other words."""
    counted = keyword.removeprefix("min").removeprefix("max") in ("Length", "Items", "Properties")
    return len(value) if counted else None


def _alternatives(breach: "Breach") -> str:
    """Why none of the alternatives fits, or more than one."""
    if not breach.alternatives:
        return "fits more than one of the forms that the schema allows, where it should fit one"
    inner = [each for alternative in breach.alternatives for each in alternative]
    words = {each.keyword for each in inner}
    if words == {"type"} and all(each.path == breach.path for each in inner):
        kinds = [kind for each in inner for kind in _as_list(each.wanted)]
        return (
            f"should be {_either([_TYPES[kind] for kind in dict.fromkeys(kinds)])}, and {_is(breach.value)}"
        )
    if words == {"required"} and all(len(alternative) == 1 for alternative in breach.alternatives):
        return f"should have {_either([f'“{each.path[-1]}”' for each in inner])}"
    return f"fits none of the {len(breach.alternatives)} forms that the schema allows"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _is(value: Any) -> str:
    """What a value is, in a few words."""
    if value is None or value == "":
        return "is empty"
    if isinstance(value, bool):
        return f"is “{_text(value)}” without quotes"
    if isinstance(value, list):
        return "is a list" if value else "is an empty list"
    if isinstance(value, dict):
        return "is names with values"
    return f"is the text “{_short(value)}”" if isinstance(value, str) else f"is the number {value}"


def _text(value: Any) -> str:
    """A value as one writes it in a note."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _nearest(value: Any, wanted: list[Any]) -> str:
    """What was meant, where one of the values is near."""
    from difflib import get_close_matches

    texts = {each.casefold(): each for each in wanted if isinstance(each, str)}
    near = (
        get_close_matches(value.casefold(), texts, n=1) if isinstance(value, str) and len(value) < 100 else []
    )
    return f"; did you mean “{texts[near[0]]}”?" if near else ""


def _meant(breach: "Breach", schema: "NoteSchema") -> str:
    """The property that was meant, where the schema knows one that is near and not there."""
    if len(breach.path) != 1 or breach.keyword != "additionalProperties":
        return ""
    from difflib import get_close_matches

    from vaultlint.json_schema import checker_of

    there = {key.casefold() for key in breach.value}
    known = {key.casefold(): key for key in checker_of(schema.source).known.keys}
    near = get_close_matches(str(breach.path[0]).casefold()[:100], known.keys() - there, n=1)
    return f"; did you mean “{known[near[0]]}”?" if near else ""
