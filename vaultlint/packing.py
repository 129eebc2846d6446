"""Findings and outlines as plain values, which marshal can write, and back.

marshal is several times faster than pickle, and both ends are this program.
"""

import marshal
from collections.abc import Iterable, Mapping
from typing import Any

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.note import Outline
from vaultlint.text import Span, new

Packed = tuple[Any, ...]


def pack(diagnostic: Diagnostic) -> Packed:
    """The finding in plain values."""
    code, name, severity, message, path, span, construct, fixes, related, data = diagnostic
    return (
        code,
        name,
        severity.value,
        message,
        path,
        tuple(span),
        construct,
        tuple((title, tuple(map(_pack_edit, edits)), safety.value) for title, edits, safety in fixes),
        tuple((other, tuple(place), remark) for other, place, remark in related),
        dict(data),
    )


def _pack_edit(edit: Edit) -> Packed:
    return (edit.path, tuple(edit.span), edit.expected, edit.text)


def unpack(packed: Packed) -> Diagnostic:
    """What `pack` packed."""
    code, name, severity, message, path, span, construct, fixes, related, data = packed
    return Diagnostic(
        code,
        name,
        Severity(severity),
        message,
        path,
        Span._make(span),
        construct,
        tuple(Fix(title, tuple(map(_unpack_edit, edits)), Safety(safety)) for title, edits, safety in fixes),
        tuple(Related(other, Span._make(place), remark) for other, place, remark in related),
        data,
    )


def _unpack_edit(packed: Packed) -> Edit:
    path, span, expected, text = packed
    return Edit(path, Span._make(span), expected, text)


def dumps(value: Any) -> bytes:
    """The value in bytes, whatever text and number classes a rule made its findings of."""
    try:
        return marshal.dumps(value)
    except ValueError:
        return marshal.dumps(_plain(value))


def _plain(value: Any) -> Any:
    """The value in the classes that marshal knows."""
    if isinstance(value, Mapping):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value)) if type(value) in (tuple, list) else tuple(map(_plain, value))
    if isinstance(value, str):
        return "".join(value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def pack_all(diagnostics: Iterable[Diagnostic]) -> bytes:
    """All of these findings in bytes."""
    return dumps(list(map(pack, diagnostics)))


def unpack_all(packed: bytes) -> list[Diagnostic]:
    """What `pack_all` packed."""
    return list(map(unpack, marshal.loads(packed)))


def pack_outline(outline: Outline) -> bytes:
    """The outline in bytes."""
    return marshal.dumps(tuple(outline))


def unpack_outline(packed: bytes) -> Outline:
    """What `pack_outline` packed."""
    return new(Outline, marshal.loads(packed))
