"""What a rule is. A rule pack imports this module and the ones it builds on, nothing above."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.note import Note, Outline
from vaultlint.settings import Settings
from vaultlint.text import Span, new
from vaultlint.vault import Doubt, Vault

if TYPE_CHECKING:
    from vaultlint.schema import NoteSchema

__all__ = [
    "PROPERTY",
    "Data",
    "Diagnostic",
    "Doubt",
    "Edit",
    "Fix",
    "NoteRule",
    "Related",
    "Rule",
    "Safety",
    "Settings",
    "Severity",
    "VaultPart",
    "VaultRule",
]

PROPERTY = "property:"
"""Begins what a rule asks that looks at a property."""

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Rule:
    """One thing to look for.

    A subclass names its `code`; its `name` is derived from the class (`BrokenLink` → `broken-link`).
    Options are annotated class attributes that are neither `ClassVar` nor private; their default is
    the value they have in the class, and the string below each one documents it.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    on: ClassVar[bool] = True
    """Whether it runs without being selected by name or code."""
    published: ClassVar[Mapping[str, Severity]] = {}
    """Its severity in a vault that is published there (`publish` in the configuration: `quartz`, `github`,
    `publish`), where it then runs without being selected."""
    asks: ClassVar[tuple[str | Doubt, ...]] = ()
    """What it looks at: attributes of `Note`, or `property:NAME` for a property; for a vault rule those of
    `Outline`, or doubts about links. It is not asked about a note that has none of these. Without any it is
    asked about every note."""
    on_templates: ClassVar[bool] = False
    """Whether it speaks on notes in a templates folder."""
    on_canvases: ClassVar[bool] = False
    """Whether a vault rule speaks on canvases too, which have links and nothing else."""
    on_attachments: ClassVar[bool] = False
    """Whether a vault rule is asked about attachments too, whose outlines hold a path and nothing else."""
    on_drawings: ClassVar[bool] = True
    """Whether it speaks on Excalidraw and Kanban notes, which a plugin writes."""

    def __init__(self, severity: Severity | None = None, **options: Any) -> None:
        self.level = severity or self.severity
        for key, value in options.items():
            setattr(self, key, value)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = _WORD_START.sub("-", cls.__name__).lower()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to look for in this vault, so that it is never asked."""
        return False

    def configure(self, settings: Settings) -> None:
        """Keep what the rule needs of the vault's settings. Called once, before anything is asked.

        The rule then goes to worker processes: what it keeps must be picklable.
        """

    def found(
        self,
        path: str,
        span: Span,
        construct: str,
        message: str,
        *,
        fixes: tuple[Fix, ...] = (),
        related: tuple[Related, ...] = (),
        data: Data | None = None,
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A diagnostic of this rule. `construct` is the text in question, for the fingerprint."""
        level = severity or self.level
        fields = (self.code, self.name, level, message, path, span, construct, fixes, related, data or {})
        return new(Diagnostic, fields)


class NoteRule(Rule):
    """A rule that needs one note and nothing else: pure, cached, run in parallel."""

    @property
    def across(self) -> "VaultPart | None":
        """The part of it that looks at other notes too; None where there is none."""
        return None

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        raise NotImplementedError


class SchemaRule(NoteRule):
    """A rule about the properties of a note that has schemas, and for nobody else."""

    _schemas: "tuple[NoteSchema, ...]" = ()

    def configure(self, settings: Settings) -> None:
        """Keep the schemas."""
        self._schemas = settings.schemas

    @property
    def idle(self) -> bool:
        """Whether no schema is configured."""
        return not self._schemas


class VaultRule(Rule):
    """A rule that needs the vault, yet is asked note by note, so that an edit costs only its own.

    What is global is answered by an index that the vault keeps, never by a loop here.
    """

    local: ClassVar[bool] = False
    """Whether an edit of one note can change what it finds in few others, so that these alone are asked
    about again. Such a rule depends on nothing but the note it is asked about (outline and text), what
    `link` paths mean, the paths of all files, the names in the trash, what the faces of all notes hold
    (titles, first headings, aliases, hubs, videos and how far their timestamps go, the values that a
    schema allows once, and whether tags or properties mark them as topic pages or hubs), the headings,
    block ids and stray marks of a note that is linked to with a subpath, the backlinks of the note it is
    asked about and of its pictures, how many notes name the targets of its links that are no files, which
    other notes have the same body, and what git tells of files that are gone. Its findings name no place in
    another note but the beginning, and edit none."""

    every_link: ClassVar[bool] = False
    """Whether it looks at links that are in order too, so that outlines have to keep them."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`, seen from the whole vault."""
        raise NotImplementedError

    def late_fixes(
        self,
        findings: Sequence[Diagnostic],  # noqa: ARG002 - for the rules that have such fixes
        vault: Vault,  # noqa: ARG002
        may_edit: Callable[[str], bool],  # noqa: ARG002
    ) -> Iterator[tuple[Diagnostic, Fix]]:
        """Unsafe fixes that cost more than a run may that only tells, for the findings that have one.

        Asked for only where fixes are taken, after all others have come to rest, and once for all findings
        that are told. They may edit other notes, `local` or not: those of which `may_edit` is true. A fix
        that mends several findings is given for each of them, with the same edits.
        """
        yield from ()


def unknown_questions(rule: type[Rule]) -> list[str]:
    """What a rule asks for that nothing of its kind is known by, so that it can never be asked."""
    of_vault = issubclass(rule, VaultRule)
    seen = Outline if of_vault else Note

    def is_known(what: str | Doubt) -> bool:
        if not isinstance(what, str):
            return of_vault
        return (
            hasattr(seen, what)
            or what in seen.__annotations__
            or (what.startswith(PROPERTY) and not of_vault)
        )

    return [str(what) for what in rule.asks if not is_known(what)]


class VaultPart(VaultRule):
    """The part of a note rule that needs the vault. It has no code of its own: it speaks for that rule."""

    def __init__(self, whole: NoteRule) -> None:
        super().__init__(whole.level)
        self.code, self.name = whole.code, whole.name  # type: ignore[misc]
