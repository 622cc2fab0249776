"""Read and check the front matter of a page: the YAML between its first two lines of ---; and write
what it adds to the page's text, an abstract and what `about` asks for.

Source of the latter: Quarto's guide (about pages). Its templates differ in where the picture is.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from press.base.errors import PressError, Problem
from press.source import keys, yaml_schema
from press.source.dates import as_date
from press.source.globs import as_list, glob_problem, too_long
from press.source.prose import escape
from press.source.yaml_schema import Document, value_at

NAMING = "rename it: letters, digits, hyphens, as in 2025-07-02-a-title.qmd"


def read_front_matter(lines: list[str], path: str) -> tuple[Document, int]:
    """Return the front matter of a page, and the index of the first line after it; a page without
    one may begin with a heading of level 1.
    """
    if not lines or lines[0].rstrip() != "---":
        if re.match(r"\s*#\s+\S", "\n".join(lines)):
            return yaml_schema.load("", path), 0
        remedy = "begin it with --- and a title, close with ---"
        raise PressError.at(path, 1, "the page has no front matter", remedy)
    for end, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return yaml_schema.load("\n".join(lines[1:end]), path, first_line=2), end + 1
    raise PressError.at(path, 1, "the front matter is not closed", "end it with a line of ---")


def settled(
    meta: Mapping[str, Any], above: Mapping[str, Any], modified: datetime.date | None = None
) -> dict[str, Any]:
    """Return front matter in one form: dates as dates, lists as lists, and the options of `execute`
    and `format: html` beside the other keys.

    above: what holds where the page says nothing else, from _quarto.yml and _metadata.yml;
    modified: the day on which the page's file was changed.

    >>> settled({"title": 1984, "categories": "news"}, {"execute": {"echo": False}})
    {'echo': False, 'title': '1984', 'categories': ['news'], 'author': []}
    """
    whole = merged(with_formats(above), with_formats(meta))
    inner = merged(whole["format"].get("html", {}), whole.get("execute") or {})
    flat = {key: inner[key] for key in {**keys.EXECUTE, **keys.HTML} if key in inner}
    flat |= {key: value for key, value in whole.items() if key not in ("format", "execute")}
    flat["title"] = str(meta.get("title", ""))
    flat |= {key: as_date(flat[key], modified) for key in keys.DATES if key in flat}
    flat |= {key: as_list(flat[key]) for key in ("categories", "keywords") if key in flat}
    people = flat.get("author", flat.get("authors"))
    flat["author"] = [_name(person) for person in as_list(people)] if people else []
    return flat


def merged(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return two mappings as one, in which the second has the last word.

    >>> merged({"a": {"b": 1, "c": 1}}, {"a": {"c": 2}, "d": 2})
    {'a': {'b': 1, 'c': 2}, 'd': 2}
    """
    whole = dict(above)
    for key, value in below.items():
        other = whole.get(key)
        both = isinstance(other, dict) and isinstance(value, dict)
        whole[key] = merged(other or {}, value) if both else value
    return whole


def with_formats(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options in which `format` is a mapping of formats to their options."""
    given = options.get("format", {})
    formats = given if isinstance(given, dict) else {given: {}}
    own = {name: inner if isinstance(inner, dict) else {} for name, inner in formats.items()}
    return {**options, "format": own}


def _name(person: Any) -> str:
    name = person.get("name") if isinstance(person, dict) else person
    if isinstance(name, dict):
        name = name.get("literal") or f"{name.get('given', '')} {name.get('family', '')}"
    return str(name or "").strip()


def noted(
    meta: dict[str, Any], table: yaml_schema.Table | None = None
) -> Iterator[tuple[str, str]]:
    """Yield each key that has no effect here, and why; table: that of `_quarto.yml`."""
    formats = meta.get("format")
    names = formats if isinstance(formats, dict) else {}
    known = {"format": {**dict.fromkeys(names, object), "html": keys.FORMAT}}
    rows = {**keys.FRONT_MATTER, **known, **(table or {})}
    inner = (names.get("html"), rows["format"]["html"]), (meta.get("execute"), keys.EXECUTED)
    for options, own in ((meta, rows), *inner):
        for key, value in options.items() if isinstance(options, dict) else ():
            if key in keys.NOTED and own[key] is object and value != keys.HONOURED.get(key):
                yield key, keys.NOTED[key]
            elif key == "theme" and not isinstance(value, dict):
                yield key, keys.LOOK
    yield from ((key, keys.NO_MEANING) for key in yaml_schema.others(meta, rows))
    for name in [name for name in names if name != "html"]:
        yield f"format: {name}", "the built-in printer makes HTML alone"


def front_matter_problems(path: str, meta: Document) -> Iterator[Problem]:
    """Yield what is wrong with the front matter of a page, and with the page's name beside it."""
    yield from option_problems(meta, path)
    yield from yaml_schema.problems(meta, keys.FRONT_MATTER, path)
    for where, what, remedy in _faults(path, meta):
        yield Problem(path, meta.line(*where) if where else 1, what, remedy)
    for above, key in (("listing", "contents"), ("press", "reads")):
        for number, glob in enumerate(as_list(value_at(meta, above, key, default=[]))):
            if problem := glob_problem(glob, path, meta.line(above, key, number)):
                yield problem
    if re.search(r"[#?%&<>\"'\\\s]", path):
        yield Problem(path, 0, "the name of the page cannot stand in a link", NAMING)


def _faults(path: str, meta: Document) -> Iterator[tuple[tuple[object, ...], str, str]]:
    """Yield the keys where a value is wrong (() for the whole page), what is, and the remedy."""
    if not str(meta.get("title", "")).strip():
        yield (), "the page has no title", "write title: ... in the front matter"
    for key in ("categories", "keywords", "takeaways"):
        items = meta.get(key)
        for number, item in enumerate(items if isinstance(items, list) else []):
            if not (isinstance(item, str) or (key == "takeaways" and _is_by_verdict(item))):
                yield (key, number), f"{key} holds {item!r}", "each item must be text: quote it"
    for key, value in meta.items():
        if keys.INLINE in "".join(texts_in(value)):
            yield (key,), f"{key} holds an inline expression", "only prose is computed"
    image = meta.get("image")
    if isinstance(image, str) and not re.match("https?://", image) and too_long(image):
        yield ("image",), f"the image {image[:40] + '...'!r} is no file", "mend the path"
    timeout = value_at(meta, "press", "timeout")
    if isinstance(timeout, int) and timeout < 1:
        yield ("press", "timeout"), f"timeout is {timeout}", "give seconds, 1 or more"
    for key in keys.DATES:
        if key in meta and as_date(meta[key]) is None:
            yield (key,), f"{key} is {meta[key]!r}", "write it as 2025-07-02"
    named, date = path.rsplit("/", 1)[-1][:10], as_date(meta.get("date"))
    if re.match(r"\d{4}-", named):
        if "date" not in meta:
            yield (), "a dated page has no date", f"write date: {named} in the front matter"
        elif date and date.isoformat() != named:
            what = f"the date {date} is not the file name's {named}"
            yield ("date",), what, "rename the file or mend the date"


def option_problems(meta: Document, path: str) -> Iterator[Problem]:
    """Yield what is wrong with `format`."""
    formats = meta.get("format", "html")
    formats = {formats: "default"} if isinstance(formats, str) else formats
    if isinstance(formats, dict):
        if "html" not in formats:
            what = f"the format {', '.join(map(str, formats))}"
            yield Problem(path, meta.line("format"), what, "the built-in printer makes html")
        rows = (frozenset({"default"}), keys.FORMAT)
        table = {**dict.fromkeys(map(str, formats), object), "html": rows}
        yield from yaml_schema.problems(meta, table, path, formats, ("format",))


def stale_options(meta: Document, path: str) -> Iterator[Problem]:
    """Yield a problem for each option by which Quarto would serve old results."""
    for key in keys.STALE:
        if value_at(meta, "execute", key):
            what = f"execute: {key} would serve stale results"
            what = f"{what}: Quarto looks at the page's text alone"
            yield Problem(path, meta.line("execute", key), what, "take it out")


def _is_by_verdict(item: object) -> bool:
    """Return whether a takeaway has a text for each verdict on a claim."""
    return isinstance(item, dict) and bool(item) and all(isinstance(v, str) for v in item.values())


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text inside a value of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)


def about(meta: Mapping[str, Any]) -> tuple[str, str]:
    """Return the Markdown above and below the text of a page; "" for none.

    >>> about({"title": "Me", "about": {"links": [{"icon": "github", "href": "https://a.b"}]}})
    ('', '[github](https://a.b)')
    """
    given = meta.get("about")
    if not isinstance(given, dict):
        words, title = meta.get("abstract"), meta.get("abstract-title", "Abstract")
        return (f"**{title}**\n\n{words.strip()}" if isinstance(words, str) else ""), ""
    image = given.get("image") or meta.get("image")
    alt = given.get("image-alt") or meta.get("image-alt") or meta.get("title") or ""
    picture = f"![]({image}){{.about-picture fig-alt={_quoted(str(alt))}}}" if image else ""
    links = []
    for link in as_list(given.get("links") or []):
        if isinstance(link, dict) and (href := link.get("href")):
            name = link.get("text") or link.get("aria-label") or link.get("icon") or href
            links.append(f"[{escape(str(name))}]({href})")
    return picture, " · ".join(links)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'
