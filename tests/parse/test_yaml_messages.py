"""What a broken block is told, and where the message points."""

import pytest

from vaultlint.note import Trouble
from vaultlint.parse.front_matter import read_front_matter


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("title: a: b", "a: b", "the value of “title” holds “: ”, which YAML reads as a second key"),
        ("title: @me", "@me", "the value of “title” begins with “@”, which YAML reserves"),
        ("title: `x`", "`x`", "the value of “title” begins with “`”, which YAML reserves"),
        ("title: %x", "%x", "the value of “title” begins with “%”, which YAML reads as a directive"),
        ("up: [[A]], [[B]]", "[[A]], [[B]]", "the value of “up” begins with “[[” and has to stand in quotes"),
        (
            "up: [[A]] and more",
            "[[A]] and more",
            "the value of “up” begins with “[[” and has to stand in quotes",
        ),
        ('title: "abc\nfoo: bar', '"abc', "the value of “title” begins with a quote that is not closed"),
        (
            'title: "abc\\"\nfoo: bar',
            '\\"',
            "the “\\” before the last quote of the value of “title” makes it a part of the text",
        ),
        ('title: "\nfoo: bar', '"', "the value of “title” begins with a quote that is not closed"),
        ('title: "abc"\n  def\nfoo: bar', "def", "text follows the closing quote in the value of “title”"),
        ("up: [A]]\nfoo: bar", "]", "the value of “up” has a “]” too many"),
        ("map: {a: 1}}", "}", "the value of “map” has a “}” too many"),
        (
            "up:\n  - [[A]]\n  - [[B]] and more\n  - [[C]]",
            "[[B]] and more",
            "this list item begins with “[[” and has to stand in quotes",
        ),
        ("tags:\n  - a\n  -b", "-b", "“-b” lacks a blank behind the “-”"),
        ("a: b\nc:\xa0d\ne: f", "\xa0", "behind the “:” of “c” stands no blank, but U+00A0"),
        ("a:\u3000b\nc: d", "\u3000", "behind the “:” of “a” stands no blank, but U+3000"),
        ("a: b\n题\uff1a汤\nc: d", "题\uff1a汤", "“题\uff1a汤” is no property: “\uff1a” is no “:”"),
        ("title: 'it's'", "s'", "text follows the closing quote in the value of “title”"),
        ('title: "abc" def', "def", "text follows the closing quote in the value of “title”"),
        ("tags: [a, b\ntitle: x", "[a, b", "the value of “tags” begins with “[” and has no “]”"),
        ("map: {a: 1\ntitle: x", "{a: 1", "the value of “map” begins with “{” and has no “}”"),
        ("a:\n\tb: 1", "\t", "a tab indents this line; YAML allows only blanks"),
        (
            "title: x\n date: y",
            "date: y",
            "“date” is indented deeper than the line above, so YAML reads it as part of “title”",
        ),
        ("a:\n  b: 1\n c: 2", "c: 2", "“c” is not indented like the names around it"),
        (
            "date: {{date}} {{time}}",
            "{{date}} {{time}}",
            "the value of “date” begins with “{{” and has to stand in quotes",
        ),
        (
            "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main",
            "<<<<<<< HEAD",
            "a merge left “<<<<<<< HEAD” here, which is no property",
        ),
        (
            "a:\n<<<<<<< HEAD:x.md\n  - 2\n=======\n  - 3\n>>>>>>> main",
            "<<<<<<< HEAD:x.md",
            "a merge left “<<<<<<< HEAD:x.md” here, which is no property",
        ),
        ("a: 1\nkey:value\nb: 2", "key:value", "“key:value” lacks a blank behind the “:”"),
        ("key:value\nb: 2", "key:value", "“key:value” lacks a blank behind the “:”"),
        (
            "a: 1\njust some words\nb: 2",
            "just some words",
            "“just some words” is no property: it has no “:” behind a name",
        ),
        (
            "a: *bold*",
            "*bold*",
            "the value of “a” begins with “*”, which YAML reads as a reference to something named",
        ),
        (
            "a: **bold**",
            "**bold**",
            "the value of “a” begins with “*”, which YAML reads as a reference to something named",
        ),
        ("a: &", "&", "the value of “a” begins with “&”, which YAML reads as a name for the value"),
        ("a: & b", "& b", "the value of “a” begins with “&”, which YAML reads as a name for the value"),
        ('a: {"x": 1\n', '{"x": 1', "the value of “a” begins with “{” and has no “}”"),
        ("tags:\n  - a\n - b\n", "- b", "the list item “b” is not indented like the others around it"),
        (
            "tags:\n - a\n  - b: c\n",
            "- b: c",
            "the list item “b: c” is not indented like the others around it",
        ),
        (
            "tags: - a\n",
            "- a",
            "the value of “tags” begins with “-”, which YAML reads as the first item of a list",
        ),
        (
            'a: "C:\\Users"',
            "\\U",
            "“\\U” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash",
        ),
        (
            f'a: "{"long " * 60}\\infty"',
            "\\i",
            "“\\i” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash",
        ),
        (
            "a: > text",
            "> text",
            "the value of “a” begins with “>”, which YAML reads as the start of a text block",
        ),
        (
            "a: |text",
            "|text",
            "the value of “a” begins with “|”, which YAML reads as the start of a text block",
        ),
        ("a: [x #y]", " #y]", "“#” begins a comment here, so the “[” of the value of “a” is not closed"),
        ("title: 'abc\n", "'abc", "the value of “title” begins with a quote that is not closed"),
        ("a: x\n%b: 1", "%b: 1", "the name “%b” begins with “%”, which YAML reads as a directive"),
        ("%b: 1", "%b: 1", "the name “%b” begins with “%”, which YAML reads as a directive"),
        ("a: [x,,y]", ",", "the value of “a” holds a comma with nothing before it"),
        (
            'a: "\\x"',
            "\\x",
            "“\\x” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash",
        ),
        ("a: -", "-", "the value of “a” begins with “-”, which YAML reads as the first item of a list"),
        ("a: x\n  - y: z", "- y: z", "“a” has a value already, so no list can follow it"),
        ("a: x\n- \nb: y", "-", "“a” has a value already, so no list can follow it"),
        ("a:\n  - x\n - \n", "-", "an empty list item is not indented like the others around it"),
        ("a: ]", "]", "the value of “a” begins with “]”, which YAML reads as the end of a list"),
        ("a: }", "}", "the value of “a” begins with “}”, which YAML reads as the end of a “{”"),
        ("a: ? b", "? b", "the value of “a” begins with “?”, which YAML reads as the start of a key"),
        (
            "a: 1\n  b: 2",
            "b: 2",
            "“b” is indented deeper than the line above, so YAML reads it as part of “a”",
        ),
        ('a: "x": y', ": y", "text follows the closing quote in the value of “a”"),
        ("- a\nb: c", "b: c", "“b” is not indented like the names around it"),
        ("a: 1\n- b", "- b", "“a” has a value already, so no list can follow it"),
        ('{"a": 1 "b": 2}', ": 2}", "a comma or “}” is missing before “: 2}”"),
        ('{"a": 1', '{"a": 1', "the “{” here has no “}”"),
        ('{"a": [1, 2}', "}", "a comma or “]” is missing before “}”"),
        (
            "a: 1\n\nThe soup is hot.\n",
            "The soup is hot.",
            "“The soup is hot.” is no property: it has no “:” behind a name; where the text of the note "
            "begins, “---” must stand above it",
        ),
        (
            "a: # nothing\nThe soup is hot.\nb: 2",
            "The soup is hot.",
            "“The soup is hot.” is no property: it has no “:” behind a name; to be the value of “a” it "
            "must be indented",
        ),
        ("a: b\n c\nd", "d", "“d” is no property: it has no “:” behind a name"),
        ("a: x:", "x:", "the value of “a” holds “:”, which YAML reads as a second key"),
        ('a: "x" # c\nb: \'y\n', "'y", "the value of “b” begins with a quote that is not closed"),
        ("a: 1\n\n\nfoo\n", "foo", "“foo” is no property: it has no “:” behind a name"),
        ('"a" b: c', '"a" b: c', '“"a" b” is not indented like the names around it'),
        ("a: {% x %}", "% x %}", "“%” may not begin a text without quotes"),
        (
            "a: 1\n*b*: c",
            "*b*: c",
            "the name “*b*” begins with “*”, which YAML reads as a reference to something named",
        ),
        ("a: [b: c: d]", ": d]", "a comma or “]” is missing before “: d]”"),
        ('a: ["x]', '"x]', "the quote here is not closed"),
        ('{"a": "x}', '"x}', "the quote here is not closed"),
        (
            'a: "\\\\ud83d\\ude00"',
            "\\ude00",
            "“\\ude00” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash",
        ),
        ("a: [x\n", "[x", "the value of “a” begins with “[” and has no “]”"),
        ("a: x\ny: \x00\n", "\x00", "the front matter holds the control character U+0000"),
        ("a: \x07x\n", "\x07", "the front matter holds the control character U+0007"),
        ("a: 1\n...\nb: 2\n", "b: 2", "text follows “...”, which ends a YAML document"),
        ("--- b\n--- c\n", "--- b", "a line within front matter may not be “---”"),
        ('a: "x"#c\n', "#c", "a comment needs a blank before its “#”"),
        (
            'a: "x\ny"\n',
            'y"',
            "this line must be indented deeper than the name whose value it goes on with",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_mistake_is_told_in_plain_words_at_its_place(
    content: str, place: str, message: str, newline: str
) -> None:
    before = "" if content.startswith(("{", "- ", "%")) else "😀: x\n"
    text = f"---\n{before}{content}\n---\nbody\n".replace("\n", newline)
    found = read_front_matter(text)
    assert found is not None
    [problem] = found.problems
    assert problem.trouble is Trouble.SYNTAX
    assert problem.message == message
    assert problem.span.of(text) == place.replace("\n", newline)


def test_a_message_cuts_long_words_of_the_note() -> None:
    found = read_front_matter(f"---\na: 1\n{'word ' * 50}\nb: 2\n---\n")
    assert found is not None
    assert found.problems[0].message == (
        "“word word word word word word word word…” is no property: it has no “:” behind a name"
    )
