"""Begin an entry: a dated page that runs at once, with a claim, and on request its test."""

import datetime
import itertools
import json
import re
from pathlib import Path

from press.authoring.placeholders import ASKED, BUILT, DESCRIPTION, SAYS, TAKEAWAY
from press.authoring.sidebar import add_to_sidebar
from press.authoring.slug import slug
from press.base.errors import PressError
from press.base.files import write_atomically
from press.source.claims import ID, calls
from press.source.page import Page, parse_page
from press.source.project import Project

PAGE = f"""\
---
title: {{title}}
date: {{date}}
description: "{DESCRIPTION}"
categories: {{categories}}
takeaways:
  - "{TAKEAWAY}"
---

{BUILT}

```{{{{python}}}}
#| echo: false
from exhibits import day_log
day_log()
```

```{{{{python}}}}
{{first_cell}}
```

{ASKED}

```{{{{python}}}}
claim({{id}}, len(text.content) > 0, value=len(text.content),
      says="{SAYS}")
```
"""
FIRST_CELL = """\
from exhibits import claim, ran_on
from scratch import load_text
text = load_text()
ran_on(text)"""
TEST = '''\
"""The entry of {date}: {title}."""

from pathlib import Path

from press.source.claims import calls
from press.source.page import read_page

ROOT = Path(__file__).resolve().parents[1]
PAGE = {path}
CLAIM = {id}


def test_the_entry_checks_its_claim() -> None:
    page = read_page(ROOT / PAGE, ROOT)
    assert CLAIM in [call.id for call in calls(page)]
'''


def new_entry(
    project: Project,
    title: str,
    date: datetime.date,
    source: Page | None = None,
    test: bool = False,
) -> list[Path]:
    """Write the page of a new entry, and overwrite nothing.

    source: an entry whose categories and cell that loads the text the new one takes over.
    test: whether a test of the page's claim is written too.
    Returns: the files, the page first.
    Raises: PressError, before anything is written, if the title is empty, another page's, or holds
    what no page can, or if the page or the test exists.
    """
    root, title = project.root, _checked_title(project, title)
    name = slug(title)
    id = _free_id(project, name if ID.fullmatch(name) else f"entry-{date}")
    path = f"journal/{date}-{name}.qmd"
    categories = list(source.meta.get("categories") or []) if source else []
    text = PAGE.format(
        title=json.dumps(title, ensure_ascii=False),
        date=date,
        categories=json.dumps(categories, ensure_ascii=False),
        first_cell=_first_cell(source),
        id=json.dumps(id),
    )
    parse_page(text, path)  # what no page can hold stops here
    files = {root / path: text}
    if test:
        file = root / "tests" / f"test_entry_{re.sub(r'[^a-z0-9]+', '_', f'{date}-{id}')}.py"
        files[file] = _test_of(path, title, date, id)
    for file in files:
        if file.exists():
            remedy = "nothing is overwritten: choose another title or --date"
            raise PressError.at(file.relative_to(root).as_posix(), 0, "it is there already", remedy)
    for file, content in files.items():
        write_atomically(file, content)
    add_to_sidebar(root, [path])
    return list(files)


def _test_of(path: str, title: str, date: datetime.date, id: str) -> str:
    return TEST.format(
        date=date,
        title=title.replace("\\", "/").replace('"""', "'''"),
        path=json.dumps(path, ensure_ascii=False),
        id=json.dumps(id),
    )


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
    """Return the cell of an entry that loads the text, if no claim is made up to there, else the
    plain one.
    """
    cells = source.cells if source else ()
    cell = next((cell for cell in cells if "text = load_text()" in cell.source), None)
    if source is None or cell is None:
        return FIRST_CELL
    first = cell.source
    if any(call.line < cell.code_line + first.count("\n") + 1 for call in calls(source)):
        return FIRST_CELL
    imported = re.search(r"^from exhibits import .*\bclaim\b", first, re.M)
    return first if imported else f"from exhibits import claim\n{first}"
