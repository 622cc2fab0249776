"""Check whether real Quarto would print the journal as press does, without Quarto itself.

It looks at `_quarto.yml`, the pages, .gitignore and the outputs of the last run, for what Quarto
1.7 does otherwise: keys that serve stale results, themes and outputs that ask another host, globs
on which it stops.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from press.base.errors import Problem
from press.base.files import read_utf8
from press.execute.run_cache import Cache
from press.render.social_cards import card
from press.source import yaml_schema
from press.source.front_matter import read_front_matter, stale_options
from press.source.page import Page
from press.source.project import Project, read_project
from press.source.quarto_yml import NAME, asset_sources, config_name, navigation_pages
from press.source.yaml_schema import Document, value_at

PRE_RENDER = "code/press/publish/assets.py"
WANTED = {  # by key: the value, and what Quarto does with another
    "project.type": ("website", "project: type is not website"),
    "date-format": ("D MMMM YYYY", "Quarto would write dates as Jul 5, 2025"),
    "format.html.html-math-method": ("mathml", "math would come from another host"),
    "format.html.html-table-processing": ("none", "Quarto would rewrite the exhibits' tables"),
}
RICH = {  # kinds of output for which Quarto asks another host
    "text/html": "Quarto adds require.js and jQuery from another host",
    "application/vnd.plotly.v1+json": "plotly.js comes from another host",
}
GLOBS = ("website.sidebar", "project.render")
Fault = tuple[str, str, str]  # a key as format.html.css, what is wrong there, the remedy


def quarto_problems(root: Path) -> list[Problem]:
    """Return all that keeps `quarto render` from printing this journal as press does, sorted.

    Raises: PressError for what press itself refuses.
    """
    project, name = read_project(root), config_name(root)
    text = read_utf8(root / name, name)
    data = yaml_schema.load(text, NAME)
    faults = [
        (key, what, f"write {key.split('.')[-1]}: {value}")
        for key, (value, what) in WANTED.items()
        if _at(data, key) != value
    ]
    faults += [*_project(root, data), *_website(root, data), *_format(root, data)]
    problems = [
        *(Problem(NAME, data.line(*key.split(".")), what, fix) for key, what, fix in faults),
        *_globs(
            root, [path for key in GLOBS for _, path in navigation_pages(_at(data, key))], text
        ),
        *_ignored(root, f"{_at(data, 'project.output-dir') or '_site'}/"),
        *(problem for page in project.pages for problem in _page(page, root, data)),
    ]
    named = os.environ.get("QUARTO_PYTHON")
    if named is not None and not shutil.which(named):
        what = f"names {named!r}, which is no command"
        problems.append(Problem("QUARTO_PYTHON", 0, what, "set it to .venv/bin/python"))
    return sorted(problems or _outputs(project))  # outputs are those of pages in order


def _at(data: Document, key: str) -> Any:
    return value_at(data, *key.split("."))


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _project(root: Path, data: Document) -> Iterator[Fault]:
    if PRE_RENDER not in _items(_at(data, "project.pre-render")):
        what = "nothing fills assets/ before Quarto renders"
        yield "project", what, f"write pre-render: {PRE_RENDER}"
    elif not (root / PRE_RENDER).is_file():
        yield "project.pre-render", f"{PRE_RENDER} is not there", "bring it back: it fills assets/"
    resources = [str(item) for item in _items(_at(data, "project.resources"))]
    if "/assets/**" not in resources:
        what = "assets/ is not copied into the site"
        if "assets/**" in resources:
            what = "Quarto copies every folder called assets, those of packages too"
        yield "project.resources", what, 'write resources: ["/assets/**"]'


def _website(root: Path, data: Document) -> Iterator[Fault]:
    icon = str(_at(data, "website.favicon") or "")
    generated = [f"assets/{name}" for name in asset_sources()]
    if icon not in generated and not (icon and (root / icon).is_file()):
        what = f"the favicon {icon} is not there" if icon else "Quarto's pages have no favicon"
        yield "website.favicon", what, "write favicon: assets/favicon.svg"
    sidebar = [path for _, path in navigation_pages(_at(data, "website.sidebar"))]
    for path in sidebar:
        if "*" in path:
            what = f"of the sidebar's glob {path} Quarto makes a section of its own"
            yield "website.sidebar", what, "list the files"
    for side in ("left", "right"):
        for _, path in navigation_pages(_at(data, f"website.navbar.{side}")):
            if path in sidebar:
                where = "in the navbar and in the sidebar: Quarto marks it as the current page"
                what = f"{path} is {where} everywhere"
                yield "website.navbar", what, "take it out of the sidebar"


def _format(root: Path, data: Document) -> Iterator[Fault]:
    key = "format.html.theme"
    theme = _at(data, key) or "cosmo, Quarto's own choice"
    sides = theme.values() if isinstance(theme, dict) else [theme]
    for name in (str(name) for side in sides for name in _items(side)):
        if name.endswith(".scss"):
            if not (root / name).is_file():
                yield key, f"the theme {name} is not there", "mend the path"
        elif name != "default":
            what = f"the theme {name} loads its fonts from another host"
            remedy = "write theme: {light: [default, your.scss], dark: [default, your.scss]}"
            yield key, what, remedy
    key = "format.html.include-in-header"
    header = str(_at(data, f"{key}.text") or "")
    for source in re.findall(r"<(?:script|link)\b[^>]*?\s(?:src|href)=[\"']([^\"']*)", header):
        if re.match(r"(?:https?:)?//", source):
            yield key, f"{source} lies on another host", "copy it into assets/"
        elif not source.startswith("/"):
            remedy = f"begin it with /: Quarto makes /{source} right for every page"
            yield key, f"{source} is found from the front page alone", remedy


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


def _ignored(root: Path, output: str) -> Iterator[Problem]:
    """Yield what .gitignore lacks; output: the folder of the site."""
    file = root / ".gitignore"
    text = read_utf8(file, ".gitignore") if file.is_file() else ""
    lines = [line.strip() for line in text.split("\n")]
    if "/.quarto/" not in lines:
        what = "Quarto adds the line /.quarto/ to the file itself"
        yield Problem(".gitignore", 0, what, "write that line, with both slashes")
    for ignored in (output, "**/*.quarto_ipynb"):
        if ignored.strip("/") not in [line.strip("/") for line in lines]:
            what = f"git would take what Quarto makes: {ignored}"
            yield Problem(".gitignore", 0, what, f"add a line: {ignored}")


def _page(page: Page, root: Path, data: Document) -> Iterator[Problem]:
    text = read_utf8(root / page.path, page.path)
    front = read_front_matter(text.split("\n"), page.path)[0]
    yield from stale_options(front, page.path)
    site_url, listing = _at(data, "website.site-url"), page.listing
    if listing:
        feed = listing.get("feed")
        if feed and not site_url:
            what = "Quarto makes no feed without an address"
            remedy = f"set website: site-url in {NAME}"
            yield Problem(page.path, front.line("listing"), what, remedy)
        if feed is True or value_at(feed, "type") == "full":
            what = "Quarto's feed would have scripts and links that lead nowhere"
            line = front.line("listing", "feed")
            yield Problem(page.path, line, what, "write feed: {type: partial}")
        yield from _globs(root, list(map(str, _items(listing.get("contents")))), text, page.path)
    social = _at(data, "website.open-graph") or _at(data, "website.twitter-card")
    if social and site_url and not page.meta.get("image") and not page.draft:
        remedy = f"add to its front matter: image: /{card(page)}"
        yield Problem(page.path, 1, "Quarto would show no card of this page", remedy)


def _outputs(project: Project) -> Iterator[Problem]:
    """Yield the cells whose outputs ask another host, of the pages whose last run still holds."""
    cache = Cache(project.config)
    for page in project.published:
        run = cache.get(page)
        for node in run.notebook.cells if run else []:
            kinds = {kind for output in node.get("outputs", []) for kind in output.get("data", {})}
            for kind in sorted(kinds & RICH.keys()):
                line = node.metadata["press"]["line"]
                what = f"the cell gave {kind}: {RICH[kind]}"
                yield Problem(page.path, line, what, "show it by an exhibit, as exhibits.plot")
