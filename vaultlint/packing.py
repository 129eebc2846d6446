"""Findings and outlines as plain values, which marshal can write, and back.

marshal is several times faster than pickle, and both ends are this program.
"""

import marshal
from collections.abc import Container, Iterable, Mapping
from typing import Any

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.note import Outline
from vaultlint.text import Span, new

Packed = tuple[Any, ...]

_SEVERITIES = {str(each): each for each in Severity}
_SAFETIES = {str(each): each for each in Safety}


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
    fields = (
        code,
        name,
        _SEVERITIES[severity],
        message,
        path,
        new(Span, span),
        construct,
        tuple([_unpack_fix(fix) for fix in fixes]) if fixes else (),
        tuple([Related(other, new(Span, place), remark) for other, place, remark in related]),
        data,
    )
    return new(Diagnostic, fields)


def _unpack_fix(packed: Packed) -> Fix:
    title, edits, safety = packed
    found = [new(Edit, (path, new(Span, span), expected, text)) for path, span, expected, text in edits]
    return new(Fix, (title, tuple(found), _SAFETIES[safety]))


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


def unpack_fixable(packed: bytes, safeties: Container[Safety]) -> list[Diagnostic]:
    """Of what `pack_all` packed those findings that have a fix of one of these safeties."""
    return [unpack(one) for one in marshal.loads(packed) if any(safety in safeties for *_, safety in one[7])]


def pack_outline(outline: Outline) -> bytes:
    """The outline in bytes."""
    return marshal.dumps(tuple(outline))


def unpack_outline(packed: bytes) -> Outline:
    """What `pack_outline` packed."""
    return new(Outline, marshal.loads(packed))
