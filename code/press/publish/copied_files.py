"""Copy into the site the files of the project to which a page links: images, data."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.base.errors import PressError
from press.base.files import copy
from press.publish.links import read_links
from press.source.globs import as_list, too_long
from press.source.page import Page
from press.source.project import Project


def copy_files(project: Project, page: Page, body: str, folder: Path) -> list[str]:
    """Copy the files that a page's body, `image` and `resources` name, and return their paths.

    Raises: PressError for a link that is no address.
    """
    paths = [
        path
        for path in sorted(named_files(project.root, page, read_links(body)[1]))
        if (project.root / path).is_file()
    ]
    here = (project.root / page.path).parent
    for glob in as_list(page.meta.get("resources") or []):
        files = (file for file in here.glob(str(glob)) if file.is_file())
        paths += [os.path.relpath(file, project.root) for file in sorted(files)]
    for path in paths:
        copy(project.root / path, folder / path)
    return paths


def named_files(root: Path, page: Page, links: Iterable[str] = ()) -> frozenset[str]:
    """Return the paths in the project that a page's links and `image` name, missing ones too.

    Pages and hidden files are passed over. Raises: PressError for a link that is no address.
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
    if path.endswith(".html"):  # a page of the site, or a file of the author's, as for an iframe
        page_of_site = (root / path).with_suffix(".qmd").exists() or not (root / path).is_file()
        return "" if hidden or page_of_site else path
    return "" if hidden or path.endswith(".qmd") else path
