"""The `[[schema]]` tables of a configuration: what they say, with the JSON Schemas that they name."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vaultlint.config_file import Read, beside, text_of
from vaultlint.config_tables import Mistakes, Place, SchemaTable, not_plain
from vaultlint.errors import VaultlintError
from vaultlint.json_schema import SchemaError, checker_of
from vaultlint.schema import NoteSchema


def schemas_of(
    tables: Sequence[SchemaTable], config: Path, read: Read, mistakes: Mistakes
) -> tuple[NoteSchema, ...]:
    """What each table says; what is wrong is added to `mistakes`. `config`: the file they stand in.

    Raises `VaultlintError` where the library is not installed.
    """
    found: list[NoteSchema] = []
    for number, table in enumerate(tables):
        mistakes.extend(not_plain(("schema", str(number), "property"), table.property))
        where: Place = ("schema", str(number), "schema")
        given = table.json_schema
        if not isinstance(given, str | dict):
            mistakes.append((where, f"“{'.'.join(where)}” must be a table or the path of a file"))
            continue
        try:
            source = json.dumps(given if isinstance(given, dict) else _in_file(beside(config, given), read))
            checker_of(source)
        except SchemaError as error:
            if isinstance(given, dict):
                mistakes.append(((*where, *error.where), f"“schema”: {_told(error)}"))
            else:
                mistakes.append((where, f"“schema”: {beside(config, given)}: {_told(error)}"))
            continue
        except _Unreadable as error:
            mistakes.append((where, f"“schema”: {error}"))
            continue
        found.append(NoteSchema(tuple(table.files), table.tag, table.property, source, tuple(table.unique)))
    return tuple(found)


class _Unreadable(Exception):  # noqa: N818 - it describes a file
    """A file that holds no JSON; the message names it."""


def _in_file(path: Path, read: Read) -> Any:
    """What is in a JSON file of bounded size. Raises `_Unreadable`."""
    try:
        return json.loads(text_of(path, read(path)))
    except VaultlintError as error:
        raise _Unreadable(str(error)) from None
    except json.JSONDecodeError as error:
        raise _Unreadable(f"{path}:{error.lineno}:{error.colno}: no JSON: {error.msg.lower()}") from None
    except RecursionError:
        raise _Unreadable(f"{path}: nested too deeply") from None
    except ValueError:  # a number of thousands of digits
        raise _Unreadable(f"{path}: no JSON: a number is too long") from None


def _told(error: SchemaError) -> str:
    place = f" at “{'.'.join(error.where)}”" if error.where else ""
    return f"it is no schema that can be used{place}: {error}"
