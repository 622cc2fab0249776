"""Read a log: headings with a date (`### 05-Jul-2025 ###`), and bullets below each.

What is below a heading without a date is no day's, and is named; a date that can be read in two
ways is refused.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from press.authoring.bullets import Bullet, read_bullets
from press.base.errors import PressError, Problem
from press.source.dates import MONTHS

WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s*"
MONTH, DAY = r"[A-Za-z]{3,9}\.?", r"\d{1,2}(?:st|nd|rd|th)?"
BETWEEN = r"(?:\s*[-/.,]\s*|\s+(?:of\s+)?)"
DATE = re.compile(
    rf"(?:{WEEKDAY})?(?P<date>\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}"
    rf"|{DAY}{BETWEEN}{MONTH}{BETWEEN}\d{{4}}|{MONTH}{BETWEEN}{DAY}{BETWEEN}\d{{4}})(?!\w)",
    re.I,
)
HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})\s+(?P<text>.*?)\s*#*\s*$")
REMEDY = "write it as 2025-07-05"


@dataclass
class Day:
    """A day of a log: its title, "" for none, its bullets, and the line of its heading."""

    date: datetime.date
    title: str
    line: int
    bullets: list[Bullet] = field(default_factory=list)


def read_date(text: str) -> tuple[datetime.date, str] | None:
    """Return the date at the start of a text, and what follows it; None if there is none.

    Raises: ValueError for a date that may mean two days, or is none.

    >>> read_date("05/07/2025")
    Traceback (most recent call last):
    ValueError: the date 05/07/2025 may be read in two ways
    """
    match = DATE.match(text)
    if match is None:
        return None
    parts = re.findall(r"\d+|[A-Za-z]{3,}", match["date"])
    numbers = [int(part) for part in parts if part.isdigit()]
    begins = "".join(part.lower() for part in parts if part.isalpha())
    month = next((n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(begins)), 0)
    if begins:
        day, year = numbers
        numbers = [year, month, day]
    elif len(parts[0]) != 4:
        raise ValueError(f"the date {match['date']} may be read in two ways")
    if not month:
        return None
    try:
        return datetime.date(*numbers), text[match.end() :].strip(" \t-–—:,.")
    except ValueError:
        raise ValueError(f"{match['date']} is no day of a calendar") from None


def read_log(text: str, path: str) -> tuple[list[Day], list[Problem]]:
    """Return the days of a log, oldest first, and what belongs to none of them.

    Blocks of one day and title are one day.

    Raises: PressError with each date that cannot be read, or if there is no day.

    >>> log = "### 05-Jul-2025 ###\\n- b\\n### July 4, 2025\\n- a\\n## 2025-07-05\\n- c\\n"
    >>> days, _ = read_log(log, "log.md")
    >>> [(str(day.date), [bullet.text for bullet in day.bullets]) for day in days]
    [('2025-07-04', ['a']), ('2025-07-05', ['b', 'c'])]
    """
    days: dict[tuple[datetime.date, str], Day] = {}
    outside, wrong = [], []
    for line, heading, body in _blocks(text):
        try:
            date = read_date(heading)
        except ValueError as error:
            wrong.append(Problem(path, line, str(error), REMEDY))
            continue
        bullets = read_bullets(body)
        if date:
            day = days.setdefault((date[0], date[1].casefold()), Day(*date, line))
            day.bullets += bullets
        elif bullets:
            where = f"below {heading!r}, which is no date" if heading else "above the first day"
            lines = f"{len(bullets)} line{'s' if len(bullets) > 1 else ''}"
            outside.append(Problem(path, line, f"{lines} {where}: on no page"))
    if not days and not wrong:
        wrong = [Problem(path, 0, "there is no day", "write headings such as ### 05-Jul-2025 ###")]
    if wrong:
        raise PressError(wrong)
    return sorted(days.values(), key=lambda day: (day.date, day.line)), outside


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line and the text of each heading of a day, and the lines below it."""
    line, heading, level, body = 1, "", 0, list[str]()
    for number, row in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        mark = HEADING.match(row)
        words = mark["text"] if mark else row.strip(" \t*_:")
        dated = not mark and DATE.fullmatch(words)
        inner = mark and level and len(mark["marks"]) > level and not DATE.match(words)
        if (mark and not inner) or dated:
            yield line, heading, "\n".join(body)
            line, heading, body = number, words, []
            level = len(mark["marks"]) if mark else 6
        else:
            body.append(f"- {words}" if inner else row)
    yield line, heading, "\n".join(body)
