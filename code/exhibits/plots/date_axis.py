"""Put dates on an axis: convert them to milliseconds since 1970, and choose ticks by the calendar.

What: a date is a text: 2025-07-02, with or without a time. Left out: time zones.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from exhibits.plots.ticks import NICE_STEPS, CannotDraw

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
START, FIRST, LAST = datetime(1970, 1, 1), datetime(1, 1, 1), datetime(9999, 12, 31)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
STEPS = (
    *(size * unit for unit in (SECOND, MINUTE) for size in (1, 5, 15, 30)),
    *(size * HOUR for size in (1, 3, 6, 12)),
    *(size * DAY for size in (1, 2, 7, 14)),
)
MONTHS = (1, 3, 6, *(12 * size * 10**power for power in range(4) for size in NICE_STEPS))
MONTH = 30.4 * DAY  # on average, to choose a step by
MONDAY = 4 * DAY  # 1970 began on a Thursday
NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def is_date(value: object) -> bool:
    """Return whether a value is a text in the form of a date.

    >>> is_date("2025-07-02 12:00"), is_date("July")
    (True, False)
    """
    return isinstance(value, str) and WRITTEN.fullmatch(value) is not None


def milliseconds(value: object, where: str) -> float:
    """Return the milliseconds from 1970 to a date; where: the axis, for the message.

    Raises: CannotDraw for a value that is not a date.

    >>> milliseconds("1970-01-02", "x")
    86400000.0
    """
    try:
        if is_date(value):
            return _from_start(datetime.fromisoformat(str(value)))
    except ValueError:  # 2025-02-30
        pass
    raise CannotDraw(
        f"{where} has {value!r:.40} on an axis of type 'date'; give dates as '2025-07-02'"
    )


def date_text(at: float) -> str:
    """Write a date, given in milliseconds since 1970, as text.

    >>> date_text(86_400_000)
    '1970-01-02T00:00:00'
    """
    return _moment(at).isoformat()


def _from_start(date: datetime) -> float:
    return (date - START) / timedelta(milliseconds=1)


def _moment(at: float) -> datetime:
    return START + timedelta(milliseconds=min(max(at, _from_start(FIRST)), _from_start(LAST)))


def date_ticks(
    low: float, high: float, wanted: int, least: float = SECOND, form: str = ""
) -> list[tuple[str, str]]:
    """Choose dates for ticks, each with its label.

    low, high: the ends of the axis, in milliseconds since 1970
    wanted: how many ticks at most; least: the smallest step, in milliseconds
    form: the format of a label, as for strftime; "": chosen by the step
    Returns: (date, label) of each tick.

    >>> ticks = date_ticks(milliseconds("2025-12-30", "x"), milliseconds("2026-01-03", "x"), 6)
    >>> [label for date, label in ticks[1:4]]
    ['31 Dec', '1 Jan 2026', '2 Jan']
    """
    step = next((step for step in STEPS if step >= least and (high - low) / step <= wanted), None)
    if step is not None:
        offset = MONDAY if step % (7 * DAY) == 0 else 0
        first, last = -((offset - low) // step), (high - offset) // step
        dates = [_moment(offset + number * step) for number in range(int(first), int(last) + 1)]
        labels = [
            _label(date, before, step) for date, before in zip(dates, [None, *dates], strict=False)
        ]
    else:
        months = next(
            (many for many in MONTHS if (high - low) / (many * MONTH) <= wanted), MONTHS[-1]
        )
        start, end = (_moment(at).year * 12 + _moment(at).month - 1 for at in (low, high))
        counted = (month for month in range(start - start % months, end + 1, months) if month >= 12)
        dates = [datetime(month // 12, month % 12 + 1, 1) for month in counted]
        labels = [
            f"{date.year}" if months % 12 == 0 else f"{NAMES[date.month - 1]} {date.year}"
            for date in dates
        ]
    labels = [date.strftime(form) for date in dates] if form else labels
    return [(date.isoformat(), label) for date, label in zip(dates, labels, strict=True)]


def _label(date: datetime, before: datetime | None, step: float) -> str:
    """Return a tick's label: what differs from the tick before, or for the first the whole date."""
    year = f" {date.year}" if before is None or before.year != date.year else ""
    day = f"{date.day} {NAMES[date.month - 1]}{year}"
    time = f"{date:%H:%M:%S}" if step < MINUTE else f"{date:%H:%M}"
    if step >= DAY:
        return day
    return time if before is not None and before.date() == date.date() else f"{day}, {time}"
