"""VL302: what is kept of a note's anchors tells as much as reading the note again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.anchor_form import TIME, AnchorForm
from vaultlint.diagnostic import Diagnostic
from vaultlint.note import Outline
from vaultlint.parse import outline_of, parse_note
from vaultlint.settings import Settings
from vaultlint.vault import Vault
from vaultlint_rules.shifted_timestamp import ShiftedTimestamp

FORMS = [
    AnchorForm(),
    AnchorForm("span", "", "data-t00:00:00", "{time}"),
    AnchorForm(label="`{time}`"),
    AnchorForm(label="cost $ {time}"),
]
_TIMES = [
    "00:01:02",
    "00:59:00",
    "01:30:00",
    "04:10:00",
    "05:20:00",
    "07:00:00",
    "12:01:00",
    "21:05:30",
    "1:00",
]
_LABELS = ["{shown}", "{shown}", "{shown}", "{time}", "", "the end", "[03:04:05]", "[[a]]"]
_LINES = [
    "```",
    "`",
    "`x`",
    "$",
    "$$",
    "text",
    "",
    "<b>x</b>",
    "<br>",
    "%%",
    "> quoted",
    "[[a]]",
    "-->",
    "<!--",
]
_FRONT_MATTER = [
    "", "", "---\nvideoId: v\n---\n", "---\nvideoId: v\nduration: 24:10\n---\n", "---\nduration: 90\n---\n",
    "---\nx: '<b>'\n---\n",
]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, form: AnchorForm) -> str:
    """A note with anchors of that form, good ones and others, some of them dead."""
    lines = [draw(st.sampled_from(_FRONT_MATTER))]
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 3)):
            time, label = draw(st.sampled_from(_TIMES)), draw(st.sampled_from(_LABELS))
            lines.append(f"So {form.source(time, label.format(time=time, shown=form.shown(time)))} it is\n")
        else:
            lines.append(draw(st.sampled_from(_LINES)) + "\n")
    return "".join(lines).replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


def found(outline: Outline, text: str, form: AnchorForm, reach: int) -> list[Diagnostic]:
    """What the rule finds in the note of that outline, where another note tells how far the video goes."""
    other = Outline("other.md", None, None, (), None, 0, (), (), (), b"", video="v", reach=reach)
    outlines = {outline.path: outline, other.path: other}
    vault = Vault(outlines, [*outlines], Settings(anchor_form=form), read=lambda path: text)
    return sorted(ShiftedTimestamp().check(outline, vault), key=lambda one: one.order)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.label)
@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_what_is_kept_of_the_anchors_tells_what_the_text_tells(form: AnchorForm, data: st.DataObject) -> None:
    text = data.draw(texts(form))
    outline = outline_of(parse_note("n.md", text, form))
    for reach in (0, 600, 5000) if outline.may_be_shifted else ():
        from_text = found(outline._replace(late_anchors=None), text, form, reach)
        assert found(outline, "", form, reach) == from_text or outline.late_anchors is None


def test_most_notes_are_not_read_again() -> None:
    anchors = [AnchorForm().good.replace(TIME, time) for time in ("00:01:02", "05:20:00", "21:05:00")]
    text = "\n".join(["---", "duration: 24:10", "---", *anchors, '<a class="yt-timestamp" data-t="1">1</a>'])
    outline = outline_of(parse_note("n.md", text))
    assert [one.data["time"] for one in found(outline, "", AnchorForm(), 0)] == ["05:20:00", "21:05:00"]
    assert outline.video_length == 1450
