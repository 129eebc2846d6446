"""Names of daily notes."""

import pytest

from vaultlint.daily import daily_names


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
        ("dddd", "Friday", False),
        ("", "", False),
    ],
)
def test_a_name_fits_the_format(date_format: str, name: str, fits: bool) -> None:
    assert (daily_names(date_format).fullmatch(name) is not None) == fits
