"""VL405."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import fold
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault

_MEDIA = (
    ".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp", ".flac", ".m4a", ".mp3", ".ogg",
    ".wav", ".3gp", ".mkv", ".mov", ".mp4", ".ogv", ".webm", ".pdf",
)  # fmt: skip
"""What Obsidian embeds; other files may be there for other programs."""


class UnusedAttachment(VaultRule):
    """A picture, recording, video or PDF that no note, canvas or base refers to."""

    code = "VL405"
    severity = Severity.INFO
    on = False
    on_attachments = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the file of `outline`."""
        path = outline.path
        if path in vault.outlines or not _is_unlinked(path, vault):
            return
        known: dict[str, frozenset[str]] = vault.scratch(self)
        if "mentioned" not in known:
            known["mentioned"] = vault.mentioned(
                _name(each) for each in vault.files if _is_unlinked(each, vault)
            )
        if _name(path) not in known["mentioned"]:
            yield self.found(path, Span(0, 0), "", "no note, canvas or base refers to this file")


def _is_unlinked(path: str, vault: Vault) -> bool:
    return path.lower().endswith(_MEDIA) and not vault.is_linked(path)


def _name(path: str) -> str:
    return fold(path[path.rfind("/") + 1 :])
