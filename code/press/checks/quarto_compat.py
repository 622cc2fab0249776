"""Check whether real Quarto would print the journal as press does, without Quarto itself.

It looks at `_quarto.yml`, the pages, .gitignore and the outputs of the last run, for what Quarto
1.7 does otherwise: keys that serve stale results, themes and outputs that ask another host, globs
on which it stops. It reads the YAML itself, so that it checks a file that press refuses, too.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.execute.cache import Cache
from press.render.social_cards import card
from press.source import yaml_schema
from press.source.config import NAME, config_name
from press.source.front_matter import read_front_matter, stale_options
from press.source.generated import sources
from press.source.page import Page, read_page
from press.source.project import read_project

PRE_RENDER = "code/press/publish/assets.py"
WANTED = {  # by key: the value, and what Quarto prints without it
    "date-format": ("D MMMM YYYY", "Quarto would write dates as Jul 5, 2025"),
    "format.html.html-table-processing": ("none", "Quarto would rewrite the exhibits' tables"),
}
RICH = {  # kinds of output for which Quarto asks another host
    "text/html": "Quarto adds require.js and jQuery from another host",
    "application/vnd.plotly.v1+json": "plotly.js comes from another host",
}


def quarto_problems(root: Path) -> list[Problem]:
    """Return all that keeps `quarto render` from printing this journal as press does, sorted.

    Raises: PressError if `_quarto.yml` is missing or no YAML.
    """
    name = config_name(root)
    text = read_utf8(root / name, name) if (root / name).is_file() else ""
    if not text:
        remedy = "run press inside the journal's folder"
        raise PressError.at(NAME, 0, f"not found in {root}", remedy)
    settings = _Settings(root, text)
    problems = [
        *_project(settings),
        *_wanted(settings),
        *_website(settings),
        *_format(settings),
        *_header(settings),
        *_globs(root, settings.navigation(), text),
        *_ignored(settings),
    ]
    for file in _page_files(root):
        try:
            problems += _page(read_page(file, root), settings)
        except PressError as error:  # as freeze and cache in a front matter, with their line
            problems += error.problems
    problems += _python()
    return sorted(problems or _outputs(root))  # outputs are those of pages in order


class _Settings:
    """What `_quarto.yml` says, and the lines on which it says so."""

    def __init__(self, root: Path, text: str) -> None:
        self.root = root
        self.data = yaml_schema.load(text, NAME)

    def get(self, *keys: str) -> Any:
        """Return the value below some keys; None where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def problem(self, key: str, what: str, remedy: str) -> Problem:
        """Return a problem at a key, as format.html.css."""
        return Problem(NAME, self.data.line(*key.split(".")), what, remedy)

    def navigation(self) -> list[str]:
        """Return every glob and path of the sidebar and of the list of pages."""
        globs: list[str] = []
        queue = [self.get("website", "sidebar"), *_items(self.get("project", "render"))]
        while queue:
            item = queue.pop()
            if isinstance(item, str):
                globs.append(item)
            elif isinstance(item, dict):
                queue += _items(item.get("contents"))
            elif isinstance(item, list):
                queue += item
        return globs


def _page_files(root: Path) -> list[Path]:
    files = {file: file.relative_to(root).parts for file in root.rglob("*.qmd")}
    hidden = (".", "_")
    return sorted(f for f, parts in files.items() if not any(p.startswith(hidden) for p in parts))


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _project(settings: _Settings) -> Iterator[Problem]:
    problem, get = settings.problem, settings.get
    if get("project", "type") != "website":
        yield problem("project", "project: type is not website", "write type: website")
    if PRE_RENDER not in _items(get("project", "pre-render")):
        what = "nothing fills assets/ before Quarto renders"
        yield problem("project", what, f"write pre-render: {PRE_RENDER}")
    elif not (settings.root / PRE_RENDER).is_file():
        remedy = "bring it back: it fills assets/"
        yield problem("project.pre-render", f"{PRE_RENDER} is not there", remedy)
    resources = [str(item) for item in _items(get("project", "resources"))]
    if "/assets/**" not in resources:
        what = "assets/ is not copied into the site"
        if "assets/**" in resources:
            what = "Quarto copies every folder called assets, those of packages too"
        yield problem("project.resources", what, 'write resources: ["/assets/**"]')
    for key in {"freeze", "cache"} & (get("execute") or {}).keys():
        what = f"execute: {key} serves stale results: Quarto looks at the page's text alone"
        yield problem(f"execute.{key}", what, "take it out: press keeps what holds")
    url = get("website", "site-url")
    if url is not None and not re.match(r"https?://[^/\s]+", str(url)):
        remedy = "write it whole: https://host/path"
        yield problem("website.site-url", f"site-url is {url!r}", remedy)


def _wanted(settings: _Settings) -> Iterator[Problem]:
    """Yield each key of WANTED that has another value, or none."""
    for key, (value, what) in WANTED.items():
        if settings.get(*key.split(".")) != value:
            yield settings.problem(key, what, f"write {key.split('.')[-1]}: {value}")


def _website(settings: _Settings) -> Iterator[Problem]:
    """Yield what Quarto makes otherwise of favicon, sidebar and navbar."""
    problem, get, root = settings.problem, settings.get, settings.root
    icon = str(get("website", "favicon") or "")
    generated = icon.removeprefix("assets/") in sources() and icon.startswith("assets/")
    if not generated and not (icon and (root / icon).is_file()):
        what = f"the favicon {icon} is not there" if icon else "Quarto's pages have no favicon"
        yield problem("website.favicon", what, "write favicon: assets/favicon.svg")
    sidebar = _paths(get("website", "sidebar"))
    for glob in [path for path in sidebar if "*" in path]:
        what = f"of the sidebar's glob {glob} Quarto makes a section of its own"
        yield problem("website.sidebar", what, "list the files")
    navbar = [_paths(get("website", "navbar", side)) for side in ("left", "right")]
    for path in [path for side in navbar for path in side if path in sidebar]:
        what = f"{path} is in the navbar and in the sidebar: Quarto marks it as the current page"
        yield problem("website.navbar", f"{what} everywhere", "take it out of the sidebar")


def _paths(item: Any) -> list[str]:
    """Return the paths of pages in a part of the navigation, in order."""
    if isinstance(item, list):
        return [path for part in item for path in _paths(part)]
    if isinstance(item, dict):
        return _paths(item.get("contents", item.get("href")))
    return [item] if isinstance(item, str) else []


def _format(settings: _Settings) -> Iterator[Problem]:
    problem, get, root = settings.problem, settings.get, settings.root
    if get("format", "html", "html-math-method") != "mathml":
        what = "math would come from another host"
        yield problem("format.html.html-math-method", what, "write html-math-method: mathml")
    theme = get("format", "html", "theme") or "cosmo, Quarto's own choice"
    sides = theme.values() if isinstance(theme, dict) else [theme]
    for name in (str(name) for side in sides for name in _items(side)):
        if name.endswith(".scss"):
            if not (root / name).is_file():
                what = f"the theme {name} is not there"
                yield problem("format.html.theme", what, "mend the path")
        elif name != "default":
            what = f"the theme {name} loads its fonts from another host"
            remedy = "write theme: {light: [default, your.scss], dark: [default, your.scss]}"
            yield problem("format.html.theme", what, remedy)
    for css in map(str, _items(get("format", "html", "css"))):
        generated = css.startswith("assets/") and css.removeprefix("assets/") in sources()
        if not generated and not (root / css).is_file():
            yield problem("format.html.css", f"the stylesheet {css} is not there", "mend the path")


def _header(settings: _Settings) -> Iterator[Problem]:
    key = "format.html.include-in-header"
    header = str(settings.get(*key.split("."), "text") or "")
    for source in re.findall(r"<(?:script|link)\b[^>]*?\s(?:src|href)=[\"']([^\"']*)", header):
        if re.match(r"(?:https?:)?//", source):
            yield settings.problem(key, f"{source} lies on another host", "copy it into assets/")
        elif not source.startswith("/"):
            what = f"{source} is found from the front page alone"
            remedy = f"begin it with /: Quarto makes /{source} right for every page"
            yield settings.problem(key, what, remedy)


def _globs(root: Path, globs: list[str], text: str, path: str = NAME) -> Iterator[Problem]:
    """Yield the globs on which Quarto stops: those of folders alone."""
    for glob in [glob for glob in globs if glob.endswith("/*")]:
        folder = root if glob.startswith("/") else (root / path).parent
        above = folder / glob.removesuffix("*").removeprefix("/")
        children = [child for child in above.glob("*") if not child.name.startswith(".")]
        if children and all(child.is_dir() for child in children):
            line = text[: max(text.find(glob), 0)].count("\n") + 1
            inside = above.relative_to(root).as_posix()
            what = f"Quarto stops at the glob {glob}: {inside}/ holds folders alone"
            yield Problem(path, line, what, f"write {glob}*")


def _ignored(settings: _Settings) -> Iterator[Problem]:
    file = settings.root / ".gitignore"
    text = read_utf8(file, ".gitignore") if file.is_file() else ""
    lines = [line.strip() for line in text.split("\n")]
    output = f"{settings.get('project', 'output-dir') or '_site'}/"
    if "/.quarto/" not in lines:
        what = "Quarto adds the line /.quarto/ to the file itself"
        yield Problem(".gitignore", 0, what, "write that line, with both slashes")
    for ignored in (output, "**/*.quarto_ipynb"):
        if ignored.strip("/") not in [line.strip("/") for line in lines]:
            what = f"git would take what Quarto makes: {ignored}"
            yield Problem(".gitignore", 0, what, f"add a line: {ignored}")


def _page(page: Page, settings: _Settings) -> Iterator[Problem]:
    text = read_utf8(settings.root / page.path, page.path)
    written = read_front_matter(text.split("\n"), page.path)[0]
    yield from stale_options(written, page.path)
    site_url = settings.get("website", "site-url")
    listing = page.meta.get("listing")
    if isinstance(listing, dict):
        if listing.get("feed") and not site_url:
            what = "Quarto makes no feed without an address"
            yield Problem(
                page.path, written.line("listing"), what, f"set website: site-url in {NAME}"
            )
        if listing.get("feed") is True or (listing.get("feed") or {}).get("type") == "full":
            what = "Quarto's feed would have scripts and links that lead nowhere"
            line = written.line("listing", "feed")
            yield Problem(page.path, line, what, "write feed: {type: partial}")
        globs = [str(item) for item in _items(listing.get("contents"))]
        yield from _globs(settings.root, globs, text, page.path)
    social = settings.get("website", "open-graph") or settings.get("website", "twitter-card")
    if social and site_url and not page.meta.get("image") and not page.draft:
        remedy = f"add to its front matter: image: /{card(page)}"
        yield Problem(page.path, 1, "Quarto would show no card of this page", remedy)


def _python() -> Iterator[Problem]:
    named = os.environ.get("QUARTO_PYTHON")
    if named is not None and not shutil.which(named):
        what = f"names {named!r}, which is no command"
        yield Problem("QUARTO_PYTHON", 0, what, "set it to .venv/bin/python")


def _outputs(root: Path) -> Iterator[Problem]:
    """Yield the cells whose outputs ask another host, of the pages whose last run still holds."""
    project = read_project(root)
    cache = Cache(project.config)
    for page in project.published:
        run = cache.get(page)
        for node in run.notebook.cells if run else []:
            kinds = {kind for output in node.get("outputs", []) for kind in output.get("data", {})}
            for kind in sorted(kinds & RICH.keys()):
                line = node.metadata["press"]["line"]
                what = f"the cell gave {kind}: {RICH[kind]}"
                yield Problem(page.path, line, what, "show it by an exhibit, as exhibits.plot")
