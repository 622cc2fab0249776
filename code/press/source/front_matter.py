"""Read and check the front matter of a page: the YAML between its first two lines of ---."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from press.base.errors import PressError, Problem
from press.source import yaml_schema
from press.source.globs import as_list, glob_problem, too_long
from press.source.yaml_schema import FLAG, value_at

FRONT_MATTER: yaml_schema.Table = {
    "title": str,
    "subtitle": str,
    "author": str,
    "date": datetime.date,
    "description": str,
    "categories": list,
    "takeaways": list,
    "draft": FLAG,
    "toc": FLAG,
    "search": FLAG,
    "image": str,
    "image-alt": str,
    "listing": {
        "id": str,
        "contents": (str, list),
        "type": frozenset({"default"}),
        "sort": frozenset({"date desc"}),
        "feed": [FLAG, {"type": frozenset({"full", "partial"})}],
        "categories": FLAG,
        "fields": list,
        "sort-ui": frozenset({False}),
        "filter-ui": frozenset({False}),
        "date-format": str,
    },
    "press": {"timeout": int, "gathers": FLAG, "pretrained": FLAG, "typed": list, "reads": list},
}
NAMING = "rename it: letters, digits, hyphens, as in 2025-07-02-a-title.qmd"
INLINE = "`{python}"


def read_front_matter(lines: list[str], path: str) -> tuple[yaml_schema.Document, int]:
    """Return the front matter of a page, and the index of the first line after it.

    Raises: PressError if there is none, or its YAML is broken.
    """
    if not lines or lines[0].rstrip() != "---":
        remedy = "begin it with --- and a title, close with ---"
        raise PressError.at(path, 1, "the page has no front matter", remedy)
    for end, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return yaml_schema.load("\n".join(lines[1:end]), path, first_line=2), end + 1
    raise PressError.at(path, 1, "the front matter is not closed", "end it with a line of ---")


def front_matter_problems(path: str, meta: yaml_schema.Document) -> Iterator[Problem]:
    """Yield what is wrong with the front matter of a page, and with the page's name beside it."""

    def at(what: str, remedy: str, *keys: object) -> Problem:
        return Problem(path, meta.line(*keys) if keys else 1, what, remedy)

    yield from yaml_schema.problems(meta, FRONT_MATTER, path)
    if not str(meta.get("title", "")).strip():
        yield at("the page has no title", "write title: ... in the front matter")
    for key in ("categories", "takeaways"):
        items = meta.get(key)
        for number, item in enumerate(items if isinstance(items, list) else []):
            if not (isinstance(item, str) or (key == "takeaways" and _is_by_verdict(item))):
                yield at(f"{key} holds {item!r}", "each item must be text: quote it", key, number)
    for key, value in meta.items():
        if INLINE in "".join(_texts(value)):
            yield at(f"{key} holds an inline expression", "only prose is computed", key)
    for above, key in (("listing", "contents"), ("press", "reads")):
        for number, glob in enumerate(as_list(value_at(meta, above, key, default=[]))):
            if problem := glob_problem(glob, path, meta.line(above, key, number)):
                yield problem
    image = meta.get("image")
    if isinstance(image, str) and not re.match("https?://", image) and too_long(image):
        yield at(f"the image {image[:40] + '...'!r} is no file", "mend the path", "image")
    timeout = value_at(meta, "press", "timeout")
    if isinstance(timeout, int) and timeout < 1:
        yield at(f"timeout is {timeout}", "give seconds, 1 or more", "press", "timeout")
    if re.search(r"[#?%&<>\"'\\\s]", path):
        yield Problem(path, 0, "the name of the page cannot stand in a link", NAMING)
    named, date = path.rsplit("/", 1)[-1][:10], meta.get("date")
    dated = re.match(r"\d{4}-", named)
    if dated and "date" not in meta:
        yield at("a dated page has no date", f"write date: {named} in the front matter")
    elif dated and isinstance(date, datetime.date) and date.isoformat() != named:
        what = f"the date {date} is not the file name's {named}"
        yield at(what, "rename the file or mend the date", "date")


def _is_by_verdict(item: object) -> bool:
    """Return whether a takeaway has a text for each verdict on a claim."""
    return isinstance(item, dict) and bool(item) and all(isinstance(v, str) for v in item.values())


def _texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
