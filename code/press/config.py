"""Read `_quarto.yml`: the part of Quarto's project file that both printers share, checked key by key."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from press import schema
from press.files import read_utf8
from press.problems import PressError, Problem

NAME = "_quarto.yml"
FLAG = frozenset({True, False})
TABLE: schema.Table = {
    "project": {
        "type": frozenset({"website"}),
        "output-dir": str,
        "render": list,
        "resources": (str, list),
        "pre-render": str,
    },
    "website": {
        "title": str,
        "description": str,
        "site-url": str,
        "open-graph": frozenset({True}),
        "twitter-card": frozenset({True}),
        "page-navigation": FLAG,
        "search": FLAG,
        "navbar": {"left": list, "right": list, "search": FLAG},
        "sidebar": {"style": str, "contents": list, "search": FLAG},
        "page-footer": str,
    },
    "format": {
        "html": {
            "theme": {"light": list, "dark": list},
            "css": (str, list),
            "toc": FLAG,
            "html-math-method": frozenset({"mathml"}),
            "canonical-url": frozenset({True}),
            "code-copy": FLAG,
            "code-fold": frozenset({True, False, "show"}),
            "include-in-header": {"text": str},
            "link-external-newwindow": frozenset({False}),
        }
    },
    "lang": str,
    "execute": {"echo": FLAG, "warning": FLAG},
    "press": {"timeout": int},
}
TIMEOUT = 300
VERDICTS = "claims"  # as exhibits.records has it


@dataclass(frozen=True)
class Config:
    """What `_quarto.yml` says, with press's own defaults; `root` is the folder that it stands in.

    verdicts: the folder in `work` to which the pages that are run write what became of their claims.
    """

    root: Path
    data: dict[str, Any]
    verdicts: str = VERDICTS

    def get(self, *keys: str, default: Any = None) -> Any:
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value is None else value

    @property
    def title(self) -> str:
        return str(self.get("website", "title", default="A journal"))

    @property
    def site_url(self) -> str:
        """The address at which the site will stand, ending in a slash; '' where none is given."""
        url = str(self.get("website", "site-url", default=""))
        return url.rstrip("/") + "/" if url else ""

    @property
    def base_path(self) -> str:
        """The path part of `site_url`, for the one page that is served at any depth: 404."""
        return urlsplit(self.site_url).path or "/"

    @property
    def output(self) -> Path:
        return self.root / str(self.get("project", "output-dir", default="_site"))

    @property
    def work(self) -> Path:
        """Where press keeps what it makes on the way; ignored by git."""
        return self.root / ".press"

    @property
    def records(self) -> Path:
        """Where the pages' verdicts lie, a folder a page."""
        return self.work / self.verdicts

    @property
    def timeout(self) -> int:
        return int(self.get("press", "timeout", default=TIMEOUT))

    @property
    def stylesheets(self) -> list[str]:
        css = self.get("format", "html", "css", default=[])
        return [css] if isinstance(css, str) else list(css)

    @property
    def header(self) -> str:
        return str(self.get("format", "html", "include-in-header", "text", default=""))


def find_root(start: Path | None = None) -> Path:
    """The nearest folder, from `start` (the working directory) upwards, that holds `_quarto.yml`.

    Raises: PressError if there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder
    raise PressError(Problem(NAME, 0, f"not found in {here} or above it", "run press inside the journal's folder"))


def read_config(root: Path) -> Config:
    """Read and check `_quarto.yml` of the project at `root`.

    Raises: PressError with the line for broken YAML, a key press does not know, a value of the wrong type.
    """
    try:
        text = read_utf8(root / NAME, NAME)
    except FileNotFoundError:
        raise PressError(Problem(NAME, 0, f"not found in {root}", "run press inside the journal's folder")) from None
    data = schema.load(text, NAME)
    execute = data.get("execute")
    if isinstance(execute, dict) and (execute.keys() & {"freeze", "cache"}):
        key = next(iter(execute.keys() & {"freeze", "cache"}))
        what = f"execute: {key} would serve stale results: Quarto looks at the page's text alone"
        raise PressError(Problem(NAME, schema.line_of(text, key), what, "take it out"))
    found = list(schema.problems(data, TABLE, text, NAME))
    config = Config(root, data)
    for keys in (("project", "render"), ("project", "resources"), ("format", "html", "css")):
        value = config.get(*keys, default=[]) if not found else []
        for item in value if isinstance(value, list) else []:
            if not isinstance(item, str):
                what, line = f"{keys[-1]} holds {item!r}", schema.line_of(text, keys[-1])
                found.append(Problem(NAME, line, what, "each item must be text: quote it"))
    if not found and config.timeout < 1:
        remedy = f"give seconds, 1 or more (default {TIMEOUT})"
        found.append(Problem(NAME, schema.line_of(text, "timeout"), f"timeout is {config.timeout}", remedy))
    if not found and config.site_url and not re.match(r"https?://[^/]+/", config.site_url):
        line = schema.line_of(text, "site-url")
        found.append(Problem(NAME, line, f"site-url is {config.site_url!r}", "write it whole: https://host/path"))
    if found:
        raise PressError(found)
    return config
