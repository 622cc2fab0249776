"""Read the dates of front matter, and write them in words."""

import contextlib
import datetime
import re

MONTHS = (
    "January February March April May June July August September October November December".split()
)
FORMS = (  # those of Quarto's guide, the month before the day
    "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%d %B %Y", "%d %b %Y",
    "%B %d, %Y", "%b %d, %Y", "%B %d %Y",
)  # fmt: skip


def day(date: datetime.date | None) -> str:
    """Return a date in words, as 2 July 2025; "" for None."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else ""


def as_date(value: object, modified: datetime.date | None = None) -> datetime.date | None:
    """Return the date that a value of YAML means; None for what is no date.

    modified: the day on which the page's file was changed, for `last-modified`.

    >>> [day(as_date(text)) for text in ("2025-07-02", "July 2, 2025", "2025-07-02T10:30", "soon")]
    ['2 July 2025', '2 July 2025', '2 July 2025', '']
    """
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    text = str(value).strip()
    if text in ("today", "now", "last-modified"):
        return (modified if text == "last-modified" else None) or datetime.date.today()
    text = re.sub(r"(?<=\d)[T ]\d\d?:\d\d.*$", "", text)
    for form in FORMS:
        with contextlib.suppress(ValueError):
            return datetime.datetime.strptime(text, form).date()
    return None
