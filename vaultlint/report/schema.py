"""The shape of the JSON report, as pydantic models and as a JSON Schema.

`vaultlint.report.json` writes the report without these models; only who checks a report, or asks
for the schema, pays for importing pydantic.
"""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from vaultlint.diagnostic import Safety, Severity


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PositionModel(_Model):
    """A place in a text. Everything counts Unicode code points of the file without its byte order mark."""

    line: Annotated[int, Field(ge=1)]
    """From 1; lines end at LF, CRLF and CR only."""
    column: Annotated[int, Field(ge=1)]
    """From 1."""
    offset: Annotated[int, Field(ge=0)]
    """From 0; CRLF counts two."""


class RangeModel(_Model):
    """A stretch of a text; `end` is the first place behind it."""

    start: PositionModel
    end: PositionModel


class RelatedModel(_Model):
    """Another place that the finding speaks of."""

    path: str
    range: RangeModel
    message: str


class EditModel(_Model):
    """Replace the range with `text`."""

    path: str
    range: RangeModel
    text: str


class FixModel(_Model):
    """One repair, to be taken whole or not at all."""

    title: str
    safety: Safety
    """`safe`: what the reader sees stays; `unsafe`: a guess; `manual`: shown, never applied."""
    edits: list[EditModel]


class DiagnosticModel(_Model):
    """One finding."""

    code: str
    """The permanent code of the rule."""
    name: str
    """The readable name of the rule."""
    severity: Severity
    message: str
    path: str
    """Relative to the vault, with `/`. Where the name is not valid UTF-8, its undecodable bytes and
    its own `%` are percent-escaped."""
    range: RangeModel
    related: list[RelatedModel]
    fixes: list[FixModel]
    data: dict[str, bool | int | str | list[str]]
    """What the rule tells programs; the keys are the rule's own."""
    fingerprint: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    """Stays the same when lines above the finding are added or removed."""
    docs: str
    """The command that explains the rule."""


class ToolModel(_Model):
    """What wrote the report."""

    name: Literal["vaultlint"]
    version: str


Count = Annotated[int, Field(ge=0)]


class SeveritiesModel(_Model):
    """How many findings there are of each severity."""

    error: Count
    warning: Count
    info: Count


class SummaryModel(_Model):
    """The findings in numbers."""

    notes: Count
    """Notes read."""
    files: Count
    """Files of the vault, notes included."""
    diagnostics: Count
    fixable: Count
    """Findings with a safe or an unsafe fix."""
    by_severity: SeveritiesModel
    by_rule: dict[str, Annotated[int, Field(ge=1)]]
    """By code; rules that found nothing are left out."""


class GoneModel(_Model):
    """An entry of the baseline, or a part of its count, that is found no more."""

    path: str
    code: str
    fingerprint: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    times: Annotated[int, Field(ge=1)]
    """How often it was found then and is not now."""


class BaselineModel(_Model):
    """What became of the findings that were there when the baseline was recorded."""

    left: Count
    """Those that are still found. They are not among the diagnostics."""
    gone: list[GoneModel]


class ReportModel(_Model):
    """The JSON report of vaultlint, version 1."""

    schema_version: Literal[1]
    tool: ToolModel
    vault: Literal["."]
    """The folder to which all paths are relative: the root of the vault."""
    diagnostics: list[DiagnosticModel]
    """Sorted by path, place and code."""
    complete: bool
    """Whether every note could be read and no rule crashed."""
    summary: SummaryModel
    baseline: BaselineModel | SkipJsonSchema[None] = None
    """How the findings stand to the baseline; left out where there is none."""


def json_schema() -> str:
    """The JSON Schema of the report, as it stands in `docs/report.schema.json`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ReportModel.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
