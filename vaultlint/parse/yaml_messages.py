"""What is wrong with front matter, in plain words: for people who do not know YAML's grammar."""

import re
from typing import TYPE_CHECKING

from vaultlint.note import Trouble

if TYPE_CHECKING:
    from yaml.error import MarkedYAMLError

_LINE_BREAK = re.compile(r"[\r\n]|\Z")
_ENTRY = re.compile(
    r"(?P<lead>[ \t]*+(?:- +)*+)"
    r"(?P<key>[^\s:#](?:[^:\s]|[ \t]++(?!:))*+)[ \t]*+:(?=[ \t\r\n]|\Z)[ \t]*+(?P<value>[^\r\n]*)"
)
# Bounded, because it is looked for from every quote on.
_QUOTED = re.compile(r"\"(?:[^\"\\\r\n]|\\.){0,200}+\"|'(?:[^'\r\n]|''){0,200}+'")
_WHOLLY_QUOTED = re.compile(r"\"(?:[^\"\\\r\n]|\\.)*+\"|'(?:[^'\r\n]|'')*+'")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_FLOW_COMMENT = re.compile(r"(?:^|[ \t]|(?<=[\[{,]))#.*")
_BEGINNINGS = {
    "@": "which YAML reserves",
    "`": "which YAML reserves",
    "%": "which YAML reads as a directive",
    "*": "which YAML reads as a reference to something named",
    "&": "which YAML reads as a name for the value",
    "!": "which YAML reads as a type",
    "|": "which YAML reads as the start of a text block",
    ">": "which YAML reads as the start of a text block",
    ",": "which YAML reads as the mark between list items",
    "]": "which YAML reads as the end of a list",
    "}": "which YAML reads as the end of a “{”",
    "?": "which YAML reads as the start of a key",
    "- ": "which YAML reads as the first item of a list",
}
_EMPTY_ITEM = re.compile(r"[,\[{]\s*,")
_DOCUMENT_END = re.compile(r"^\.\.\.\s", re.MULTILINE)
_FULL_WIDTH = "\uff1a"
_MERGE = re.compile(r"^<{7}(?=[ \t\r\n])[^\r\n]*", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:[xuU][0-9a-fA-F]*|.?)")


DEPTH = 64
"""Levels of nesting that are read; deeper blocks are refused."""


class FrontMatterError(Exception):
    """Why a block cannot be read on. The span counts in the block."""

    def __init__(self, trouble: Trouble, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.start = start
        self.end = end


def explain(block: str, error: "MarkedYAMLError") -> FrontMatterError:
    """What is wrong at the library's `error`, said for people who do not know YAML's grammar."""
    at = min(error.problem_mark.index, len(block)) if error.problem_mark else 0
    begun = min(error.context_mark.index, len(block)) if error.context_mark else at
    if "maximum nesting depth" in (error.problem or ""):  # the library's own guard, since PyYAML 6.0.4
        return too_deep(at)
    message, start, end = (
        _explain_merge(block, at)
        or _explain_value(block, begun, at)
        or _explain_scanner(block, begun, at, error.problem or "")
        or _explain_line(block, begun, at)
        or (f"YAML cannot be read here ({error.problem})", at, end_of_line(block, at))
    )
    return FrontMatterError(Trouble.SYNTAX, message, start, max(end, start))


def too_deep(at: int) -> FrontMatterError:
    """Nobody nests so deep on purpose; it is refused where it gets too much."""
    message = f"the front matter is nested more than {DEPTH} levels deep"
    return FrontMatterError(Trouble.REFUSED, message, at, at + 1)


_Finding = tuple[str, int, int] | None


def _explain_merge(block: str, at: int) -> _Finding:
    """The mark of a merge that nobody finished, which stands before or where the trouble was seen."""
    mark = _MERGE.search(block, 0, end_of_line(block, at))
    if mark is None:
        return None
    return f"a merge left “{short(mark[0])}” here, which is no property", *mark.span()


def _explain_value(block: str, begun: int, at: int) -> _Finding:
    """What is wrong with a value on the lines between the place where the trouble began and was seen."""
    # What is seen at the end of the block began before it.
    position = start_of_line(block, min(begun, len(block.rstrip())))
    if block.lstrip().startswith("{"):
        return None
    while position <= at:
        line_end = end_of_line(block, position)
        entry = _ENTRY.match(block, position, line_end)
        if entry and (finding := _judge_value(entry, at)):
            return finding
        position = line_end + (2 if block.startswith("\r\n", line_end) else 1)
    return None


def _judge_value(entry: re.Match[str], at: int) -> _Finding:
    key, start = short(entry["key"].strip("\"'")), entry.start("value")
    value = _COMMENT.sub("", entry["value"]).rstrip()
    end = start + len(value)
    if not value:
        return None
    what = f"the value of “{key}”"
    if value[0] in "\"'":
        return _judge_quoted(value, what, start, at)
    if value.startswith(("[[", "{{")) and not (value.endswith(value[0].translate(_CLOSERS) * 2) and at > end):
        return f"{what} begins with “{value[:2]}” and has to stand in quotes", start, end
    if value[0] in "[{":
        return _judge_flow(entry["value"], what, start, at)
    for beginning, reason in _BEGINNINGS.items():
        if f"{value} ".startswith(beginning) and start <= at <= entry.end():
            return f"{what} begins with “{beginning.strip()}”, {reason}", start, end
    if ": " in value or value.endswith(":"):
        shown = ": " if ": " in value else ":"
        return f"{what} holds “{shown}”, which YAML reads as a second key", start, end
    return None


_CLOSERS = {ord("["): "]", ord("{"): "}"}


def _judge_quoted(value: str, what: str, start: int, at: int) -> _Finding:
    quoted = _WHOLLY_QUOTED.match(value)
    end = start + len(value)
    if quoted is None and at < start:
        return None
    if quoted is None and value[0] == '"' and value.endswith('\\"'):
        return f"the “\\” before the last quote of {what} makes it a part of the text", end - 2, end
    if quoted is None:
        return f"{what} begins with a quote that is not closed", start, end
    rest = value[quoted.end() :]
    if rest.strip():
        return f"text follows the closing quote in {what}", end - len(rest.lstrip()), end
    return None


def _judge_flow(value: str, what: str, start: int, at: int) -> _Finding:
    opener, closer = value[0], value[0].translate(_CLOSERS)
    bare = _QUOTED.sub(lambda match: "x" * len(match[0]), value)
    code = _FLOW_COMMENT.sub("", bare).rstrip()
    if (comma := _EMPTY_ITEM.search(code)) and start <= at <= start + len(value):
        return f"{what} holds a comma with nothing before it", start + comma.end() - 1, start + comma.end()
    if code.count(opener) < code.count(closer) and start <= at <= start + len(value):
        end = start + code.rindex(closer)
        return f"{what} has a “{closer}” too many", end, end + 1
    if code.count(opener) <= code.count(closer):
        if code.endswith(closer) or not start <= at <= start + len(value):
            return None
        return f"text follows the “{closer}” in {what}", start + code.rindex(closer) + 1, start + len(code)
    if bare.count(opener) == bare.count(closer):
        begin = start + len(code)
        return (
            f"“#” begins a comment here, so the “{opener}” of {what} is not closed",
            begin,
            start + len(value),
        )
    return f"{what} begins with “{opener}” and has no “{closer}”", start, start + len(code)


def _explain_scanner(block: str, begun: int, at: int, problem: str) -> _Finding:
    """What the library's own words say clearly enough."""
    char = block[at : at + 1]
    line_end = end_of_line(block, at)
    if char == "\t" or "tab character" in problem:
        return "a tab indents this line; YAML allows only blanks", at, at + 1
    if ("escape" in problem or "hexdecimal" in problem) and (
        escape := _ESCAPE.search(block, max(begun, block.rfind("\\", 0, at + 1)), line_end)
    ):
        message = (
            f"“{escape[0]}” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash"
        )
        return message, escape.start(), escape.end()
    if "quoted scalar" in problem or "end of stream" in problem or "document indicator" in problem:
        return "the quote here is not closed", begun, end_of_line(block, begun)
    if "document start" in problem and _DOCUMENT_END.search(block, 0, at):
        return "text follows “...”, which ends a YAML document", at, line_end
    if "',' or" in problem:
        closer = problem[-2]
        if rest := block[at:line_end].strip():
            return f"a comma or “{closer}” is missing before “{short(rest)}”", at, at + len(rest)
        return f"the “{block[begun : begun + 1]}” here has no “{closer}”", begun, end_of_line(block, begun)
    if char and char in "@`%":
        return f"“{char}” may not begin a text without quotes", at, line_end
    return None


def _explain_line(block: str, begun: int, at: int) -> _Finding:
    """What is wrong with a line itself: no name, no blank behind the colon, bad indentation."""
    here = start_of_line(block, at)
    before = here
    while before > 0 and (before == here or not block[before : end_of_line(block, before)].strip()):
        before = start_of_line(block, before - 1)
    for position in (start_of_line(block, begun), before):
        line = block[position : end_of_line(block, position)]
        text = line.strip()
        below = block[here : end_of_line(block, here)]
        shallow = not below.strip() or _indent(line) <= _indent(below)
        if text and shallow and not _ENTRY.match(line) and not text.startswith(("- ", "#")) and text != "-":
            return _explain_stray(block, text, position + _indent(line))
    return _explain_indent(block, before, here)


def _explain_stray(block: str, text: str, start: int) -> _Finding:
    end = start + len(text)
    if text[0] == "-" and text.strip("-"):
        return f"“{short(text)}” lacks a blank behind the “-”", start, end
    name, colon, rest = text.partition(":")
    if rest[:1].isspace() and rest[0] not in " \t":
        at = start + len(name) + 1
        return f"behind the “:” of “{short(name)}” stands no blank, but U+{ord(rest[0]):04X}", at, at + 1
    if colon and rest and not name.count(" "):
        return f"“{short(text)}” lacks a blank behind the “:”", start, end
    if not colon and _FULL_WIDTH in text:
        return f"“{short(text)}” is no property: “{_FULL_WIDTH}” is no “:”", start, end
    message = f"“{short(text)}” is no property: it has no “:” behind a name{_stray_hint(block, text, start)}"
    return message, start, end


def _stray_hint(block: str, text: str, start: int) -> str:
    """What the line above a line of mere text suggests that it was to be: prose below a blank line is the
    note itself, and what stands below a name without a value is that."""
    above = block[: start_of_line(block, start)].removesuffix("\n").removesuffix("\r")
    line = above[start_of_line(above, len(above)) :]
    if above and not line.strip() and " " in text:
        return "; where the text of the note begins, “---” must stand above it"
    entry = _ENTRY.match(line)
    if entry and not _COMMENT.sub("", entry["value"]).strip():
        return f"; to be the value of “{short(entry['key'])}” it must be indented"
    return ""


def _explain_indent(block: str, before: int, here: int) -> _Finding:
    line = block[here : end_of_line(block, here)]
    text = line.strip()
    start = here + _indent(line)
    end = start + len(text)
    entry, above = _ENTRY.match(line), _ENTRY.match(block, before, end_of_line(block, before))
    if text.startswith("- ") or text == "-":
        if above and above["value"]:
            key = short(above["key"])
            return f"“{key}” has a value already, so no list can follow it", start, end
        if text.startswith("- [[") and not text.endswith("]]"):
            at = end - len(text[2:].lstrip())
            return "this list item begins with “[[” and has to stand in quotes", at, end
        item = f"the list item “{short(text[2:])}”" if text[2:] else "an empty list item"
        return f"{item} is not indented like the others around it", start, end
    if entry is None:
        if text and above and above["value"][:1] in ('"', "'"):
            return f"text follows the closing quote in the value of “{short(above['key'])}”", start, end
        return None
    name = short(entry["key"])
    if name[0] in "%@`*&!":
        return f"the name “{name}” begins with “{name[0]}”, {_BEGINNINGS[name[0]]}", start, end
    if above and before != here and above["value"] and len(above["lead"]) < len(entry["lead"]):
        part = f"so YAML reads it as part of “{short(above['key'])}”"
        return f"“{name}” is indented deeper than the line above, {part}", start, end
    return f"“{name}” is not indented like the names around it", start, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def start_of_line(block: str, at: int) -> int:
    """Where the line that holds `at` begins."""
    return max(block.rfind("\n", 0, at), block.rfind("\r", 0, at)) + 1


def end_of_line(block: str, at: int) -> int:
    """Where the line that holds `at` ends, before its line end."""
    match = _LINE_BREAK.search(block, at)
    return match.start() if match else len(block)


def short(text: str) -> str:
    """A note's own words, cut where they would fill the message."""
    text = text.strip()
    return text if len(text) <= 40 else text[:39].rstrip() + "…"
