"""Read and check `_quarto.yml` (`Config`): site, navigation, resources, stylesheets, timeout."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.source import yaml_schema
from press.source.front_matter import stale_options
from press.source.globs import as_list, glob_problem, inside, names, too_long
from press.source.keys import EXECUTE, FORMAT, PROJECT
from press.source.yaml_schema import Document, value_at

NAME, OTHER = "_quarto.yml", "_quarto.yaml"
TEXTS = (("project", "render"), ("project", "resources"), ("format", "html", "css"))
NAVIGATION = (("sidebar", "contents"), ("navbar", "left"), ("navbar", "right"))
ADDRESS = re.compile(r"[a-z]+:")
SHEETS = ("assets/fonts.css", "assets/exhibits.css", "assets/page.css")
SCRIPT = '<script defer src="/assets/exhibits.js"></script>'
TIMEOUT = 300
VERDICTS = "claims"  # the folder's name in exhibits.page.claim_records too


@dataclass(frozen=True)
class Config:
    """The content of `_quarto.yml`, with press's own defaults; `root` is the folder of the file.

    verdicts: the name of the folder in `work` to which pages that run write verdicts on claims.
    """

    root: Path
    data: dict[str, Any]
    verdicts: str = VERDICTS

    def get(self, *keys: str, default: Any = None) -> Any:
        """Return the value at a path of keys, or the default."""
        return value_at(self.data, *keys, default=default)

    @property
    def title(self) -> str:
        return str(self.get("website", "title", default="A journal"))

    @property
    def site_url(self) -> str:
        """The address of the published site, ending in a slash; '' where none is given."""
        url = str(self.get("website", "site-url", default=""))
        return url.rstrip("/") + "/" if url else ""

    @property
    def base_path(self) -> str:
        """The path part of `site_url`, for 404.html, which is served at any depth."""
        return urlsplit(self.site_url).path or "/"

    def source_url(self, path: str) -> str:
        """Return the address of a file in the repository; "" where none is asked for."""
        url = str(self.get("website", "repo-url", default="")).rstrip("/")
        if not url or "source" not in as_list(self.get("website", "repo-actions", default=[])):
            return ""
        branch = self.get("website", "repo-branch", default="main")
        subdir = str(self.get("website", "repo-subdir", default="")).strip("/")
        return "/".join(filter(None, [url, "blob", branch, subdir, quote(path)]))

    @property
    def output(self) -> Path:
        return self.root / str(self.get("project", "output-dir", default="_site"))

    @property
    def work(self) -> Path:
        """The folder of press's caches and drafts; ignored by git."""
        return self.root / ".press"

    @property
    def records(self) -> Path:
        """The folder of the verdicts on claims, with a folder for each page."""
        return self.work / self.verdicts

    @property
    def timeout(self) -> int:
        return int(self.get("press", "timeout", default=TIMEOUT))

    @property
    def pretrained(self) -> bool:
        """Whether the site has the pages that need the pretrained model."""
        return self.get("press", "pretrained", default=True) is True

    @property
    def stylesheets(self) -> list[str]:
        """The project's stylesheets; before them the journal's, where it names none of them."""
        named = [str(css) for css in as_list(self.get("format", "html", "css", default=[]))]
        return [*(SHEETS if self.plain else ()), *named]

    @property
    def plain(self) -> bool:
        """Whether the project names none of the journal's assets, as one of Quarto's template."""
        return SHEETS[1] not in str(self.get("format", "html", "css"))

    @property
    def resources(self) -> list[str]:
        """The globs of the files that are copied into the site as they are."""
        globs = as_list(self.get("project", "resources", default=[]))
        styles = [css.lstrip("/") for css in self.stylesheets]  # as Quarto does
        more = [*styles, *(["assets/**"] if self.plain else [])]
        return [inside(glob) for glob in (*globs, *more) if glob_problem(glob) is None]

    def is_resource(self, path: str) -> bool:
        """Return whether a file of the project is copied into the site as it is."""
        return any(names(glob.strip("/"), path) for glob in self.resources)

    @property
    def options(self) -> dict[str, Any]:
        """The options of all pages and cells."""
        known = ("format", "execute", "bibliography", "csl", *FORMAT, *EXECUTE)
        return {key: self.data[key] for key in known if key in self.data}

    @property
    def header(self) -> str:
        header = str(self.get("format", "html", "include-in-header", "text", default=""))
        return header if not self.plain or "exhibits.js" in header else header + SCRIPT


def config_name(root: Path) -> str:
    """Return the name of the project's file; Quarto reads `_quarto.yaml` too."""
    return OTHER if (root / OTHER).is_file() and not (root / NAME).is_file() else NAME


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder from `start` (default the working directory) upwards that holds
    `_quarto.yml`, or raise PressError.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / config_name(folder)).is_file():
            return folder
    raise _missing(f"{here} or above it")


def _missing(where: str) -> PressError:
    return PressError.at(NAME, 0, f"not found in {where}", "run press inside the journal's folder")


def read_config(root: Path) -> Config:
    """Read and check `_quarto.yml` of the project at `root`.

    Raises: PressError for broken YAML, a key that press does not know, a value of the wrong type.
    """
    name = config_name(root)
    try:
        text = read_utf8(root / name, name)
    except FileNotFoundError:
        raise _missing(str(root)) from None
    data = yaml_schema.load(text, name)
    config = Config(root, data)
    problems = [*stale_options(data, name), *yaml_schema.problems(data, PROJECT, name)]
    for check in (_list_problems, _value_problems):  # which take the types for granted
        problems = problems or list(check(config, data))
    if problems:
        raise PressError(problems)
    return config


def _value_problems(config: Config, data: Document) -> Iterator[Problem]:
    if config.timeout < 1:
        remedy = f"give seconds, 1 or more (default {TIMEOUT})"
        line = data.line("press", "timeout")
        yield Problem(NAME, line, f"timeout is {config.timeout}", remedy)
    addresses = {"site-url": config.site_url, "repo-url": config.get("website", "repo-url")}
    for key, url in addresses.items():
        if url and not _is_address(url):
            remedy = "write it whole: https://host/path"
            yield Problem(NAME, data.line("website", key), f"{key} is {url!r}", remedy)
    for number, action in enumerate(as_list(config.get("website", "repo-actions", default=[]))):
        if action != "source":
            remedy = "write repo-actions: [source]: a page links to no other"
            line = data.line("website", "repo-actions", number)
            yield Problem(NAME, line, f"repo-actions holds {action!r}", remedy)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are no IPv6, a port that is no number
        return False


def _list_problems(config: Config, data: Document) -> Iterator[Problem]:
    """Yield a problem for each item that is no text, glob that names nothing, lost stylesheet."""
    for keys in TEXTS:
        for number, item in enumerate(as_list(config.get(*keys, default=[]))):
            line = data.line(*keys, number)
            if not isinstance(item, str):
                what = f"{keys[-1]} holds {item!r}"
                yield Problem(NAME, line, what, "each item must be text: quote it")
            elif keys[-1] == "css" and (fault := _stylesheet_fault(config, item)):
                yield Problem(NAME, line, f"the stylesheet {item!r} {fault[0]}", fault[1])
            elif keys[-1] != "css" and (problem := glob_problem(item, NAME, line)):
                yield problem
    for part in NAVIGATION:
        for path, text in navigation_pages(config.get("website", *part), ("website", *part)):
            is_glob = ("*" in text or too_long(text)) and not ADDRESS.match(text)
            if is_glob and (problem := glob_problem(text, NAME, data.line(*path))):
                yield problem


def navigation_pages(
    item: Any, at: tuple[object, ...] = ()
) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield each page, glob or address in a part of the navigation, with the keys above it."""
    if isinstance(item, list):
        for number, part in enumerate(item):
            yield from navigation_pages(part, (*at, number))
    elif isinstance(item, dict):
        key = "contents" if "contents" in item else "href"
        yield from navigation_pages(item.get(key), (*at, key))
    elif isinstance(item, str):
        yield at, item


def _stylesheet_fault(config: Config, css: str) -> tuple[str, str] | None:
    """Return what is wrong with a stylesheet that no page could load, and the remedy."""
    path = posixpath.normpath(css.lstrip("/"))
    generated = path.startswith("assets/") and path.removeprefix("assets/") in asset_sources()
    if ADDRESS.match(css) or css.startswith("//"):
        return "lies on another host", "copy it into the project"
    if path.startswith("..") or too_long(path) or not (generated or (config.root / path).is_file()):
        return "is not there", "mend the path, or take it out"
    return None


def asset_sources() -> dict[str, Path]:
    """Return the file to copy for each name in assets/."""
    own = Path(str(resources.files("exhibits"))) / "assets"
    plotly = Path(str(resources.files("plotly"))) / "package_data" / "plotly.min.js"
    files = {file.name: file for file in sorted(own.iterdir()) if file.suffix in (".css", ".js")}
    icon = Path(str(resources.files("press"))) / "render" / "theme" / "favicon.svg"
    return {**files, "favicon.svg": icon, "plotly.min.js": plotly}
