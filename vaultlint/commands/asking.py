"""`vaultlint check --fix --interactive`: a person decides on one fix at a time."""

import os
import re
import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import TextIO

from vaultlint.diagnostic import Safety
from vaultlint.errors import VaultlintError
from vaultlint.fixes import Offer, apply_edits, unified_diff
from vaultlint.report.escape import visible
from vaultlint.text import Lines

_WIDTH = 110
"""Characters of a line that are shown at most."""
_BEFORE = 40
"""Of these, so many before the first one that changes."""

_RESET, _BOLD, _RED, _GREEN, _CYAN = "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m"
_COLOURS = {"-": _RED, "+": _GREEN, "@": _CYAN}

_PROMPT = "Fix it? [y]es, [n]o, [a]ll of {code}, [q]uit: "
_HELP = """\
  y  take this fix
  n  leave this finding as it is
  a  take this fix and all others of {code}
  q  leave this one and all that were not asked about; what was taken is written
"""


class Dialogue:
    """The questions of a run and the answers to them, which hold for its later rounds."""

    def __init__(self, answers: TextIO, out: TextIO, *, colour: bool) -> None:
        """`answers` gives a line for each question; its end means quit."""
        self._answers = answers
        self._out = out
        self._colour = colour
        self._given: dict[tuple[str, str, int, str], bool] = {}
        self._whole_rules: set[str] = set()
        self._ended = False

    def wants(self, offer: Offer) -> bool:
        """Whether the person wants a fix; asks, unless that was answered before."""
        diagnostic, fix = offer.diagnostic, offer.fix
        key = (diagnostic.code, fix.edits[0].path, offer.origin, fix.title)
        if key not in self._given:
            whole = diagnostic.code in self._whole_rules
            self._given[key] = not self._ended and (whole or self._asked(offer))
        return self._given[key]

    def _asked(self, offer: Offer) -> bool:
        code = visible(offer.diagnostic.code)
        self._show(offer)
        while True:
            self._out.write(_PROMPT.format(code=code))
            self._out.flush()
            line = self._answers.readline()
            answer = line.strip().lower()[:1]
            if not line or answer == "q":
                if not line:
                    self._out.write("\n")
                self._ended = True
                return False
            if answer == "a":
                self._whole_rules.add(offer.diagnostic.code)
            if answer in ("y", "a", "n"):
                return answer != "n"
            self._out.write(_HELP.format(code=code))

    def _show(self, offer: Offer) -> None:
        """The finding, what the fix does, and its diff."""
        diagnostic, fix = offer.diagnostic, offer.fix
        place = self._painted(visible(diagnostic.path), _BOLD)
        if (own := offer.texts.get(diagnostic.path)) is not None:
            line, column = Lines.of(own).position(diagnostic.span.start)
            place += f":{line}:{column}"
        name = f"{visible(diagnostic.code)} {visible(diagnostic.name)}"
        self._out.write(f"\n{place} {name} {visible(diagnostic.message)}\n")
        guess = " (a guess)" if fix.safety is Safety.UNSAFE else ""
        self._out.write(f"{visible(fix.title)}{guess}\n")
        for path, old in sorted(offer.texts.items()):
            edits = sorted((edit for edit in fix.edits if edit.path == path), key=lambda edit: edit.span)
            for shown in diff_shown(path, old, apply_edits(old, edits)):
                self._out.write(f"{self._painted(shown, _COLOURS.get(shown[0], ''))}\n")

    def _painted(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._colour and style else text


def diff_shown(path: str, old: str, new: str) -> Iterator[str]:
    """The lines of a diff as a terminal may show them: without line ends and control characters, and of a
    long line what is near the change."""
    for hunk in re.split(r"(?m)^(?=@@ )", unified_diff(path, old, new))[1:]:
        lines = [line.removesuffix("\r") for line in hunk.removesuffix("\n").split("\n")]
        changed = [line[1:] for line in lines if line[:1] in ("-", "+")]
        alike = sum(1 for _ in takewhile(lambda chars: len({*chars}) == 1, zip(*changed, strict=False)))
        cut = max(0, alike - _BEFORE) if max(map(len, changed)) > _WIDTH else 0
        for line in lines:
            yield line[:1] + visible(_clipped(line[1:], cut if line[:1] in ("-", "+") else 0))


def _clipped(line: str, cut: int) -> str:
    shown = line[cut : cut + _WIDTH].expandtabs(4)
    return ("…" if cut else "") + shown + ("…" if len(line) > cut + _WIDTH else "")


def on_terminal() -> Dialogue:
    """A dialogue on the terminal. Raises `VaultlintError` where nobody sits at one."""
    if not sys.stdin.isatty():
        raise VaultlintError("--interactive asks for every fix, and standard input is no terminal")
    return Dialogue(sys.stdin, sys.stderr, colour=sys.stderr.isatty() and not os.environ.get("NO_COLOR"))
