"""Write dates in words."""

import datetime

MONTHS = (
    "January February March April May June July August September October November December".split()
)


def day(date: datetime.date | None) -> str:
    """Return a date in words; "" for None.

    >>> day(datetime.date(2025, 7, 2)), day(None)
    ('2 July 2025', '')
    """
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else ""
