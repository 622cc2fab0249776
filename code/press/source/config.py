"""Read `_quarto.yml`: the part of Quarto's project file that both printers share, checked key by
key.
"""

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from press.base.errors import PressError, Problem
from press.base.files import read_utf8
from press.source import yaml_schema
from press.source.generated import sources

NAME = "_quarto.yml"
FLAG = frozenset({True, False})
TABLE: yaml_schema.Table = {
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
VERDICTS = "claims"  # as exhibits.page.claim_records has it
NAME_LIMIT, PATH_LIMIT = (
    255,
    1024,
)  # bytes that the disks in use have for a name, and the systems for a path


@dataclass(frozen=True)
class Config:
    """What `_quarto.yml` says, with press's own defaults; `root` is the folder that it stands in.

    verdicts: the folder in `work` to which the pages that are run write what became of their
    claims.
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

    def is_resource(self, path: str) -> bool:
        """Whether a file of the project is copied into the site as it is."""
        globs = self.get("project", "resources", default=[])
        named = [str(glob).strip("/") for glob in ([globs] if isinstance(globs, str) else globs)]
        whole = [f"{glob}/*" if glob.endswith("**") else glob for glob in named]
        return any(_names(glob.split("/"), path.split("/")) for glob in whole)

    @property
    def header(self) -> str:
        return str(self.get("format", "html", "include-in-header", "text", default=""))


def too_long(path: str) -> bool:
    """Whether no file can have this path; to look for it is an error of the system."""
    data = path.encode(errors="surrogatepass")
    return len(data) > PATH_LIMIT or any(len(name) > NAME_LIMIT for name in data.split(b"/"))


def glob_problem(item: object, path: str = NAME, line: int = 0) -> Problem | None:
    """What is wrong with a glob that stands at a place: it excludes, leads out of the project, or
    can name nothing.

    >>> print(glob_problem("journal/**.qmd", NAME, 3))
    _quarto.yml:3: the glob 'journal/**.qmd' is not understood; ** is a whole name of its own: write 'journal/**/*.qmd'
    >>> glob_problem("/journal/**/*.qmd")
    """
    glob = (
        item.removeprefix("/") if isinstance(item, str) else ""
    )  # / is Quarto's way to say: from the root
    parts = glob.split("/")
    if too_long(glob):
        what = f"the glob {glob[:40] + '...'!r} is too long"
        return Problem(
            path, line, what, f"a name has at most {NAME_LIMIT} bytes, a path {PATH_LIMIT:,}"
        )
    what = f"the glob {item!r} is not understood"
    if not glob.strip("./") or glob.startswith(("!", "/")) or ".." in parts:
        remedy = "name files or folders of this project; to leave a page out, begin its name with _"
        return Problem(path, line, what, remedy)
    if any("**" in part and part != "**" for part in parts):
        whole = [part if part == "**" else re.sub(r"(?<!^)\*{2,}", "*", part) for part in parts]
        meant = "/".join(
            part if part == "**" else re.sub(r"^\*{2,}", "**/*", part) for part in whole
        )
        return Problem(path, line, what, f"** is a whole name of its own: write {meant!r}")
    return None


def find_root(start: Path | None = None) -> Path:
    """The nearest folder, from `start` (the working directory) upwards, that holds `_quarto.yml`.

    Raises: PressError if there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder
    raise PressError(
        Problem(
            NAME, 0, f"not found in {here} or above it", "run press inside the journal's folder"
        )
    )


def read_config(root: Path) -> Config:
    """Read and check `_quarto.yml` of the project at `root`.

    Raises: PressError with the line for broken YAML, a key press does not know, a value of the
    wrong type.
    """
    try:
        text = read_utf8(root / NAME, NAME)
    except FileNotFoundError:
        raise PressError(
            Problem(NAME, 0, f"not found in {root}", "run press inside the journal's folder")
        ) from None
    data = yaml_schema.load(text, NAME)
    execute = data.get("execute")
    if isinstance(execute, dict) and (execute.keys() & {"freeze", "cache"}):
        key = next(iter(execute.keys() & {"freeze", "cache"}))
        what = f"execute: {key} would serve stale results: Quarto looks at the page's text alone"
        raise PressError(
            Problem(NAME, yaml_schema.line_of(text, "execute", key), what, "take it out")
        )
    found = list(yaml_schema.problems(data, TABLE, text, NAME))
    config = Config(root, data)
    if not found:
        found += _list_problems(config, text)
    if not found and config.timeout < 1:
        remedy = f"give seconds, 1 or more (default {TIMEOUT})"
        found.append(
            Problem(
                NAME,
                yaml_schema.line_of(text, "press", "timeout"),
                f"timeout is {config.timeout}",
                remedy,
            )
        )
    if not found and config.site_url and not _is_address(config.site_url):
        line = yaml_schema.line_of(text, "website", "site-url")
        found.append(
            Problem(
                NAME, line, f"site-url is {config.site_url!r}", "write it whole: https://host/path"
            )
        )
    if found:
        raise PressError(found)
    return config


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are no IPv6, a port that is no number
        return False


def _list_problems(config: Config, text: str) -> Iterator[Problem]:
    """Items of lists that are no text, globs that can name nothing, stylesheets that are not there."""
    globs: list[tuple[str, tuple[str, ...]]] = [
        (glob, ("website",)) for glob in _navigation_globs(config)
    ]
    for keys in (("project", "render"), ("project", "resources"), ("format", "html", "css")):
        value = config.get(*keys, default=[])
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(item, str):
                what, line = f"{keys[-1]} holds {item!r}", yaml_schema.line_of(text, *keys, number)
                yield Problem(NAME, line, what, "each item must be text: quote it")
            elif keys[-1] == "css":
                for problem in _stylesheet_problems(config, item):
                    yield replace(problem, line=yaml_schema.line_of(text, *keys, number))
            else:
                globs.append((item, keys))
    for glob, above in globs:
        if fault := glob_problem(glob):
            yield replace(fault, line=yaml_schema.line_of(text, *above, value=glob))


def _navigation_globs(config: Config) -> Iterator[str]:
    """What stands for more than one page in the sidebar and the navbar, or cannot be looked for."""
    waiting = [
        config.get("website", *keys)
        for keys in (("sidebar", "contents"), ("navbar", "left"), ("navbar", "right"))
    ]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting.append(item["contents"] if "contents" in item else item.get("href"))
        elif (
            isinstance(item, str)
            and not re.match(r"[a-z]+:", item)
            and ("*" in item or too_long(item))
        ):
            yield item


def _stylesheet_problems(config: Config, css: str) -> Iterator[Problem]:
    """A stylesheet that every page would ask for in vain: it is not there, or not copied into the
    site.
    """
    path = posixpath.normpath(css.lstrip("/"))
    if re.match(r"[a-z]+:", css) or css.startswith("//"):
        yield Problem(
            NAME, 0, f"the stylesheet {css!r} lies on another host", "copy it into the project"
        )
    elif (
        path.startswith("..")
        or too_long(path)
        or not ((config.root / path).is_file() or _is_made(path))
    ):
        yield Problem(
            NAME, 0, f"the stylesheet {css!r} is not there", "mend the path, or take it out"
        )
    elif not config.is_resource(path):
        what = f"the stylesheet {css!r} is not copied into the site"
        yield Problem(NAME, 0, what, f"name it under project: resources, as in resources: [{path}]")


def _is_made(path: str) -> bool:
    """Whether press itself puts this file into assets/."""
    return path.startswith("assets/") and path.removeprefix("assets/") in sources()


def _names(glob: list[str], path: list[str]) -> bool:
    """Whether a glob names a file, both as names between slashes; `**` is any number of folders.

    >>> [_names(glob.split("/"), ["assets", "a", "x.css"]) for glob in ("assets/**/*", "assets/*.css", "*/*/x.*")]
    [True, False, True]
    """
    if not glob or not path:
        return not glob and not path
    if glob[0] == "**":
        return any(_names(glob[1:], path[skipped:]) for skipped in range(len(path)))
    return fnmatch.fnmatchcase(path[0], glob[0]) and _names(glob[1:], path[1:])
