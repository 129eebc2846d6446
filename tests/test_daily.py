"""Names of daily notes, and of those of weeks, months, quarters and years."""

from typing import Any

import pytest

from vaultlint.daily import daily_names, formats_of_plugins


@pytest.mark.parametrize(
    ("date_format", "name", "fits"),
    [
        ("YYYY-MM-DD", "2024-05-17", True),
        ("YYYY-MM-DD", "2024-5-17", False),
        ("YYYY-MM-DD", "Notes of 2024-05-17", False),
        ("YYYY/MM/YYYY-MM-DD dddd", "2024-05-17 Friday", True),
        ("YYYY/MM/YYYY-MM-DD dddd", "2024-05-17 пятница", True),
        ("DD.MM.YYYY", "17.05.2024", True),
        ("DD.MM.YYYY", "17x05x2024", False),
        ("[Day] D MMMM YYYY", "Day 7 mai 2024", True),
        ("MMMM Do, YYYY", "May 17th, 2024", True),
        ("gggg-[W]ww", "2024-W20", True),
        ("dddd, MMMM Do YYYY", "Friday, May 17th 2024", True),
        ("dddd", "Friday", False),
        ("hms" * 50 + "[x]", "1" * 200, False),
        ("dddd" * 500 + "YYYY", "Friday" * 500 + "2024", False),
        ("", "", False),
    ],
)
def test_a_name_fits_the_format(date_format: str, name: str, fits: bool) -> None:
    assert (daily_names(date_format).fullmatch(name) is not None) == fits


@pytest.mark.parametrize(
    ("plugin", "data", "formats"),
    [
        ("periodic-notes", {"weekly": {"enabled": True, "format": "YYYY-[KW]ww"}}, ("YYYY-[KW]ww",)),
        ("periodic-notes", {"yearly": {"enabled": True, "format": ""}}, ("YYYY",)),
        ("periodic-notes", {"monthly": {"format": "YYYY-MM"}, "weekly": {"enabled": False}}, ()),
        ("periodic-notes", {"calendarSets": [{"quarter": {"enabled": True}}, 3]}, ("YYYY-[Q]Q",)),
        ("periodic-notes", {"calendarSets": {"week": {"enabled": True}}, "daily": [], "weekly": None}, ()),
        ("calendar", {"showWeeklyNote": True, "weeklyNoteFormat": ""}, ("gggg-[W]ww",)),
        ("calendar", {"showWeeklyNote": True, "weeklyNoteFormat": "[Week] w"}, ("[Week] w",)),
        ("calendar", {"showWeeklyNote": False, "weeklyNoteFormat": "[Week] w"}, ()),
        ("journals", {"journals": {"a": {"nameTemplate": "{{date}}", "dateFormat": "gggg-w"}}}, ("gggg-w",)),
        (
            "journals",
            {"journals": {"a": {"nameTemplate": "Week {{ date:w }} of {{date}}", "dateFormat": "YYYY"}}},
            ("[Week ]w[ of ]YYYY",),
        ),
        ("journals", {"journals": {"a": {"nameTemplate": "{{index}}", "dateFormat": "w"}, "b": 3}}, ()),
        ("journals", {"journals": {"a": {"nameTemplate": None, "dateFormat": "w"}}}, ()),
        ("journals", {"journals": []}, ()),
        ("other", {"weekly": {"enabled": True}}, ()),
    ],
)
def test_the_formats_of_plugins_are_those_of_the_notes_that_they_make(
    plugin: str, data: dict[str, Any], formats: tuple[str, ...]
) -> None:
    assert formats_of_plugins({plugin: data}) == formats
