"""Copy into the site the files of the project to which a page links: images, data."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import PressError
from press.base.files import copy
from press.publish.links import read_links
from press.source.globs import too_long
from press.source.page import Page
from press.source.project import Project


def copy_files(project: Project, page: Page, body: str, folder: Path) -> list[str]:
    """Copy the files that a page's body and its `image` name, and return their paths.

    Raises: PressError for a link that is no address.
    """
    paths = [
        path
        for path in sorted(named_files(project.root, page, read_links(body)[1]))
        if (project.root / path).is_file()
    ]
    for path in paths:
        copy(project.root / path, folder / path)
    return paths


def named_files(root: Path, page: Page, links: Iterable[str] = ()) -> frozenset[str]:
    """Return the paths in the project that a page's links and its `image` name, missing ones too.

    Pages and hidden files are passed over.

    Raises: PressError for a link that is no address.
    """
    image = str(page.meta.get("image", ""))
    if image.startswith("/"):
        image = os.path.relpath(image[1:], os.path.dirname(page.path) or ".")
    return frozenset(path for link in (*links, image) if (path := _path(root, page, link)))


def _path(root: Path, page: Page, link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError as error:
        what = f"the link {link!r} is no address: {error}"
        raise PressError.at(page.href, 0, what, "mend it in the page") from None
    named = unquote(parts.path)
    if parts.scheme or parts.netloc or not named or named.startswith("/") or too_long(named):
        return ""  # what no file can be called is a dead link
    path = os.path.relpath(os.path.normpath((root / page.path).parent / named), root)
    hidden = any(part.startswith(".") for part in path.split("/"))
    return "" if hidden or path.endswith((".html", ".qmd")) else path
