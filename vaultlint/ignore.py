"""Patterns of `.gitignore` and its like, matched as git does, one entry of a folder at a time.

pathspec knows the grammar; this module decides what is asked of it. Literal names, the bulk of
most files, are looked up in sets, and pathspec is imported only when a pattern has a wildcard. A
pattern that a regular expression could be slow on is matched in linear time, or left out with a
warning: a vault may come from a stranger.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.lazy import rare

_MAX_LENGTH = 500
_MAX_PATTERNS = 5_000
# Three stars over a name of 255 characters cost some milliseconds at worst, four a second.
_MAX_STARS = 3
_MAX_DEPTHS = 2

_WILD = rare(r"[*?\[\\]")
_STARS = rare(r"\*{2,}")
_GROUP_NAME = rare(r"\(\?P<\w+>")


class PatternError(ValueError):
    """A pattern that cannot be used; the text says why, in a few words."""


class _Rule(NamedTuple):
    """One pattern: `body` without `!` and the closing slash. `by_name`: it speaks of the last part alone."""

    body: str
    hides: bool
    folders_only: bool
    by_name: bool


class _Matcher:
    """Consecutive patterns of one sign for one kind of entry (folders, or all), as one question."""

    __slots__ = ("literal_names", "literal_paths", "names", "paths")

    def __init__(self, rules: Sequence[_Rule], regexes: Sequence[str | None]) -> None:
        self.literal_names: set[str] = set()
        self.literal_paths: set[str] = set()
        wild: tuple[list[str], list[str]] = ([], [])
        for rule, regex in zip(rules, regexes, strict=True):
            if regex is not None:
                wild[rule.by_name].append(regex)
            elif rule.by_name:
                self.literal_names.add(rule.body)
            else:
                self.literal_paths.add(rule.body)
        self.paths, self.names = (_compiled("|".join(each)) if each else None for each in wild)

    def __call__(self, path: str, name: str) -> bool:
        return (
            name in self.literal_names
            or path in self.literal_paths
            or (self.names is not None and self.names.fullmatch(name) is not None)
            or (self.paths is not None and self.paths.fullmatch(path) is not None)
        )


class Patterns:
    """The patterns of one ignore file. Paths are relative to the folder of that file, with `/`."""

    __slots__ = ("_runs",)

    def __init__(self, runs: Sequence[tuple[bool, _Matcher, _Matcher]]) -> None:
        self._runs = runs

    def __bool__(self) -> bool:
        return bool(self._runs)

    def verdict(self, path: str, name: str, folder: bool) -> bool | None:
        """True: hidden; False: shown by a `!` pattern; None: no pattern speaks of this very entry.

        What lies in a hidden folder is hidden, whatever a pattern says of it: the caller's business.
        """
        for hides, any_kind, folders in self._runs:
            if any_kind(path, name) or (folder and folders(path, name)):
                return hides
        return None


def parse_patterns(lines: Sequence[str], source: str) -> tuple[Patterns, tuple[str, ...]]:
    """The patterns, and a warning that names `source` and the line for each one left out."""
    warnings: list[str] = []
    usable: list[tuple[_Rule, str | None]] = []
    for number, line in enumerate(lines, 1):
        if len(usable) == _MAX_PATTERNS:
            warnings.append(f"{source}:{number}: only the first {_MAX_PATTERNS} patterns are used")
            break
        try:
            rule = _rule(line)
            if rule is not None:
                usable.append((rule, _regex(rule) if _WILD.search(rule.body) else None))
        except PatternError as refusal:
            warnings.append(f"{source}:{number}: pattern “{line[:60]}” is left out: {refusal}")
    return Patterns(tuple(_runs(usable))), tuple(warnings)


def _runs(usable: Sequence[tuple[_Rule, str | None]]) -> Iterator[tuple[bool, _Matcher, _Matcher]]:
    """Patterns of one sign that follow each other, last ones first: the last pattern that matches wins."""
    end = len(usable)
    while end:
        hides = usable[end - 1][0].hides
        start = end
        while start and usable[start - 1][0].hides == hides:
            start -= 1
        matchers = []
        for folders_only in (False, True):
            part = [pair for pair in usable[start:end] if pair[0].folders_only == folders_only]
            matchers.append(_Matcher([rule for rule, _ in part], [regex for _, regex in part]))
        yield hides, matchers[0], matchers[1]
        end = start


def _rule(line: str) -> _Rule | None:
    """The pattern in a line; None for blank lines, comments and what can only name dot files."""
    line = line.rstrip("\r\n")
    body = _without_trailing_spaces(line)
    if not body or body.startswith("#"):
        return None
    hides = not body.startswith("!")
    body = body if hides else body[1:]
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    by_name = "/" not in body
    body = body.removeprefix("/")
    if not body and line != "/":
        raise PatternError("it names nothing")
    # Dot names are invisible anyway, so a pattern for one is not worth a regular expression.
    if not body or any(segment.startswith(".") for segment in body.split("/")):
        return None
    if len(body) > _MAX_LENGTH:
        raise PatternError(f"longer than {_MAX_LENGTH} characters")
    return _Rule(body, hides, folders_only, by_name)


def _without_trailing_spaces(line: str) -> str:
    """Git drops the spaces at the end, unless a backslash protects them."""
    body = line.rstrip(" ")
    slashes = len(body) - len(body.rstrip("\\"))
    return body + " " if slashes % 2 and len(body) < len(line) else body


def _regex(rule: _Rule) -> str:
    """A regular expression that matches the whole path (or name) of each entry the pattern speaks of."""
    segments = [
        segment if segment == "**" else _STARS.sub("*", segment)
        for segment in ([rule.body] if rule.by_name else rule.body.split("/"))
    ]
    if rule.by_name and segments == ["**"]:
        segments = ["*"]
    if segments[-1] == "**":
        segments.append("*")  # `x/**` is everything below x, and not x itself
    if all(segment in ("*", "**") for segment in segments[:-1]) and "**" in segments and segments[-1] == "*":
        return ".+" + "/[^/]+" * (segments.count("*") - 1)
    if sum(segment == "**" for segment in segments) > _MAX_DEPTHS:
        raise PatternError(f"more than {_MAX_DEPTHS} “**”")
    if any(segment.count("*") > _MAX_STARS for segment in segments if segment != "**"):
        return _linear(rule, segments)
    return _from_pathspec("/" + "/".join(segments))


def _linear(rule: _Rule, segments: Sequence[str]) -> str:
    """What fnmatch makes of a name with many stars: atomic groups, which never go back."""
    if not rule.by_name or "[" in rule.body or "\\" in rule.body:
        raise PatternError(f"more than {_MAX_STARS} “*” in one name")
    from fnmatch import translate

    return translate(segments[0]).removesuffix(r"\Z").removesuffix(r"\z")


def _from_pathspec(pattern: str) -> str:
    """The regular expression that pathspec makes of an anchored pattern. Raises `PatternError`."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        regex, include = GitIgnoreSpecPattern.pattern_to_regex(pattern)
    except ValueError:
        raise PatternError("not a valid pattern") from None
    if regex is None or include is None:
        raise PatternError("not a valid pattern")
    # Its one named group would stand twice in an alternation.
    regex = _GROUP_NAME.sub("(?:", regex)
    try:
        _compiled(regex)
    except re.error:
        raise PatternError("not a valid pattern") from None
    return regex


def _compiled(regex: str) -> re.Pattern[str]:
    """The compiled expression, without Python's advice on how its future may read `[[`."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(regex, re.DOTALL)


# --- Obsidian's excluded files ----------------------------------------------------------------

_MAX_VARIABLE = 6
_MAX_UNBOUNDED = 2
_TOKEN = rare(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\]){0,200}+\]|\(\?(?:[:=!]|<[=!]|<\w{1,100}>)|[(|)]|[*+?]"
    r"|\{\d{0,9},?\d{0,9}\}|.",
    re.DOTALL,
)


def excluded_by(filters: Sequence[str], source: str) -> tuple[Callable[[str], bool] | None, tuple[str, ...]]:
    """Obsidian's `userIgnoreFilters` as one question about a path, None where there are none; warnings.

    `/…/` is a JavaScript regular expression looked for in the path, anything else the beginning of a
    path. One that Python cannot read, or that could run for ages, is left out with a warning.
    """
    prefixes: list[str] = []
    expressions: list[re.Pattern[str]] = []
    warnings: list[str] = []
    for item in filters:
        if len(item) > 2 and item[0] == item[-1] == "/":
            try:
                expressions.append(_javascript(item[1:-1]))
            except PatternError as refusal:
                warnings.append(f"{source}: the excluded-files pattern “{item[:60]}” is left out: {refusal}")
        elif item:
            prefixes.append(item)
    if not prefixes and not expressions:
        return None, tuple(warnings)
    beginnings = tuple(prefixes)

    def excluded(path: str) -> bool:
        return path.startswith(beginnings) or any(each.search(path) for each in expressions)

    return excluded, tuple(warnings)


def _javascript(source: str) -> re.Pattern[str]:
    """The expression in Python's words. Raises `PatternError`."""
    if len(source) > _MAX_LENGTH:
        raise PatternError(f"longer than {_MAX_LENGTH} characters")
    if _may_run_for_ages(source):
        raise PatternError("it could take too long: nested or many repeats")
    translated = re.sub(r"\(\?<(?=\w)", "(?P<", source)
    try:
        return _compiled(translated)
    except (re.error, RecursionError, OverflowError):
        raise PatternError("not a regular expression that Python can read") from None


def _may_run_for_ages(source: str) -> bool:
    """Whether a backtracking engine might take exponential time, or a high power of the length.

    Errs on the side of yes: a group may be repeated only if nothing in it is repeated or a choice.
    """
    tokens = _TOKEN.findall(source)
    open_groups: list[bool] = []  # for each: does it hold a choice, or a repeat of no fixed number?
    closed = False  # the same of the group that ended just before this token
    variable = unbounded = 0
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in ("*", "+", "?") or (token[0] == "{" and len(token) > 2):
            if token == "?" and before[:1] in ("*", "+", "?", "{"):
                continue  # lazy, which changes no cost
            if token != "?" and before == ")" and closed:
                return True
            if token[0] != "{" or "," in token:
                variable += 1
                unbounded += token != "?"
                open_groups = [True] * len(open_groups)
        elif token == "|":
            open_groups = [True] * len(open_groups)
        elif token[0] == "(":
            open_groups.append(False)
        elif token == ")" and open_groups:
            closed = open_groups.pop()
        elif token[0] == "\\" and token[1:].isdigit():
            return True  # a back reference
    return variable > _MAX_VARIABLE or unbounded > _MAX_UNBOUNDED


def matcher(globs: Sequence[str]) -> Callable[[str], bool] | None:
    """Whether a path matches one of the patterns, which read as in `.gitignore`; None without patterns.

    Raises `VaultlintError` for a pattern that cannot be used.
    """
    if not globs:
        return None
    patterns, refused = parse_patterns(globs, "the configuration")
    if refused:
        raise VaultlintError(refused[0])

    return _AnyOf(patterns)


class _AnyOf:
    """The patterns as one question about the path of a file. It can be pickled, and so travel with a rule."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns

    def __call__(self, path: str) -> bool:
        verdict = self.patterns.verdict(path, path[path.rfind("/") + 1 :], folder=False)
        folder = path
        while verdict is None and "/" in folder:
            folder = folder[: folder.rfind("/")]
            verdict = self.patterns.verdict(folder, folder[folder.rfind("/") + 1 :], folder=True)
        return bool(verdict)
