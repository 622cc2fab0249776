"""Begin an entry: a dated page that runs at once, its claim in the registry, a test that knows
both.
"""

import datetime
import json
import re
import unicodedata
from pathlib import Path

from press.base.errors import PressError
from press.base.files import read_utf8, write_atomically
from press.render.social_cards import FOLDER
from press.source.claims import REGISTRY, calls
from press.source.page import Page, parse_page
from press.source.project import Project

PAGE = """\
---
title: {title}
date: {date}
description: "One sentence: what I claim today."
categories: {categories}
takeaways:
  - "One sentence: what I want to remember of this day."
image: /{card}
---

What did I build today, and on which text does it run?

```{{python}}
{first_cell}
```

What do I claim, and which run would show that I am wrong?

```{{python}}
claim({id}, len(text.content) > 0, value=len(text.content))
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
# bytes of a slug: file systems allow 255 for a name, and `DATE-` and `.receipt.json` join it
LONGEST = 150


def slug(title: str) -> str:
    """A file name of a title: small letters, digits and hyphens; letters of other scripts stay
    themselves.

    >>> slug("Attention at last!"), slug("Überraschung: 50 % mehr"), slug("கழுதை"), slug("🎉")
    ('attention-at-last', 'uberraschung-50-mehr', 'கழுதை', 'entry')
    """
    plain = unicodedata.normalize("NFKD", title).lower()
    plain = re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", plain)
    plain = unicodedata.normalize("NFC", plain)
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in plain)
    short = re.sub("-+", "-", kept).strip("-")[:60].encode()[:LONGEST].decode(errors="ignore")
    return short.rstrip("-") or "entry"


def new_entry(
    project: Project, title: str, date: datetime.date, source: Page | None = None
) -> list[Path]:
    """Write the page, the claim and the test of a new entry; nothing that is there is overwritten.

    source: an entry whose categories and first cell the new one takes over.
    Returns: the files, the page first.
    Raises: PressError if the title is empty or another page's, or holds what no page can, or if the
    page or the test is there already; nothing is written then.
    """
    root, title = project.root, " ".join(title.split())
    if not title:
        raise PressError.at(
            "entry", 0, "the title is empty", 'give one: make entry TITLE="Attention at last"'
        )
    if any("\ud800" <= char <= "\udfff" for char in title):
        raise PressError.at(
            "entry", 0, f"the title {title!a} is not UTF-8", "type it anew, or mend the locale"
        )
    for page in project.pages:
        if page.title.casefold() == title.casefold():
            raise PressError.at(
                page.path, 1, f"its title is {page.title!r} already", "choose another title"
            )
    name, registry = slug(title), root / REGISTRY
    listed = read_utf8(registry, REGISTRY) if registry.is_file() else ""
    id = _free_id(name if re.fullmatch(r"[a-z][a-z0-9-]*", name) else f"entry-{date}", listed)
    path = f"journal/{date}-{name}.qmd"
    test = root / "tests" / f"test_entry_{re.sub(r'[^a-z0-9]+', '_', f'{date}-{id}')}.py"
    for file in (root / path, test):
        if file.exists():
            what, remedy = (
                "it is there already",
                "nothing is overwritten: choose another title or --date",
            )
            raise PressError.at(file.relative_to(root).as_posix(), 0, what, remedy)
    text = PAGE.format(
        title=json.dumps(title, ensure_ascii=False),
        date=date,
        categories=json.dumps(
            list(source.meta.get("categories") or []) if source else [], ensure_ascii=False
        ),
        first_cell=_first_cell(source),
        id=json.dumps(id),
        card=f"{FOLDER}/{path.removesuffix('.qmd')}.png",
    )
    parse_page(text, path)  # what no page can hold stops here, before anything is written
    claim = (
        f'\n[{id}]\ndate = "{date}"\nclaim = "One line: what this day claims."\nkind = "exact"\n'
    )
    said = title.replace("\\", "/").replace('"""', "'''")
    write_atomically(
        test,
        TEST.format(
            date=date, title=said, path=json.dumps(path, ensure_ascii=False), id=json.dumps(id)
        ),
    )
    write_atomically(root / path, text)
    write_atomically(registry, f"{listed.rstrip()}\n{claim}" if listed else claim.lstrip())
    return [root / path, registry, test]


def _free_id(id: str, listed: str) -> str:
    """The id, or the first of id-2, id-3... that the registry does not have."""
    number = 1
    while re.search(
        rf"^\[\"?{re.escape(found := id if number == 1 else f'{id}-{number}')}\"?\]", listed, re.M
    ):
        number += 1
    return found


def _first_cell(source: Page | None) -> str:
    """The first cell of an entry, if it loads the text and makes no claim of its own; else the
    plain one.
    """
    cells = source.cells if source else ()
    first = cells[0].source if cells else ""
    if source is None or "text = load_text()" not in first:
        return FIRST_CELL
    if any(call.line < cells[0].code_line + first.count("\n") + 1 for call in calls(source)):
        return FIRST_CELL
    imported = re.search(r"^from exhibits import .*\bclaim\b", first, re.M)
    return first if imported else f"from exhibits import claim\n{first}"
