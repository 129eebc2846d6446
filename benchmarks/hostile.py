"""`python -m benchmarks.hostile`: texts that make careless parsers slow, each through parser and rules.

Ends with status 1 when one takes two seconds or more.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from vaultlint.assembly import open_linter
from vaultlint.config import load_config, overridden
from vaultlint.lazy import lazy
from vaultlint.note import Note
from vaultlint.parse import outline_of, parse_note
from vaultlint.registry import load_rules

LIMIT = 2.0
"""Seconds of CPU time for parser and rules that a text of `SIZE` characters must stay below."""
SIZE = 1_000_000
GIVE_UP = 60
"""Seconds of wall time after which a text is given up."""

# A text is its beginning, what is repeated until it is long enough, and its end.
_REPEATED: dict[str, tuple[str, str, str]] = {
    "[[": ("", "[[", ""),
    "[[ and one ]]": ("", "[[", "]]"),
    "[": ("", "[", ""),
    "]": ("", "]", ""),
    "[ then ]": ("", "[" * (SIZE // 2), "]" * (SIZE // 2)),
    "![[": ("", "![[", ""),
    "[[a": ("", "[[a", ""),
    "[[a|": ("", "[[a|", ""),
    "[[a|b": ("", "[[a|b ", "]]"),
    "[[a| [b]": ("", "[[a | [b]", ""),
    "[[a#": ("", "[[a#", ""),
    "[[a#^": ("[[", "a#^", "]]"),
    "[[ lines": ("", "[[a\n", ""),
    "]] lines": ("", "a]]\n", ""),
    "[[\\|": ("[[", "\\|", ""),
    "[[]]": ("", "[[]]", ""),
    "[[a]]": ("", "[[a]] ", ""),
    "[[blanks": ("[[", " ", "]]"),
    "[[ a and blanks b ]]": ("[[ a", " ", "b ]]"),
    "[[ a and blanks | ]]": ("[[ a", " ", "b| ]]"),
    "[[ a | and blanks b ]]": ("[[ a | b", " ", "c ]]"),
    "[[a and blanks over lines": ("[[a", " ", "b\nc]]"),
    "[[note | a and blanks b ]]": ("[[note | a", " ", "b ]]"),
    "[[note, blanks, |]]": ("[[note", " ", "|]]"),
    "[[note | a, blanks, b|]]": ("[[note | a", " ", "b|]]"),
    "[[note, blanks over lines": ("[[note|a", " ", "b\nc]]"),
    "[[note, blanks, |]] and x": ("[[note|", " ", "]] x"),
    "[[|": ("[[", "|", "]]"),
    "[[ ] ]": ("[[", "] ", ""),
    "[[ [ ]": ("[[", "[ ] ", ""),
    "array": ("", "[[1, 2], ", ""),
    "](": ("", "](", ""),
    "[](": ("", "[](", ""),
    "[a](": ("", "[a](", ""),
    "[a](b lines": ("", "[a](b\n", ""),
    "[a](<": ("", "[a](<", ""),
    "[a]( blanks": ("[a](", " ", ")"),
    "[a]( blanks, open": ("[a](", " ", "x"),
    "[a](b and blanks c)": ("[a](b", " ", "c.md)"),
    "[a](b and blanks, open": ("[a](b", " ", "c"),
    "[a](( nested": ("[a](", "(", ""),
    "[a](b c": ("", "[a](b c ", ""),
    '[a](b "': ("", '[a](b "', ""),
    "[a](%20": ("[a](", "%20", ")"),
    "[a](\\": ("[a](", "\\(", ""),
    "[a][": ("", "[a][", ""),
    "[a]: ": ("", "[a]: b\n", ""),
    '[a]: b "': ("", '[a]: b "\n', ""),
    "[a]: one long title": ('[a]: b "', "a\n", ""),
    "[label": ("[", "a\\", ""),
    "* one run": ("", "*", ""),
    "*a": ("", "*a ", ""),
    "*a **a": ("", "*a **a ", ""),
    "nested emphasis": ("*a **a " * 60_000, "b", " a** a*" * 60_000),
    "_": ("", "_a_ ", ""),
    "~~": ("", "~~", ""),
    "==": ("", "==a", ""),
    "heading of blanks": ("# a", " ", "x"),
    "heading of tabs": ("# a", "\t", "x"),
    "heading of # and blanks": ("# a", " #", " x"),
    "heading of #": ("# ", "#", "x"),
    "#": ("", "#", ""),
    "# lines": ("", "#\n", ""),
    "#tag": ("", "#a", ""),
    "#tag/": ("#", "a/", ""),
    "#1": ("", "#1 ", ""),
    "headings": ("", "# a\n", ""),
    "setext": ("", "a\n=\n", ""),
    "setext of a long paragraph": ("", "a\n", "==="),
    "=": ("a\n", "=", "x"),
    "- in a row": ("a\n", "-", "x"),
    "- - -": ("", "- ", "x"),
    "* * * x": ("", "* ", "x"),
    "nested quotes": ("", ">", " a"),
    "nested quotes with blanks": ("", "> ", "a"),
    "quote lines": ("", "> a\n", ""),
    "quotes ever deeper": ("".join(">" * n + " a\n" for n in range(1, 1_400)), "", ""),
    "callouts": ("", "> [!note] a\n> b\n\n", ""),
    "nested list": ("".join("\t" * n + "- a\n" for n in range(1, 1_400)), "", ""),
    "nested list, blanks": ("".join("  " * n + "- a\n" for n in range(1, 900)), "", ""),
    "list in one line": ("", "- ", "a"),
    "numbered list in one line": ("", "1. ", "a"),
    "list": ("", "- a\n", ""),
    "list of tabs": ("", "- a\n\t- b\n\t\t- c\n", ""),
    "list of code": ("", "- a\n\n\t\tb\n\n", ""),
    "list of blank lines": ("- a\n", "\n", "b"),
    "list of lazy lines": ("- a\n", "b\n", ""),
    "tasks": ("", "- [ ] a\n", ""),
    "quoted list": ("", "> - > - ", "a"),
    "` one run": ("", "`", ""),
    "`a": ("", "`a", ""),
    "growing backticks": ("".join("`" * n + "a" for n in range(1, 1_400)), "", ""),
    "shrinking backticks": ("".join("`" * n + "a" for n in range(1_400, 0, -1)), "", ""),
    "``` open": ("", "```\na\n", "```"),
    "``` quoted": ("", "> ```\n\n", ""),
    "``` of many marks": ("```\n", "`" * 9 + " a\n", ""),
    "fences in lists": ("", "- ```\n", ""),
    "~~~": ("", "~~~ a\n", ""),
    "$": ("", "$", ""),
    "$a": ("", "$a ", ""),
    "$ a$": ("", "$a\\", ""),
    "$$": ("", "$$a\n", ""),
    "$ lines": ("", "$a\n", ""),
    "$1": ("", "$1 ", ""),
    "%%": ("", "%%", ""),
    "%% odd": ("", "%%a ", "%%"),
    "%% lines": ("", "%%\n", ""),
    "%": ("", "% ", ""),
    "<": ("", "<", ""),
    "<a": ("", "<a ", ""),
    "<a b=": ("<a ", 'b="c" ', ""),
    '<a "': ("", '<a b="', ""),
    "<a href=<": ("", "<a\n", ""),
    "</a": ("", "</a", ""),
    "<!--": ("", "<!--", ""),
    "<!-- lines": ("", "<!--\n\n", ""),
    "<!-- quoted": ("", "> <!--\n\n", ""),
    "<!-- -": ("<!--", "-", ""),
    "<?": ("", "<?", ""),
    "<![CDATA[": ("", "<![CDATA[", ""),
    "<!A": ("", "<!A", ""),
    "<script>": ("", "<script>\n", ""),
    "<div> lines": ("", "<div>\n\n", ""),
    "<http:": ("", "<http:", ""),
    "<https://a": ("", "<https://a ", ""),
    "suppressions, on lines": ("", "%% vaultlint-disable-next-line VL201 %%\n", ""),
    "suppressions, on one line": ("", "%% vaultlint-disable-next-line VL201 %%", ""),
    "suppressions of links": ("", "%% vaultlint-disable VL201 %%\n[[x]]\n", ""),
    "suppressions, nested": ("", "%% vaultlint-disable VL201 %%", "[[x]]"),
    "suppressions, ended": ("", "%% vaultlint-disable x %% %% vaultlint-enable %%", ""),
    "suppressions that end nothing": ("", "%% vaultlint-enable x %%", ""),
    "suppression of many names": ("%% vaultlint-disable ", "x y z ", "%%"),
    "suppression of many rules": ("%% vaultlint-disable ", "VL201 VL202 ", "%% [[x]]"),
    "suppression of a long name": ("%% vaultlint-disable ", "x", "%%"),
    "suppressions in HTML": ("", "<!-- vaultlint-disable VL201 -->", "[[x]]"),
    "suppression never closed": ("", "%% vaultlint-disable ", ""),
    "anchor opened": ("", '<a class="yt-timestamp" data-t="', ""),
    "anchor never closed": ("", '<a class="yt-timestamp" data-t="00:00:01">[00:00:01]', ""),
    "anchor, good": ("", '<a class="yt-timestamp" data-t="00:00:01">[00:00:01]</a>', ""),
    "anchor, bad": ("", '<a class="yt-timestamp" data-t="0:1">[00:00:01]</a>', ""),
    "anchor of a long time": ('<a class="yt-timestamp" data-t="', "0:", '">[0]</a>'),
    "anchor of a long label": ('<a class="yt-timestamp" data-t="00:00:01">', "[", "</a>"),
    "00:": ("", "00:", ""),
    "[00:00:01]": ("", "[00:00:01] ", ""),
    "^": ("", "^", ""),
    "^a": ("", " ^a", ""),
    "^a lines": ("", "a ^a\n", ""),
    "^ and blanks": ("a ^b", " ", "x"),
    "^long": ("a ^", "a", ""),
    "|": ("", "|", ""),
    "| lines": ("", "|\n", ""),
    "|-|": ("a|b\n", "-|", "x"),
    "| cells": ("", "| a ", "|"),
    "table": ("| a | b |\n| - | - |\n", "| c | d |\n", ""),
    "tables": ("", "|a|b|\n|-|-|\n\n", ""),
    "table delimiters": ("", "|-|-|\n", ""),
    "table padded with blanks": ("| a | b |\n| --- | --- |\n| c |", " ", "|\n"),
    "table with 386,000 blanks in a row": ("| a | b |\n| - | - |\n| c |" + " " * 386_000 + "|\n", "a ", ""),
    "table of links": ("| a |\n| - |\n", "| [[b|c]] |\n", ""),
    ":-": ("a\n", ":-", "|"),
    "blanks": ("", " ", ""),
    "blanks, then a word": ("a", " ", "b"),
    "blank lines": ("", " \n", "a"),
    "tabs": ("", "\t", "a"),
    "line ends": ("", "\n", ""),
    "CR": ("", "\r", ""),
    "CRLF": ("", "a\r\n", ""),
    "one endless line": ("", "a", ""),
    "one endless line of words": ("", "word ", ""),
    "words on lines": ("", "word\n", ""),
    "\\": ("", "\\", ""),
    "\\[": ("", "\\[", ""),
    "!": ("", "![", ""),
    "&": ("", "&amp;", ""),
    "NUL": ("", "\0", ""),
    "NUL and [[": ("", "\0[[", ""),
    "U+2028": ("", "\u2028", ""),
    "no-break spaces": ("[[", "\u00a0", "]]"),
    "combining": ("[[a", "\u0301", "]]"),
    "emoji": ("", "\U0001f600", ""),
    "footnotes": ("", "[^1]: a\n", ""),
    "^[": ("", "^[", ""),
    "From:": ("", "From: [[\n", ""),
    "front matter never closed": ("---\n", "a: b\n", ""),
    "front matter of line ends": ("---\n", "\n", "---\n"),
    "front matter of --- and blanks": ("---", " ", "x"),
    "front matter of ---": ("", "---\n", ""),
    "front matter, keys": ("---\n" + "".join(f"k{n}: v\n" for n in range(100_000)), "", "---\n"),
    "front matter, one key": ("---\n", "a: b\n", "---\n"),
    "front matter, list": ("---\na:\n", "  - b\n", "---\n"),
    "front matter, links": ("---\na:\n", '  - "[[b]]"\n', "---\n"),
    "front matter, bare links": ("---\n", "a: [[b]]\n", "---\n"),
    "front matter, flow": ("---\na: ", "[", "\n---\n"),
    "front matter, flow mappings": ("---\na: ", "{a: ", "\n---\n"),
    "front matter, flow of words": ("---\na: [", "b, ", "c]\n---\n"),
    "front matter, long value": ("---\na: ", "b ", "\n---\n"),
    "front matter, long value of colons": ("---\na: ", "b: ", "\n---\n"),
    "front matter, blanks in a value": ("---\na: b", " ", "c\n---\n"),
    "front matter, blanks and no colon": ("---\na: [\nb", " ", "c\n---\n"),
    "front matter, a colon after blanks": ("---\na: b: c\nb", " ", "c: d\n---\n"),
    "front matter, escaped quotes": ('---\na: "', '\\"', "\n---\n"),
    "front matter, escaped quotes and a colon": ("---\na: b: ", '"\\', "\n---\n"),
    "front matter, quotes": ("---\na: '", "''", "\n---\n"),
    "front matter, double quotes": ('---\na: "', "\\", "\n---\n"),
    "front matter, comments": ("---\n", "# a\n", "---\n"),
    "front matter, deeper": ("---\n" + "".join(" " * n + "a:\n" for n in range(1_300)), "", "---\n"),
    "front matter, anchors": ("---\n", "a: &b [*b, *b]\n", "---\n"),
    "front matter, digits": ("---\na: ", "1", "\n---\n"),
    "front matter, underscored digits": ("---\na: ", "1_", "x\n---\n"),
    "front matter, times": ("---\na: 1", ":00", "x\n---\n"),
    "front matter, block text": ("---\na: |\n", "  b\n", "---\n"),
    "front matter, tags": ("---\ntags: [", "a b, ", "c]\n---\n"),
    "front matter, tabs": ("---\n", "\ta: b\n", "---\n"),
    "front matter after blanks": ("", "\n", "---\na: b\n---\n"),
    "front matter, twice": ("---\na: b\n---\n", "---\na: b\n---\n", ""),
}


def text_of(name: str, size: int = SIZE) -> str:
    """The hostile text of that name, of about that many characters."""
    begin, repeated, end = _REPEATED[name]
    times = max(0, size - len(begin) - len(end)) // len(repeated) if repeated else 0
    return begin + repeated * times + end


def ask_everything(note: Note) -> None:
    """Ask a note all that it can be asked."""
    outline_of(note)
    for kind in type(note).__mro__:
        for name, value in vars(kind).items():
            if isinstance(value, (lazy, property)):
                getattr(note, name)


def seconds_of(text: str) -> tuple[float, float]:
    """CPU seconds that the parser takes for all that a note can be asked, and all rules on a vault of it."""
    begun = time.process_time()
    ask_everything(parse_note("note.md", text))
    parsed = time.process_time() - begun
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / ".obsidian").mkdir()
        (root / "note.md").write_bytes(text.encode())
        classes = load_rules()
        config = load_config(root, explicit=None, isolated=True, rule_classes=classes)
        config = overridden(config, classes, select=["ALL"])
        begun = time.process_time()
        linter = open_linter(root, config, classes)
        linter.read()
        report = linter.report()
    if not report.complete:
        raise RuntimeError("a rule failed")
    return parsed, time.process_time() - begun


def main(arguments: Sequence[str]) -> int:
    """Time each text in a process of its own; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the texts; default: all")
    parser.add_argument("--size", type=int, default=SIZE, help=f"characters, default {SIZE:,}")
    options = parser.parse_args(arguments)
    slow = [name for name in options.names or _REPEATED if not _is_fast(name, options.size)]
    print(f"{len(slow)} of the texts took {LIMIT} seconds or more", *slow, sep="\n  ")
    return 1 if slow else 0


def _is_fast(name: str, size: int) -> bool:
    """Print what the text takes; whether that is below the limit."""
    spent = _apart(lambda: seconds_of(text_of(name, size)))
    if spent is None:
        print(f"  > {GIVE_UP} s                        {name!r}", flush=True)
        return False
    parsed, checked = spent
    mark = "SLOW" if max(parsed, checked) >= LIMIT else "    "
    print(f"{mark} {parsed:7.3f} s parsed {checked:7.3f} s checked  {name!r}", flush=True)
    return max(parsed, checked) < LIMIT


def _apart(work: Callable[[], tuple[float, float]]) -> tuple[float, float] | None:
    """What the work gives in a process of its own, that can be ended; None where it takes too long.

    Raises RuntimeError where the work fails.
    """
    context = multiprocessing.get_context("fork")  # hands over the work as it is
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(work()))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(GIVE_UP) else None
    except EOFError:
        raise RuntimeError("the parser or a rule failed on this text") from None
    finally:
        process.kill()
        process.join()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
