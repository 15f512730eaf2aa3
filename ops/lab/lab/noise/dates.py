"""Dates written wrong."""

from __future__ import annotations

from datetime import date
from random import Random


def day_and_month_exchanged(day: date) -> date | None:
    """The day as the other convention reads it; nothing when that is no other day."""
    return None if day.day > 12 or day.day == day.month else date(day.year, day.day, day.month)


def digits_exchanged(day: date, random: Random) -> date | None:
    """The day with two neighbouring digits exchanged; nothing when none of the exchanges gives another day."""
    text = f"{day:%Y%m%d}"
    exchanged = (text[:place] + text[place + 1] + text[place] + text[place + 2:] for place in range(2, len(text) - 1))
    found = [other for wrong in exchanged if (other := _read(wrong)) not in (None, day)]
    return random.choice(found) if found else None


def _read(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
