"""The documents that are made of the rules: `docs/rules.md` and `docs/config.schema.json`.

`python -m tests.documents` writes them.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from vaultlint.commands.rules import every_rule, fixes_of, sentence
from vaultlint.config_schema import config_schema
from vaultlint.options import documented, in_words, options_of
from vaultlint.page import page_of
from vaultlint.registry import load_rules
from vaultlint.rule import Rule

ROOT = Path(__file__).parent.parent
RULES_PAGE = ROOT / "docs" / "rules.md"
SCHEMA = ROOT / "docs" / "config.schema.json"

_GROUPS = {
    "VL0": "The run itself",
    "VL1": "Properties",
    "VL2": "Links",
    "VL3": "Timestamp anchors and media links",
    "VL4": "The graph",
    "VL5": "Files and text",
}
_INTRODUCTION = """\
# Rules

Made from the rules and their pages by `python -m tests.documents`; each page has examples, which are the
rule's tests. `vaultlint explain NAME` prints a page, `vaultlint rules` this list.

A fix is *safe* when what the reader sees and means stays, *unsafe* when it is a guess. Rules that are off run
when they are selected or have a table in the configuration.
"""


def rules_page() -> str:
    """The text of `docs/rules.md`."""
    rules = every_rule()
    parts = [_INTRODUCTION]
    for prefix, title in _GROUPS.items():
        group = [rule for rule in rules if rule.code.startswith(prefix)]
        head = "| code | name | severity | finds | fix |\n" + "| --- " * 5 + "|\n"
        parts.append(f"## {title}\n\n{head}" + "".join(map(_row, group)))
        parts += map(_section, group)
    return "\n".join(parts)


def _row(rule: type[Rule]) -> str:
    severity = f"{rule.severity}{'' if rule.on else ', off'}"
    fixes = ", ".join(fixes_of(rule)) or "–"
    return f"| {rule.code} | [{rule.name}](#{rule.name}) | {severity} | {sentence(rule)} | {fixes} |\n"


def _section(rule: type[Rule]) -> str:
    options = "".join(_option_lines(rule))
    listed = f"\nOptions:\n\n{options}" if options else ""
    return f"### {rule.name}\n\n{page_of(rule).intro}{listed}\n[Examples]({_page_path(rule)})\n"


def _option_lines(rule: type[Rule]) -> Iterator[str]:
    docs = documented(rule)
    for name, hint in options_of(rule).items():
        default = getattr(rule, name)
        said = "" if default is None else f", default `{default!r}`".replace("'", '"')
        yield f"- `{name.replace('_', '-')}` ({in_words(hint)}{said}): {docs.get(name, '')}\n"


def _page_path(rule: type[Rule]) -> str:
    folder = "vaultlint/own_rules" if rule.__module__.startswith("vaultlint.") else "rules/vaultlint_rules"
    return os.path.relpath(ROOT / folder / f"{rule.name.replace('-', '_')}.md", RULES_PAGE.parent).replace(
        os.sep, "/"
    )


if __name__ == "__main__":
    RULES_PAGE.write_text(rules_page(), "utf-8", newline="\n")
    SCHEMA.write_text(config_schema(load_rules()), "utf-8", newline="\n")
