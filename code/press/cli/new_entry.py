"""Begin an entry: a dated page that runs at once, with a claim."""

import datetime
import itertools
import json
import re
from pathlib import Path

import jinja2

from press.authoring import placeholders
from press.authoring.sidebar import add_to_sidebar
from press.authoring.slug import slug
from press.base.errors import PressError
from press.base.files import write_atomically
from press.source.claims import ID, calls
from press.source.page import Page, parse_page
from press.source.project import Project

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("press", "cli"), trim_blocks=True, keep_trailing_newline=True
)


def new_entry(
    project: Project, title: str, date: datetime.date, source: Page | None = None
) -> Path:
    """Write the page of a new entry, and overwrite nothing.

    source: an entry whose categories and cell that loads the text the new one takes over.
    Raises: PressError for a title that is empty, another page's, or what no page can hold.
    """
    title = _checked_title(project, title)
    name = slug(title)
    id = _free_id(project, name if ID.fullmatch(name) else f"entry-{date}")
    path = f"journal/{date}-{name}.qmd"
    text = TEMPLATES.get_template("entry.qmd.j2").render(
        words=placeholders,
        title=json.dumps(title, ensure_ascii=False),
        date=date,
        categories=json.dumps(
            source.meta.get("categories", []) if source else [], ensure_ascii=False
        ),
        first_cell=_first_cell(source),
        id=json.dumps(id),
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


def _free_id(project: Project, id: str) -> str:
    """Return the id, or the first of id-2, id-3... that no page claims."""
    taken = {call.id for page in project.pages for call in calls(page)}
    ids = itertools.chain([id], (f"{id}-{number}" for number in itertools.count(2)))
    return next(id for id in ids if id not in taken)


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
