"""Begin an entry, a dated page that runs at once, with a claim; and find the words that it begins
with and its author has not replaced.
"""

import datetime
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from press.authoring.filing import add_to_sidebar, slug
from press.base.errors import PressError, Problem
from press.base.files import read_utf8, write_atomically
from press.source.claim_calls import ID, calls
from press.source.page import Page, parse_page
from press.source.project import Project

PLACEHOLDERS = {
    "description": "One sentence: what I claim today.",
    "takeaway": "One sentence: what I want to remember of this day.",
    "built": "What did I build today, and on which text does it run?",
    "asked": "What do I claim, and which run would show that I am wrong?",
    "says": "One line: what this day claims.",
}


def new_entry(
    project: Project, title: str, date: datetime.date, source: Page | None = None
) -> Path:
    """Write the page of a new entry, and overwrite nothing.

    source: an entry whose categories and cell that loads the text the new one takes over.
    Raises: PressError for a title that is empty, another page's, or what no page can hold.
    """
    import jinja2  # late: most commands need none

    title = _checked_title(project, title)
    name = slug(title)
    taken = {call.id for page in project.pages for call in calls(page)}
    id = name if ID.fullmatch(name) else f"entry-{date}"
    ids = itertools.chain([id], (f"{id}-{number}" for number in itertools.count(2)))
    path = f"journal/{date}-{name}.qmd"
    loader = jinja2.PackageLoader("press", "authoring")
    templates = jinja2.Environment(loader=loader, trim_blocks=True, keep_trailing_newline=True)
    text = templates.get_template("entry.qmd.j2").render(
        words=PLACEHOLDERS,
        title=json.dumps(title, ensure_ascii=False),
        date=date,
        categories=json.dumps(
            source.meta.get("categories", []) if source else [], ensure_ascii=False
        ),
        first_cell=_first_cell(source),
        id=json.dumps(next(id for id in ids if id not in taken)),
    )
    parse_page(text, path)  # what no page can hold stops here
    file = project.root / path
    if file.exists():
        remedy = "nothing is overwritten: choose another title or --date"
        raise PressError.at(path, 0, "it is there already", remedy)
    write_atomically(file, text)
    add_to_sidebar(project.root, [path])
    return file


def _checked_title(project: Project, title: str) -> str:
    """Return a title on one line. Raises: PressError for one that no new page can have."""
    title = " ".join(title.split())
    if not title:
        remedy = 'give one: make entry TITLE="Attention at last"'
        raise PressError.at("entry", 0, "the title is empty", remedy)
    if any("\ud800" <= char <= "\udfff" for char in title):
        remedy = "type it anew, or mend the locale"
        raise PressError.at("entry", 0, f"the title {title!a} is not UTF-8", remedy)
    for page in project.pages:
        if page.title.casefold() == title.casefold():
            what = f"its title is {page.title!r} already"
            raise PressError.at(page.path, 1, what, "choose another title")
    return title


def _first_cell(source: Page | None) -> str:
    """Return the cell of an entry that loads the text, if no claim is made up to there, else ""."""
    for cell in source.cells if source else ():
        if "text = load_text()" in cell.source:
            end = cell.code_line + cell.source.count("\n") + 1
            if source is None or any(call.line < end for call in calls(source)):
                break
            imported = re.search(r"^from exhibits import .*\bclaim\b", cell.source, re.M)
            return cell.source if imported else f"from exhibits import claim\n{cell.source}"
    return ""


def placeholder_problems(root: Path, pages: Iterable[Page]) -> Iterator[Problem]:
    """Yield a problem for each line of these pages that only a new entry should have."""
    for page in pages:
        for number, line in enumerate(read_utf8(root / page.path, page.path).splitlines(), 1):
            for words in [text for text in PLACEHOLDERS.values() if text in line]:
                remedy = "write your own, or delete it"
                remedy = f"{remedy}; with draft: true the site is printed without it"
                yield Problem(page.path, number, f"{words!r} is a placeholder", remedy)
