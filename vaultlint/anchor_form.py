"""How a vault writes its timestamp anchors, and where a note says what video they are of."""

from typing import NamedTuple

TIME = "{time}"
"""What stands for the time in the form of a label."""


class AnchorForm(NamedTuple):
    """The form of the anchors, and two properties, of a vault."""

    element: str = "a"
    css_class: str = "yt-timestamp"
    """Empty: the anchors have no class."""
    attribute: str = "data-t"
    label: str = f"[{TIME}]"
    """The text of an anchor that shows its time, with `{time}` for that, once."""
    video: str = "videoId"
    """The property that names the video of a note."""
    duration: str = "duration"
    """The property that says how long it is: seconds, MM:SS or HH:MM:SS."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """What stands in the opening tag of an anchor before the value of the time."""
        return (*([f'class="{self.css_class}"'] if self.css_class else []), f"{self.attribute}=")

    @property
    def around(self) -> tuple[str, str]:
        """What stands in a label before its time and behind it."""
        before, _, behind = self.label.partition(TIME)
        return before, behind

    def source(self, time: str, label: str) -> str:
        """The source of an anchor."""
        return f'<{" ".join((self.element, *self.attributes))}"{time}">{label}</{self.element}>'

    @property
    def good(self) -> str:
        """The source of an anchor of the good form, with `{time}` for its time."""
        return self.source(TIME, self.label)

    def shown(self, time: str) -> str:
        """The label that shows a time."""
        return self.label.replace(TIME, time)

    def bare(self, label: str) -> str:
        """What a label says, without what stands around the time in labels, and without brackets."""
        text = label.strip()
        before, behind = self.around
        before, behind = before.strip(), behind.strip()
        if text.startswith(before) and text.endswith(behind):
            text = text[len(before) : len(text) - len(behind)].strip()
        return text.removeprefix("[").removesuffix("]")


DEFAULT_FORM = AnchorForm()
