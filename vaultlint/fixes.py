"""Choose fixes, apply them in rounds, verify what came out. Nothing is written here.

A round takes every fix that does not collide with one before it; then the vault is checked again.
A note whose fixes cannot be trusted keeps its original text, whatever else was fixed in it: the
plan is then made once more as if that note had no fixes, so that no half of a fix that also touched
other notes remains.
"""

import hashlib
import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff as diff_of_lines
from itertools import pairwise
from typing import NamedTuple

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.note import Note
from vaultlint.text import NotUnicode, Span
from vaultlint.write import NotRead

Check = Callable[[Mapping[str, str]], Sequence[Diagnostic]]
"""All diagnostics of the vault as if these texts (by path) stood in it in place of what is there."""

Late = Callable[[Sequence[Diagnostic], Mapping[str, str]], Sequence[Diagnostic]]
"""Those diagnostics, as `Check` gives them for these texts, with the fixes that rules work out late."""

Parse = Callable[[str, str], Note]
Taken = tuple[Diagnostic, Fix]

_Edits = Mapping[str, Sequence[Edit]]
"""Edits by note, in order of position."""

ROUNDS = 10  # after so many without rest, rules oscillate

_DEAD = re.compile("\0+")


class Refusal(NamedTuple):
    """A note that keeps its text, why, and the codes of the rules that wanted to change it."""

    path: str
    message: str
    codes: tuple[str, ...]


class GivenWay(NamedTuple):
    """A note in which fixes undid each other: the rules whose fixes were left out, and the graver ones."""

    path: str
    codes: tuple[str, ...]
    graver: tuple[str, ...]


class Offer(NamedTuple):
    """A fix that could be taken now."""

    diagnostic: Diagnostic
    fix: Fix
    texts: Mapping[str, str]
    """The notes that it changes, with all fixes that were taken before it in earlier rounds."""
    origin: int
    """Where the first edit began before any fix was taken: the same in every round."""


class Plan(NamedTuple):
    """What fixing would do. `remaining` are the diagnostics of the state that it leads to."""

    texts: Mapping[str, tuple[str, str]]
    """Old and new text of every note that changes, by path."""
    applied: tuple[Taken, ...]
    remaining: tuple[Diagnostic, ...]
    refused: tuple[Refusal, ...]
    rounds: int
    given_way: tuple[GivenWay, ...] = ()


def plan_fixes(
    diagnostics: Sequence[Diagnostic],
    check: Check,
    read: Callable[[str], str],
    parse: Parse,
    *,
    allowed: Callable[[Diagnostic, Fix], bool],
    late: Late = lambda diagnostics, texts: diagnostics,
    wanted: Callable[[Offer], bool] | None = None,
) -> Plan:
    """The texts that the allowed fixes of `diagnostics`, and of what `check` finds after them, lead to.

    `read` gives the text of a note and may raise `NotRead`, `NotUnicode` or `OSError`, which refuses
    that note. `late` is asked where no other fix is left to take. Fixes of safety `manual` are never taken.
    `wanted` has the last word on each fix that would be taken otherwise; it may be asked again about the same
    one, and must then say the same.
    """
    planner = _Planner(check, read, parse, allowed=allowed, late=late, wanted=wanted)
    while True:
        plan = planner.attempt(diagnostics)
        if plan is not None:  # otherwise one more note was refused, or one more rule gave way in a note
            return plan


class _Planner:
    """One plan in the making; `refused`, `given_way` and `originals` outlast its attempts."""

    def __init__(
        self,
        check: Check,
        read: Callable[[str], str],
        parse: Parse,
        *,
        allowed: Callable[[Diagnostic, Fix], bool],
        late: Late,
        wanted: Callable[[Offer], bool] | None,
    ) -> None:
        self.check = check
        self.read = read
        self.parse = parse
        self.allowed = allowed
        self.late = late
        self.wanted = wanted
        self.refused: dict[str, Refusal] = {}
        self.given_way: dict[str, GivenWay] = {}
        self.originals: dict[str, str] = {}

    def attempt(self, diagnostics: Sequence[Diagnostic]) -> Plan | None:
        """The plan, or None if a note was refused on the way, or a rule gave way in one."""
        known = self._barred()
        texts: dict[str, str] = {}
        history: list[list[Taken]] = []
        edited: list[_Edits] = []
        seen: dict[str, dict[bytes, int]] = {}
        while chosen := (
            self._choose(diagnostics, texts, edited)
            or self._choose(self.late(diagnostics, texts), texts, edited)
        ):
            if self._barred() > known:
                return None
            if len(history) == ROUNDS:
                self._part_restless(history[-1] + chosen, chosen)
                return None
            step = self._verified(chosen, texts)
            history.append(chosen)
            if self.wanted is not None:
                edited.append(_by_path({edit for _, fix in chosen for edit in fix.edits}))
            self._part_repeated(step, texts, history, seen)
            if self._barred() > known:
                return None
            after = self.check({**texts, **step})
            self._refuse_worse(diagnostics, after, chosen, step, texts)
            if self._barred() > known:
                return None
            texts.update(step)
            diagnostics = after
        if self._barred() > known:
            return None
        return Plan(
            {path: (self.originals[path], text) for path, text in sorted(texts.items())},
            tuple(taken for chosen in history for taken in chosen),
            tuple(diagnostics),
            tuple(self.refused[path] for path in sorted(self.refused)),
            len(history),
            tuple(self.given_way[path] for path in sorted(self.given_way)),
        )

    def _barred(self) -> int:
        """How much may not be changed: a number that grows as notes are refused and rules give way."""
        return len(self.refused) + sum([len(note.codes) for note in self.given_way.values()])

    # --- choosing ---

    def _choose(
        self,
        diagnostics: Sequence[Diagnostic],
        texts: Mapping[str, str],
        edited: Sequence[_Edits],
    ) -> list[Taken]:
        """The fixes of a round, none of which collides with another one. One that mends several findings of
        a rule is there for each of them. `edited`: the edits of earlier rounds, where `wanted` is asked."""
        chosen: list[Taken] = []
        shared: set[tuple[str, tuple[Edit, ...]]] = set()
        occupied: dict[str, list[Span]] = {}
        for diagnostic in sorted(diagnostics, key=lambda one: one.order):
            fix = _only_best(diagnostic, self.allowed)
            if fix is None:
                continue
            if (diagnostic.code, fix.edits) in shared:
                chosen.append((diagnostic, fix))
            elif (
                self._stands(diagnostic, fix, texts)
                and all(_is_free(occupied.get(edit.path, []), edit.span) for edit in fix.edits)
                and self._is_wanted(diagnostic, fix, texts, edited)
            ):
                for edit in fix.edits:
                    insort(occupied.setdefault(edit.path, []), edit.span)
                shared.add((diagnostic.code, fix.edits))
                chosen.append((diagnostic, fix))
        return chosen

    def _is_wanted(
        self,
        diagnostic: Diagnostic,
        fix: Fix,
        texts: Mapping[str, str],
        edited: Sequence[_Edits],
    ) -> bool:
        if self.wanted is None:
            return True
        now = {edit.path: texts.get(edit.path, self.originals[edit.path]) for edit in fix.edits}
        return self.wanted(Offer(diagnostic, fix, now, _origin(fix.edits[0], edited)))

    def _stands(self, diagnostic: Diagnostic, fix: Fix, texts: Mapping[str, str]) -> bool:
        """Whether every edit of a fix finds what it expects in a note that may be changed."""
        if any(edit.path in self.refused or self._gave_way(diagnostic, edit.path) for edit in fix.edits):
            return False
        for path, edits in _by_path(fix.edits).items():
            text = texts.get(path)
            if text is None:
                text = self._original(diagnostic, path)
            if text is None:
                return False
            for edit in edits:
                if (
                    not 0 <= edit.span.start <= edit.span.end <= len(text)
                    or edit.span.of(text) != edit.expected
                ):
                    self._refuse(path, f"“{edit.expected}” no longer stands where it was found", [diagnostic])
                    return False
            if any(_overlap(one.span, other.span) for one, other in pairwise(edits)):
                self._refuse(path, f"the fix “{fix.title}” contradicts itself", [diagnostic])
                return False
        return any(edit.expected != edit.text for edit in fix.edits)

    def _original(self, diagnostic: Diagnostic, path: str) -> str | None:
        """The text of a note as it is on the disk; None, and a refusal, if it cannot be read."""
        if path not in self.originals:
            try:
                self.originals[path] = self.read(path)
            except NotRead as error:
                self._refuse(path, error.reason, [diagnostic])
            except NotUnicode as error:
                self._refuse(path, str(error), [diagnostic])
            except OSError as error:
                self._refuse(path, error.strerror or str(error), [diagnostic])
        return self.originals.get(path)

    # --- refusing ---

    def _refuse(self, path: str, message: str, because_of: Sequence[Diagnostic]) -> None:
        codes = tuple(sorted({diagnostic.code for diagnostic in because_of}))
        self.refused.setdefault(path, Refusal(path, message, codes))

    def _gave_way(self, diagnostic: Diagnostic, path: str) -> bool:
        """Whether the rule of a finding gave way to others in that note."""
        return path in self.given_way and diagnostic.code in self.given_way[path].codes

    def _part(self, path: str, message: str, fighting: Sequence[Diagnostic]) -> None:
        """Let the least grave of the rules that fight about a note give way there; refuse the note where all
        are equally grave."""
        ranks = {diagnostic.code: diagnostic.severity.rank for diagnostic in fighting}
        least = max(ranks.values())
        graver = tuple(sorted(code for code, rank in ranks.items() if rank < least))
        if not graver:
            self._refuse(path, message, fighting)
            return
        before = self.given_way.get(path, GivenWay(path, (), ()))
        codes = {*before.codes, *(code for code, rank in ranks.items() if rank == least)}
        self.given_way[path] = GivenWay(path, tuple(sorted(codes)), graver)

    def _verified(self, chosen: Sequence[Taken], texts: Mapping[str, str]) -> dict[str, str]:
        """The new texts of a round; notes that do not stand the test are refused."""
        step: dict[str, str] = {}
        for path, edits in _by_path({edit for _, fix in chosen for edit in fix.edits}).items():
            old = texts.get(path, self.originals[path])
            new = apply_edits(old, edits)
            damage = damage_of(path, old, new, edits, self.parse)
            if damage is not None:
                self._refuse(path, f"a fix would have damaged the note: {damage}", _about(chosen, path))
            step[path] = new
        return step

    def _part_repeated(
        self,
        step: Mapping[str, str],
        texts: Mapping[str, str],
        history: Sequence[Sequence[Taken]],
        seen: dict[str, dict[bytes, int]],
    ) -> None:
        """Part the rules that bring a note back to a text that it had in this attempt."""
        number = len(history)
        for path, new in step.items():
            had = seen.setdefault(path, {})
            had.setdefault(_digest(texts.get(path, self.originals[path])), number - 1)
            since = had.setdefault(_digest(new), number)
            if since < number:
                culprits = [one for chosen in history[since:] for one in _about(chosen, path)]
                self._part(path, "fixes undo each other", culprits)

    def _part_restless(self, recent: Sequence[Taken], chosen: Sequence[Taken]) -> None:
        for path in sorted({edit.path for _, fix in chosen for edit in fix.edits}):
            self._part(path, f"fixes came to no rest in {ROUNDS} rounds", _about(recent, path))

    def _refuse_worse(
        self,
        before: Sequence[Diagnostic],
        after: Sequence[Diagnostic],
        chosen: Sequence[Taken],
        step: Mapping[str, str],
        texts: Mapping[str, str],
    ) -> None:
        """Refuse the notes by whose change a note has more errors than before."""
        worse = _worse(before, after)
        if not worse:
            return
        guilty = worse & step.keys()
        if not guilty:

            def harms(paths: Sequence[str]) -> bool:
                return bool(_worse(before, self.check({**texts, **{path: step[path] for path in paths}})))

            guilty = {path for group in _guilty(groups_of(chosen), harms) for path in group}
        for path in sorted(guilty):
            self._refuse(path, "its fixes would add an error to the vault", _about(chosen, path))


def _only_best(diagnostic: Diagnostic, allowed: Callable[[Diagnostic, Fix], bool]) -> Fix | None:
    """The one allowed fix of the best safety; two of them are two readings, hence none."""
    fixes = [fix for fix in diagnostic.fixes if fix.safety is not Safety.MANUAL and allowed(diagnostic, fix)]
    best = [fix for fix in fixes if fix.safety is Safety.SAFE] or fixes
    return best[0] if len(best) == 1 else None


def _by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Edits note by note, in order of position."""
    grouped: dict[str, list[Edit]] = {}
    for edit in sorted(edits, key=lambda one: (one.path, one.span)):
        grouped.setdefault(edit.path, []).append(edit)
    return grouped


def _origin(first: Edit, edited: Sequence[_Edits]) -> int:
    """Where an edit began before the fixes of these rounds; the beginning of theirs for what lies in one."""
    at = first.span.start
    for by_path in reversed(edited):
        edits = by_path.get(first.path, ())
        for edit, place in zip(reversed(edits), reversed(_places(edits)), strict=True):
            if place.start <= at:
                at = edit.span.end + at - place.end if place.end <= at else edit.span.start
                break
    return at


def _about(taken: Sequence[Taken], path: str) -> list[Diagnostic]:
    """The diagnostics whose fixes change the note at `path`."""
    return [diagnostic for diagnostic, fix in taken if any(edit.path == path for edit in fix.edits)]


def _overlap(one: Span, other: Span) -> bool:
    """Whether two edits change the same characters, or insert at the same place."""
    return one == other or (one.start < other.end and other.start < one.end)


def _collide(one: Span, other: Span) -> bool:
    """Whether edits of two fixes must not be taken together: they overlap, or an insertion touches."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return _overlap(one, other)


def _is_free(occupied: Sequence[Span], span: Span) -> bool:
    """Whether a span collides with none of these, which are in order and do not overlap."""
    place = bisect_left(occupied, span)
    return not any(_collide(span, other) for other in occupied[max(place - 2, 0) : place + 2])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _worse(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> set[str]:
    """The notes that have more errors than before."""
    had, has = (
        Counter(one.path for one in diagnostics if one.severity is Severity.ERROR)
        for diagnostics in (before, after)
    )
    return set(has - had)


def groups_of(chosen: Sequence[Taken]) -> list[list[str]]:
    """The paths of the changed notes, those together that one fix changes together."""
    group_of: dict[str, set[str]] = {}
    for _, fix in chosen:
        group = {edit.path for edit in fix.edits}
        for path in tuple(group):
            group |= group_of.get(path, set())
        group_of.update(dict.fromkeys(group, group))
    distinct = {id(group): group for group in group_of.values()}
    return sorted(sorted(group) for group in distinct.values())


def _guilty(groups: list[list[str]], harms: Callable[[Sequence[str]], bool]) -> list[list[str]]:
    """The groups that do harm by themselves; all of them, when they do it only together."""
    if len(groups) < 2:
        return groups
    middle = len(groups) // 2
    halves = [
        half
        for half in (groups[:middle], groups[middle:])
        if harms([path for group in half for path in group])
    ]
    return [group for half in halves for group in _guilty(half, harms)] or groups


# --- applying and verifying -------------------------------------------------------------------


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """`text` with `edits` of it, which are in order and do not overlap."""
    pieces = []
    end = 0
    for edit in edits:
        pieces += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*pieces, text[end:]])


def damage_of(path: str, old: str, new: str, edits: Sequence[Edit], parse: Parse) -> str | None:
    """What `edits` did to `old` beside their own places, in words; None if nothing.

    Every property, heading, link, block id, tag, comment, table and dead stretch (code, math, HTML) that
    no edit touches must stand in both texts, moved by as much as the edits before it add.
    """
    places = _places(edits)
    back = [Edit(path, place, edit.text, edit.expected) for edit, place in zip(edits, places, strict=True)]
    if apply_edits(new, back) != old:
        return "text beside the edits changed"
    try:
        new.encode("utf-8")
    except UnicodeEncodeError:
        return "the new text is not valid Unicode"
    was, now = parse(path, old), parse(path, new)
    spans = [edit.span for edit in edits]
    mended: tuple[Span, ...] = ()
    if (block := was.front_matter) is not None and any(map(block.span.covers, spans)):
        after = now.front_matter
        if block.valid and not (after is not None and after.valid):
            return "the properties can no longer be read"
        if not block.valid:  # nothing of it was read, so it is one thing, and about that an edit was
            mended = (block.span,) if after is None else (block.span, after.span)
    had, has = (
        {fact for fact in _facts(note) if not any(block.covers(fact.span) for block in blocks)}
        for note, blocks in ((was, mended[:1]), (now, mended[1:]))
    )
    for fact in sorted(_moved(had, spans, places) - has, key=_weight):
        return f"{fact.kind} “{fact.value}” is gone"
    for fact in sorted(_moved(has, places, spans) - had, key=_weight):
        return f"{fact.kind} “{fact.value}” appeared"
    return None


class _Fact(NamedTuple):
    """Something that a note says, and where."""

    kind: str
    value: str
    span: Span


def _weight(fact: _Fact) -> tuple[bool, Span, str]:
    """What says most comes first: dead text is where no construct was."""
    return fact.kind == "dead text", fact.span, fact.kind


def _facts(note: Note) -> Iterator[_Fact]:
    block = note.front_matter
    if block is not None:
        for entry in block.properties:
            span = Span(entry.key_span.start, max(entry.key_span.end, entry.node.span.end))
            yield _Fact("property", f"{entry.key}: {entry.value!r}", span)
    for heading in note.headings:
        yield _Fact("heading", f"{'#' * heading.level} {heading.text}", heading.span)
    for link in note.links:
        kind = f"{'embed' if link.embed else 'link'} ({link.syntax})"
        yield _Fact(kind, link.target if link.display is None else f"{link.target}|{link.display}", link.span)
    for block_id in note.block_ids:
        yield _Fact("block id" if block_id.valid else "invalid block id", block_id.id, block_id.span)
    for tag in note.tags:
        yield _Fact("tag", tag.name, tag.span)
    for kind, spans in (("comment", note.comments), ("table", note.tables)):
        for span in spans:
            yield _Fact(kind, span.of(note.text), span)
    for match in _DEAD.finditer(note.live):
        span = Span(*match.span())
        yield _Fact("dead text", span.of(note.text), span)


def _places(edits: Sequence[Edit]) -> list[Span]:
    """Where the texts of edits stand once they are applied."""
    places = []
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        places.append(Span(start, start + len(edit.text)))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return places


def _touch(span: Span, edited: Span, place: Span) -> bool:
    """Whether an edit, with its counterpart on the other side, is about what stands in `span`.

    An insertion or deletion is also about what it stands beside: a quote, a backslash, a blank.
    """
    if edited.start == edited.end or place.start == place.end:
        return span.start <= edited.end and edited.start <= span.end
    return span.start < edited.end and edited.start < span.end


def _moved(facts: set[_Fact], edited: Sequence[Span], places: Sequence[Span]) -> set[_Fact]:
    """The facts that no edit touches, where they stand on the other side: at `places` what was `edited`."""
    moved = set()
    starts, ends = [span.start for span in edited], [span.end for span in edited]
    for fact in facts:
        near = range(bisect_left(ends, fact.span.start), bisect_right(starts, fact.span.end))
        if not any(_touch(fact.span, edited[number], places[number]) for number in near):
            before = bisect_right(ends, fact.span.start)
            shift = places[before - 1].end - ends[before - 1] if before else 0
            moved.add(fact._replace(span=Span(fact.span.start + shift, fact.span.end + shift)))
    return moved


# --- showing ----------------------------------------------------------------------------------


def unified_diff(path: str, old: str, new: str) -> str:
    """A patch in the format of git, empty for equal texts.

    Lines end at LF alone, so CRLF and lone CR stay as they are. To apply to a note with a byte order
    mark, both texts must begin with it.
    """
    lines = diff_of_lines(
        re.findall(r"[^\n]*\n|[^\n]+", old),
        re.findall(r"[^\n]*\n|[^\n]+", new),
        _patch_name(f"a/{path}"),
        _patch_name(f"b/{path}"),
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _patch_name(name: str) -> str:
    """A path as `git apply` and `patch` read it: quoted if it must be, a tab behind one with blanks."""
    if re.search(r'["\\\x00-\x1f\x7f]', name):
        escaped = (
            chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in _bytes(name)
        )
        return f'"{"".join(escaped)}"'
    return f"{name}\t" if " " in name else name


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
