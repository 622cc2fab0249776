"""`press check --quarto`: whether real Quarto would print the journal as press does, without Quarto
and without a run.

Looks at `_quarto.yml`, the pages, .gitignore and the last run's outputs for what was found out
about Quarto 1.7: keys that serve stale results, themes and outputs that ask another host, figures
that Quarto sets wrongly, globs on which it stops. Reads the YAML itself, so that it has something
to say of a file that press refuses, too.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.checks.quarto_cells import cells, given, own_html
from press.render.social_cards import card
from press.source import yaml_schema
from press.source.config import NAME
from press.source.front_matter import read_front_matter
from press.source.generated import sources
from press.source.page import Page, read_page

PRE_RENDER = "code/press/publish/assets.py"
IGNORED = (".quarto/", "**/*.quarto_ipynb")


def quarto_problems(root: Path) -> list[Problem]:
    """Everything that stands between this journal and `quarto render`, sorted by place.

    Raises: PressError if `_quarto.yml` is missing or no YAML.
    """
    text = read_utf8(root / NAME, NAME) if (root / NAME).is_file() else ""
    if not text:
        raise PressError.at(
            NAME, 0, f"not found in {root}", "run press inside the journal's folder"
        )
    data = yaml_schema.load(text, NAME)
    found = [
        *_project(root, data),
        *_format(root, data),
        *_globs(root, _contents(data), text),
        *_ignored(root, data),
    ]
    pages: list[Page] = []
    for file in _page_files(root):
        try:
            pages.append(read_page(file, root))
        except PressError as error:
            # freeze and cache in a front matter are unknown keys, with their line
            found += error.problems
    site_url = _at(data, "website", "site-url")
    for page in pages:
        found += [*_page(page, root, data, site_url), *cells(page)]
    found += [*own_html(root), *_python()]
    return sorted(found or given(root))  # the outputs of pages that are in order


def _page_files(root: Path) -> list[Path]:
    found = root.rglob("*.qmd")
    return sorted(
        file
        for file in found
        if not any(part.startswith((".", "_")) for part in file.relative_to(root).parts)
    )


def _at(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _project(root: Path, data: yaml_schema.Document) -> Iterator[Problem]:
    def problem(key: str, what: str, remedy: str) -> Problem:
        return Problem(NAME, data.line(*key.split(".")), what, remedy)

    if _at(data, "project", "type") != "website":
        yield problem("project", "project: type is not website", "write type: website")
    if PRE_RENDER not in _items(_at(data, "project", "pre-render")):
        yield problem(
            "project",
            "nothing fills assets/ before Quarto renders",
            f"write pre-render: {PRE_RENDER}",
        )
    elif not (root / PRE_RENDER).is_file():
        yield problem(
            "project.pre-render", f"{PRE_RENDER} is not there", "bring it back: it fills assets/"
        )
    if "assets/**" not in [
        str(item).removeprefix("/") for item in _items(_at(data, "project", "resources"))
    ]:
        yield problem(
            "project", "assets/ is not copied into the site", 'write resources: ["assets/**"]'
        )
    for key in ("freeze", "cache"):
        if key in (_at(data, "execute") or {}):
            what = f"execute: {key} serves stale results: Quarto looks at the page's text alone"
            yield problem(f"execute.{key}", what, "take it out: press keeps what holds")
    url = _at(data, "website", "site-url")
    if url is not None and not re.match(r"https?://[^/\s]+", str(url)):
        yield problem(
            "website.site-url", f"site-url is {url!r}", "write it whole: https://host/path"
        )


def _format(root: Path, data: yaml_schema.Document) -> Iterator[Problem]:
    def problem(key: str, what: str, remedy: str) -> Problem:
        return Problem(NAME, data.line(*key.split(".")), what, remedy)

    form = _at(data, "format", "html") or {}
    if not isinstance(form, dict) or form.get("html-math-method") != "mathml":
        what = "math would come from another host"
        yield problem("format.html.html-math-method", what, "write html-math-method: mathml")
    form = form if isinstance(form, dict) else {}
    theme = form.get("theme", "cosmo, Quarto's own choice")
    sides = theme if isinstance(theme, dict) else {"theme": theme}
    for name in (str(name) for side in sides.values() for name in _items(side)):
        if name.endswith(".scss"):
            if not (root / name).is_file():
                yield problem(
                    "format.html.theme", f"the theme {name} is not there", "mend the path"
                )
        elif name != "default":
            remedy = "write theme: {light: [default, your.scss], dark: [default, your.scss]}"
            yield problem(
                "format.html.theme", f"the theme {name} loads its fonts from another host", remedy
            )
    for css in map(str, _items(form.get("css"))):
        made = css.startswith("assets/") and css.removeprefix("assets/") in sources()
        if not made and not (root / css).is_file():
            yield problem("format.html.css", f"the stylesheet {css} is not there", "mend the path")
    head = str(_at(form, "include-in-header", "text") or "")
    for source in re.findall(r"<(?:script|link)\b[^>]*?\s(?:src|href)=[\"']([^\"']*)", head):
        line = data.line("format", "html", "include-in-header")
        if re.match(r"(?:https?:)?//", source):
            yield Problem(NAME, line, f"{source} lies on another host", "copy it into assets/")
        elif not source.startswith("/"):
            what = f"{source} is found from the front page alone"
            yield Problem(
                NAME, line, what, f"begin it with /: Quarto makes /{source} right for every page"
            )


def _contents(data: dict[str, Any]) -> list[str]:
    """Every glob and path of the sidebar and of the list of pages."""
    found: list[str] = []
    waiting = [_at(data, "website", "sidebar"), *_items(_at(data, "project", "render"))]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            waiting += _items(item.get("contents"))
        elif isinstance(item, list):
            waiting += item
    return found


def _globs(
    root: Path, globs: list[str], text: str, path: str = NAME, first: int = 1, folder: str = ""
) -> Iterator[Problem]:
    for glob in globs:
        line = next(
            (number for number, said in enumerate(text.split("\n"), first) if glob in said), first
        )
        above = root / (
            glob.removesuffix("*").removeprefix("/")
            if glob.startswith("/")
            else folder + glob.removesuffix("*")
        )
        if glob.endswith("/*") and above.is_dir():
            children = [child for child in above.iterdir() if not child.name.startswith(".")]
            if children and all(child.is_dir() for child in children):
                what = (
                    f"Quarto stops at the glob {glob}: {above.relative_to(root).as_posix()}/ holds"
                    " folders alone"
                )
                yield Problem(path, line, what, f"write {glob}*")


def _ignored(root: Path, data: dict[str, Any]) -> Iterator[Problem]:
    file = root / ".gitignore"
    lines = (
        [line.strip().strip("/") for line in read_utf8(file, ".gitignore").split("\n")]
        if file.is_file()
        else []
    )
    output = f"{_at(data, 'project', 'output-dir') or '_site'}/"
    for wanted in (IGNORED[0], output, IGNORED[1]):
        if wanted.strip("/") not in lines:
            yield Problem(
                ".gitignore",
                0,
                f"git would take what Quarto makes: {wanted}",
                f"add a line: {wanted}",
            )


def _page(page: Page, root: Path, data: dict[str, Any], site_url: object) -> Iterator[Problem]:
    text = read_utf8(root / page.path, page.path)
    listing = page.meta.get("listing")
    if isinstance(listing, dict):
        line = read_front_matter(text.split("\n"), page.path)[0].line("listing")
        if listing.get("feed") and not site_url:
            yield Problem(
                page.path,
                line,
                "Quarto makes no feed without an address",
                f"set website: site-url in {NAME}",
            )
        folder = f"{page.path.rpartition('/')[0]}/".lstrip("/")
        yield from _globs(
            root,
            [str(item) for item in _items(listing.get("contents"))],
            text,
            page.path,
            1,
            folder,
        )
    social = _at(data, "website", "open-graph") or _at(data, "website", "twitter-card")
    if social and site_url and not page.meta.get("image") and not page.draft:
        yield Problem(
            page.path,
            1,
            "Quarto would show no card of this page",
            f"add to its front matter: image: /{card(page)}",
        )


def _python() -> Iterator[Problem]:
    named = os.environ.get("QUARTO_PYTHON")
    if named is not None and not shutil.which(named):
        yield Problem(
            "QUARTO_PYTHON",
            0,
            f"names {named!r}, which is no command",
            "set it to .venv/bin/python",
        )
