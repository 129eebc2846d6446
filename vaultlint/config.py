"""The configuration as the run uses it: plain values, and which rules they select.

Reading and checking a file is the business of `vaultlint.config_file`, imported only when there is
one: most vaults have none, and pydantic takes longer to import than a small vault takes to check.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.diagnostic import Severity
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.custom import CustomRule
    from vaultlint.rule import Rule
    from vaultlint.schema import NoteSchema

    RuleClasses = Mapping[str, type[Rule]]
    """Rule classes by code, as `vaultlint.registry.load_rules` gives them."""

ENGINE_RULES: Mapping[str, str] = {
    "VL001": "unreadable-file",
    "VL002": "unused-suppression",
    "VL003": "unknown-suppression",
    "VL004": "too-complex-note",
    "VL005": "rule-crash",
}
"""The rules that are the engine's own: names by code. No pack holds them; configurations may name them."""

CONFIG_NAME = "vaultlint.toml"
_PROJECT_FILE = "pyproject.toml"

_OUR_TABLE = re.compile(rb"\[[ \t]{0,99}[\"']?tool[\"']?[ \t]{0,99}(?:\.[ \t]{0,99}[\"']?vaultlint|\])")
_PREFIX = re.compile(r"[A-Z]+[0-9]*")
_WHOLE = 1_000  # how exact a code or a name is: more than any prefix


class RuleSettings(NamedTuple):
    """What a configuration says of one rule. Option names are those of the rule's attributes."""

    severity: Severity | None = None
    options: Mapping[str, Any] = {}


class Topics(NamedTuple):
    """What tells which notes are topic pages; without `include`, `tags` and `properties` all that no preset
    leaves out."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    properties: Mapping[str, Any] = {}
    presets: tuple[str, ...] | None = None
    """None where nobody said: all of them."""


class Hubs(NamedTuple):
    """What tells which notes are hubs, beside the presets."""

    include: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    properties: Mapping[str, Any] = {}
    presets: tuple[str, ...] | None = None
    """None where nobody said: all of them."""


class Config(NamedTuple):
    """The configuration of a run."""

    select: tuple[str, ...] | None = None
    """None where nobody selected: the rules that are on by default."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    rules: Mapping[str, RuleSettings] = {}
    """By the name of the rule."""
    topics: Topics = Topics()
    hubs: Hubs = Hubs()
    timestamps: AnchorForm = DEFAULT_FORM
    """How the vault writes its timestamp anchors."""
    config_folder: str = ".obsidian"
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    """Which rules are silent in the files of which pattern."""
    fixable: tuple[str, ...] | None = None
    """None where nobody said: the fixes of all rules may be applied."""
    unfixable: tuple[str, ...] = ()
    extend_safe_fixes: tuple[str, ...] = ()
    """The rules whose unsafe fixes count as safe ones."""
    extend_unsafe_fixes: tuple[str, ...] = ()
    """The rules whose safe fixes count as unsafe ones."""
    planned: tuple[str, ...] = ()
    """Patterns of targets that are still to be written."""
    publish: str | None = None
    """Where the vault is published: `quartz`, `github` or `publish`."""
    schemas: "tuple[NoteSchema, ...]" = ()
    """What is wanted of the properties of which notes."""
    custom: "tuple[CustomRule, ...]" = ()
    """The rules that it brings along."""
    baseline: str | None = None
    """The path of the baseline; None where nobody named one."""
    sources: tuple[Path, ...] = ()
    """The files that it came from, the one that was asked for last."""

    @property
    def source(self) -> Path | None:
        """The file that it came from, which may extend others."""
        return self.sources[-1] if self.sources else None


# --- where it comes from ----------------------------------------------------------------------


def load_config(root: Path, *, explicit: Path | None, isolated: bool, rule_classes: "RuleClasses") -> Config:
    """The configuration of the vault at `root`: of the file `explicit`, of none if `isolated`, or as found.

    Raises `VaultlintError` for a file that is not there, cannot be read or holds a mistake.
    """
    path = None if isolated else explicit or find_config(root)
    if path is None:
        return Config()
    from vaultlint.config_file import read_config

    return read_config(path, rule_classes)


def known_rules(config: Config, rule_classes: "RuleClasses") -> "RuleClasses":
    """All rules there are: these, and those that the configuration brings along."""
    if not config.custom:
        return rule_classes
    from vaultlint.custom import with_custom

    return with_custom(config, rule_classes)


def find_config(
    root: Path,
    *,
    is_file: Callable[[Path], bool] = Path.is_file,
    read: Callable[[Path], bytes] = Path.read_bytes,
) -> Path | None:
    """`vaultlint.toml` of the root, else the nearest `pyproject.toml` with `[tool.vaultlint]`.

    The search goes up from the root and ends at a folder with `.git`.
    """
    own = root / CONFIG_NAME
    if is_file(own):
        return own
    real = Path(os.path.realpath(root))
    for folder in (real, *real.parents):
        project = folder / _PROJECT_FILE
        if is_file(project) and _configures(project, read):
            return project
        if (folder / ".git").exists():
            break
    return None


def _configures(project: Path, read: Callable[[Path], bytes]) -> bool:
    """Whether a `pyproject.toml` has a table for us; a look at the headers spares most the parsing."""
    try:
        data = read(project)
    except OSError:
        return False  # somebody else's file
    if _OUR_TABLE.search(data) is None:
        return False
    from vaultlint.config_file import read_toml

    return "vaultlint" in read_toml(project, data).get("tool", {})


def overridden(
    config: Config,
    rule_classes: "RuleClasses",
    *,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    exclude: Sequence[str] = (),
    fail_on: Severity | None = None,
) -> Config:
    """The configuration with the command line on top: `select` replaces, the other lists add.

    Raises `VaultlintError` for a selector that names no rule.
    """
    for option, selectors in (("--select", select), ("--extend-select", extend_select), ("--ignore", ignore)):
        for selector in selectors or ():
            complaint = unknown_selector(selector, rule_classes)
            if complaint:
                raise VaultlintError(f"{option}: {complaint}")
    return config._replace(
        select=config.select if select is None else tuple(select),
        extend_select=(*config.extend_select, *extend_select),
        ignore=(*config.ignore, *ignore),
        exclude=(*config.exclude, *exclude),
        fail_on=fail_on or config.fail_on,
    )


# --- which rules it selects -------------------------------------------------------------------


def selected(config: Config, rule_classes: "RuleClasses") -> list["Rule"]:
    """The rules that run, in the order of `rule_classes`, each with its options and severity."""
    rules = []
    for code, rule in rule_classes.items():
        published = rule.published.get(config.publish or "")
        if runs(config, code, rule.name, on=rule.on or published is not None):
            settings = config.rules.get(rule.name, RuleSettings())
            rules.append(rule(settings.severity or published, **settings.options))
    return rules


def runs(config: Config, code: str, name: str, *, on: bool = True) -> bool:
    """Whether a rule runs. `on`: it does so by default.

    Among the selectors that match, the most exact decides (`VL201` over `VL2` over `ALL`), and of
    two alike, `ignore`. A rule that is off by default runs also when it has its own table.
    """
    wanted = _exactness((*(config.select or ()), *config.extend_select), code, name)
    if config.select is None and (on or name in config.rules):
        wanted = max(wanted, 0)
    return wanted > _exactness(config.ignore, code, name)


def is_named(config: Config, code: str, name: str) -> bool:
    """Whether a rule was selected by its own code or name, not by a prefix or by default."""
    return _exactness((*(config.select or ()), *config.extend_select), code, name) == _WHOLE


def may_fix(config: Config, code: str, name: str) -> bool:
    """Whether fixes of a rule may be applied: `fixable` against `unfixable`, the more exact decides."""
    wanted = ("ALL",) if config.fixable is None else config.fixable
    return _exactness(wanted, code, name) > _exactness(config.unfixable, code, name)


def trusted_more(config: Config, code: str, name: str) -> bool | None:
    """Whether unsafe fixes of a rule count as safe; False: its safe ones as unsafe; None: neither."""
    safe = _exactness(config.extend_safe_fixes, code, name)
    unsafe = _exactness(config.extend_unsafe_fixes, code, name)
    return None if safe == unsafe == -1 else safe > unsafe


def covers(selector: str, code: str, name: str) -> bool:
    """Whether a code, a prefix, a name or `ALL` is about the rule of that code and name."""
    return _exactness((selector,), code, name) >= 0


def _exactness(selectors: Iterable[str], code: str, name: str) -> int:
    """How exactly the best of the selectors names a rule; -1 where none does, 0 for `ALL`."""
    best = -1
    for selector in selectors:
        if selector in (code, name):
            return _WHOLE
        if selector == "ALL":
            best = max(best, 0)
        elif _PREFIX.fullmatch(selector) and code.startswith(selector):
            best = max(best, len(selector))
    return best


def unknown_selector(selector: str, rule_classes: "RuleClasses") -> str | None:
    """What is wrong with a selector that matches no rule, with the nearest right name; None if it does."""
    names = rule_names(rule_classes)
    if any(covers(selector, code, name) for code, name in names.items()):
        return None
    return f"no rule is called “{selector}”{nearest(selector, (*names.values(), *names))}"


def rule_names(rule_classes: "RuleClasses") -> dict[str, str]:
    """Names by code, those of the engine's own rules too."""
    return {**ENGINE_RULES, **{code: rule.name for code, rule in rule_classes.items()}}


def nearest(wrong: str, right: Iterable[str]) -> str:
    """`; did you mean “…”?`, or nothing when no name is near."""
    from difflib import get_close_matches

    by_folded = {name.lower(): name for name in right}
    matches = get_close_matches(wrong.lower().replace("_", "-"), by_folded, n=1)
    return f"; did you mean “{by_folded[matches[0]]}”?" if matches else ""
