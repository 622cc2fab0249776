"""Write notes, the pages that are a title, a date and bullets, and the days of a log as such pages.

Each page is written whole before the sidebar names it: a kill loses no bullet, and the same command
again does what is left to do.
"""

import datetime
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from press.authoring.bullets import Bullet, as_markdown
from press.authoring.filing import add_to_sidebar, slug
from press.authoring.log import Day
from press.base.errors import PressError, Problem
from press.base.files import read_utf8, write_atomically
from press.source.dates import day as in_words
from press.source.markdown_checks import crossref_problems, refusals
from press.source.page import Page, parse_page
from press.source.project import Project, read_project
from scratch.file_lock import locked

FOLDER = "journal"
WORDS = {  # of an outcome, as a summary has it
    "written": "new",
    "added": "longer",
    "same": "as before",
    "edited": "edited by hand",
    "other": "that another page tells",
}
HEAD = "---\ntitle: {title}\ndate: {date}\n---\n"


@dataclass(frozen=True)
class Outcome:
    """What became of a day; word: of WORDS; about: why, or what the page lacks."""

    word: str
    path: str
    about: str = ""


def write_note(root: Path, date: datetime.date, title: str, bullets: list[Bullet]) -> Outcome:
    """Write the note of a day with a title, or add the bullets to it if it is there.

    title: "" for that of a day, its date in words; one that another page has gets the date behind.
    Raises: PressError without a bullet, and for a title that no page can have.
    """
    if not bullets:
        raise PressError.at("note", 0, "there is no bullet", 'give one: -b "More cool stuff."')
    with _alone(root):
        pages = Pages(root)
        lines = as_markdown(bullets, pages.is_file)
        if page := pages.find(date, title):
            text = read_utf8(root / page.path, page.path)
            end = "\r\n" if "\r\n" in text else "\n"
            last = text.rstrip().rpartition("\n")[2].lstrip()
            between = end if last.startswith(("- ", "* ", "+ ")) else 2 * end
            pages.write(page.path, text.rstrip() + between + end.join(lines) + end)
        path = page.path if page else pages.new(date, title, lines)
        add_to_sidebar(root, [path])
    return Outcome("added" if page else "written", path)


def write_log(root: Path, days: list[Day]) -> list[Outcome]:
    """Write the days of a log as notes, and add to those that are there what the log has grown by.

    A page that was edited stays, and so does a day that another page of the journal tells.
    """
    with _alone(root):
        pages = Pages(root)
        own = {page.path for day in days if (page := pages.find(day.date, day.title))}
        outcomes = [_write_day(pages, day, own) for day in days if day.bullets]
        add_to_sidebar(root, [one.path for one in outcomes if one.word != "other"])
    return outcomes


def _alone(root: Path) -> AbstractContextManager[None]:
    """Wait until no other process writes notes: two that add to one page would lose a bullet."""
    (root / ".press").mkdir(exist_ok=True)
    return locked(root / ".press")


def _write_day(pages: "Pages", day: Day, own: set[str]) -> Outcome:
    lines = as_markdown(day.bullets, pages.is_file)
    known = pages.find(day.date, day.title)
    if known is None:
        for other in pages.by_date[day.date]:
            if other.path not in own:
                return Outcome("other", other.path, f"it tells {in_words(day.date)}")
        own.add(path := pages.new(day.date, day.title, lines))
        return Outcome("written", path)
    text = read_utf8(pages.root / known.path, known.path).replace("\r\n", "\n")
    head, end, body = text.partition("\n---\n")
    has = [line for line in body.split("\n") if line.strip()]
    missing = [line for line in lines if line not in has]
    rest = iter(lines)
    is_part = all(line in rest for line in has)  # in the log's order
    if has == lines:
        return Outcome("same", known.path)
    if head + end != HEAD.format(title=_quoted(known.title), date=day.date) or not is_part:
        about = f"{len(missing)} of the log's {len(lines)} lines are not in it" if missing else ""
        return Outcome("edited", known.path, about)
    pages.write(known.path, f"{head}{end}\n" + "\n".join(lines) + "\n")
    return Outcome("added", known.path, f"{len(lines) - len(has)} more")


class Pages:
    """The pages of a journal, to which notes are added; those with a fault are passed over."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wrong: list[Problem] = []
        self.project: Project = read_project(root, self.wrong)
        self.by_title: dict[str, Page] = {}
        self.by_date: dict[datetime.date | None, list[Page]] = defaultdict(list)
        for page in self.project.pages:
            self._add(page)

    def _add(self, page: Page) -> None:
        self.by_title[_folded(page.title)] = page
        self.by_date[page.date].append(page)

    def find(self, date: datetime.date, title: str) -> Page | None:
        """Return the page of a day with a title, if there is one."""
        names = {_folded(name) for name in _titles(date, title)}
        return next((page for page in self.by_date[date] if _folded(page.title) in names), None)

    def new(self, date: datetime.date, title: str, lines: list[str]) -> str:
        """Write a page that is not there, and return its path."""
        free = (name for name in _titles(date, title) if _folded(name) not in self.by_title)
        named = next(free, "")
        if not named:
            page = self.by_title[_folded(_titles(date, title)[0])]
            what = f"its title is {page.title!r} already"
            raise PressError.at(page.path, 1, what, "choose another title")
        stem = f"{FOLDER}/{date}" + (f"-{slug(title)}" if title else "")
        tries = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        for path in (f"{one}.qmd" for one in tries):
            if faults := [problem for problem in self.wrong if problem.path == path]:
                raise PressError(faults)
            if not (self.root / path).exists():
                break
        head = HEAD.format(title=_quoted(named), date=date)
        self.write(path, f"{head}\n" + "\n".join(lines) + "\n")
        return path

    def write(self, path: str, text: str) -> None:
        """Write a page, unless it could not be printed. Raises: PressError with what is wrong."""
        page = parse_page(text, path)
        if problems := [*crossref_problems(page), *refusals(page)]:
            raise PressError(problems)
        write_atomically(self.root / path, text)
        self._add(page)

    def is_file(self, target: str) -> bool:
        """Return whether a link of a note leads to a file of the journal."""
        file = (self.root / FOLDER / target).resolve()
        return bool(target) and file.is_relative_to(self.root) and file.is_file()


def _titles(date: datetime.date, title: str) -> list[str]:
    """Return the titles that a note may have, the wanted one first."""
    return [title, f"{title} ({in_words(date)})"] if title else [in_words(date)]


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()


def _quoted(title: str) -> str:
    return json.dumps(title, ensure_ascii=False)


def import_summary(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield what became of the days of a log, the pages that were not written by name."""
    counts = Counter(one.word for one in outcomes)
    parts = ", ".join(f"{counts[word]:,} {said}" for word, said in WORDS.items() if counts[word])
    yield f"{len(outcomes):,} day{'s' if len(outcomes) > 1 else ''}: {parts}"
    for one in outcomes:
        if one.word in ("edited", "other"):
            stays = "stays as you edited it" if one.word == "edited" else "stays"
            yield f"  {one.path} {stays}" + (f": {one.about}" if one.about else "")
