"""Begin an entry: a dated page that runs at once, its claim in the registry, a test that knows both."""

import datetime
import json
import re
import unicodedata
from pathlib import Path

from press.claims import REGISTRY
from press.files import write_atomically
from press.page import Page, read_page
from press.problems import PressError, Problem

PAGE = """\
---
title: {title}
date: {date}
description: "One sentence: what I claim today."
categories: {categories}
takeaways:
  - "One sentence: what I want to remember of this day."
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

from press.claims import calls
from press.page import read_page

ROOT = Path(__file__).resolve().parents[1]


def test_the_entry_checks_its_claim() -> None:
    page = read_page(ROOT / {path!r}, ROOT)
    assert {id!r} in [call.id for call in calls(page)]
'''


def slug(title: str) -> str:
    """A file name of a title: small letters, digits and hyphens; letters of other scripts stay themselves.

    >>> slug("Attention at last!"), slug("Überraschung: 50 % mehr"), slug("கழுதை"), slug("🎉")
    ('attention-at-last', 'uberraschung-50-mehr', 'கழுதை', 'entry')
    """
    plain = unicodedata.normalize("NFKD", title)
    plain = re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", plain)
    plain = unicodedata.normalize("NFC", plain).lower()
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in plain)
    return re.sub("-+", "-", kept).strip("-")[:60].rstrip("-") or "entry"


def new_entry(root: Path, title: str, date: datetime.date, source: Page | None = None) -> list[Path]:
    """Write the page, the claim and the test of a new entry; nothing that is there is overwritten.

    source: an entry whose categories and first cell the new one takes over.
    Returns: the files, the page first.
    Raises: PressError if the title is empty, or the page, the claim or the test is there already.
    """
    title = " ".join(title.split())
    if not title:
        raise PressError(Problem("entry", 0, "the title is empty", 'give one: make entry TITLE="Attention at last"'))
    name = slug(title)
    id = name if re.fullmatch(r"[a-z][a-z0-9-]*", name) else f"entry-{date}"
    page = root / "journal" / f"{date}-{name}.qmd"
    test = root / "tests" / f"test_entry_{re.sub(r'[^a-z0-9]+', '_', f'{date}-{id}'.lower())}.py"
    registry = root / REGISTRY
    listed = registry.read_text(encoding="utf-8") if registry.is_file() else ""
    for file in (page, test):
        if file.exists():
            path = file.relative_to(root).as_posix()
            raise PressError(
                Problem(path, 0, "it is there already", "nothing is overwritten: choose another title or --date")
            )
    if re.search(rf"^\[\"?{re.escape(id)}\"?\]", listed, re.M):
        raise PressError(Problem(REGISTRY, 0, f"the claim {id!r} is there already", "choose another title"))
    categories = list(source.meta.get("categories") or []) if source else []
    cells = [cell.source for cell in source.cells] if source else []
    first = cells[0] if cells and "text = load_text()" in cells[0] else FIRST_CELL
    if not re.search(r"^from exhibits import .*\bclaim\b", first, re.M):
        first = f"from exhibits import claim\n{first}"
    text = PAGE.format(
        title=json.dumps(title, ensure_ascii=False),
        date=date,
        categories=json.dumps(categories, ensure_ascii=False),
        first_cell=first,
        id=json.dumps(id),
    )
    claim = f'\n[{id}]\ndate = "{date}"\nclaim = "One line: what this day claims."\nkind = "exact"\n'
    write_atomically(registry, f"{listed.rstrip()}\n{claim}" if listed else claim.lstrip())
    path = page.relative_to(root).as_posix()
    write_atomically(
        test, TEST.format(date=date, title=title.replace('"""', "'''").replace("\\", "/"), path=path, id=id)
    )
    write_atomically(page, text)
    read_page(page, root)
    return [page, registry, test]
