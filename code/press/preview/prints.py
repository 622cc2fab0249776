"""Print a preview's pages, know which prints are old, and which files matter to them."""

import filecmp
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from press.base.errors import PressError, Problem
from press.base.files import path_in, write_atomically
from press.execute.dependencies import followed
from press.execute.hardcoded_numbers import typed_numbers
from press.execute.notebook import Run
from press.execute.run_cache import Cache
from press.publish.build import print_page
from press.publish.links import Links, read_links
from press.publish.site_files import linked_files, write_theme
from press.render.page_html import Printer
from press.source.claim_calls import unrecorded
from press.source.page import Page
from press.source.project import read_project
from press.source.quarto_yml import NAME, OTHER, asset_sources

VERDICTS = "preview-claims"


def read_printer(root: Path) -> Printer:
    """Read the project with its drafts among the pages, and make its frame.

    The verdicts of its claims go to a folder of their own, which `press render` never reads.
    Raises: PressError for a fault of a page or a mistake in the navigation.
    """
    project = read_project(root)
    pages = tuple(page.as_published() for page in project.pages)
    printer = Printer(
        replace(project, config=replace(project.config, verdicts=VERDICTS), pages=pages)
    )
    _ = printer.frame, printer.footer
    return printer


@dataclass(frozen=True)
class Print:
    """The print of a page: its files in the site, a hash of its surroundings, its links.

    named: the paths in the project that it names; run: False for a page that did not run yet.
    """

    files: tuple[str, ...]
    around: str
    links: Links
    named: frozenset[str]
    run: bool = True


class Prints:
    """The printed pages of one preview; printer: replaced whenever the project changes."""

    def __init__(self, printer: Printer) -> None:
        self.printer, self.root = printer, printer.project.root
        self.folder = printer.project.config.work / "preview"
        self.runs: dict[str, Run] = {}  # the last one of each page, to print it again
        self.prints: dict[str, Print] = {}
        self.named: set[str] = set()  # files that pages show or read, and the folders above them
        self.copied: set[str] = set()  # those that were copied into the site
        self.printings: dict[str, str] = {}  # the mark of each address's newest printing

    def begin(self, pages: Iterable[Page]) -> None:
        """Make the folder of a new preview, in which no page ran yet."""
        shutil.rmtree(self.folder, ignore_errors=True)
        write_theme(self.folder)
        for page in pages:
            self.placeholder(page)

    def renew(self, href: str) -> None:
        """Let the browsers load a page again, even if its text is the same."""
        self.printings[href] = uuid.uuid4().hex

    def print(self, page: Page, anew: bool = False) -> list[Problem] | Exception:
        """Print the last run of a page, and return what is wrong with it.

        anew: let browsers load it even if its text is the same.
        """
        run, file = self.runs[page.path], self.folder / page.href
        before = file.read_bytes() if file.is_file() else b""
        problems = []
        self._watch(linked_files(self.root, page) | self.reads(page))
        try:
            if run.page == page:
                problems += [*typed_numbers(run), *unrecorded(self.printer.project.config, page)]
            # a list tells what became of the others, which is not known from before
            printer = Printer(self.printer.project) if page.listing else self.printer
            item, files, copied = print_page(printer, run, self.folder)
            for sheet in printer.sheets(run.page)[1:]:
                write_atomically(self.folder / sheet.href, printer.print_sheet(run.page, sheet))
            links = read_links(item.body)[1]
            named = linked_files(self.root, run.page, links)
        except Exception as error:
            self.placeholder(page)
            last = self.prints[page.path]
            named = last.named | linked_files(self.root, page)
            self.prints[page.path] = replace(last, named=named, around=self.around(page))
            return error
        ids = read_links(item.html)[0]
        self.prints[page.path] = Print(tuple(files), self.around(page), (ids, links, ""), named)
        self._watch(named)
        self.copied |= set(copied)
        if anew or page.href not in self.printings or file.read_bytes() != before:
            self.renew(page.href)
        return problems

    def reads(self, page: Page) -> set[str]:
        """Return the files that a page's last run read or missed, and the folders it listed."""
        run = self.runs.get(page.path)
        kept = Cache(self.printer.project.config).reads(page)
        return kept | (followed(run.noted, self.root) if run else set())

    def placeholder(self, page: Page, anew: bool = False) -> None:
        """Print that a page did not run yet; anew: even where there is a print."""
        if page.path in self.prints and not anew:
            return
        words = "<p>This page did not run yet. It is shown here as soon as it has.</p>"
        text = self.printer.page(page, words, Markup(), False)
        write_atomically(self.folder / page.href, text)
        named = linked_files(self.root, page)
        self.prints[page.path] = Print((page.href,), self.around(page), ([], [], ""), named, False)

    def around(self, page: Page) -> str:
        """Return a hash of a page's navigation, neighbours and configuration.

        It is "" for a page with a list, which is printed at every change.
        """
        if page.listing:
            return ""
        try:
            return self.printer.key(page, "")
        except (PressError, OSError):  # printing it says so
            return ""

    def is_old(self, page: Page) -> bool:
        """Return whether the surroundings of a page changed since it was printed."""
        return page.path in self.prints and self.prints[page.path].around != self.around(page)

    def touched(self, paths: set[str]) -> set[str]:
        """Return the pages, by path, in which one of these files is shown and has changed."""
        names = {
            name for name in self.named if any(f"{name}/".startswith(f"{path}/") for path in paths)
        }
        changed = set()
        for name in names:
            file, copy = self.root / name, self.folder / name
            same = file.is_file() and copy.is_file() and filecmp.cmp(file, copy, shallow=False)
            if not same and (file.is_file() or name in self.copied):
                changed.add(name)
        for name in changed & self.copied:
            if not (self.root / name).is_file():
                (self.folder / name).unlink(missing_ok=True)
                self.copied.discard(name)
        return {path for path, item in self.prints.items() if changed & item.named}

    def drop(self, path: str) -> None:
        """Remove the print of a page that is gone."""
        self.runs.pop(path, None)
        if path in self.prints:
            for name in self.prints.pop(path).files:
                (self.folder / name).unlink(missing_ok=True)
        self.printings.pop(path.removesuffix(".qmd") + ".html", None)

    def _watch(self, files: frozenset[str]) -> None:
        above = {str(folder) for file in files for folder in Path(file).parents}
        self.named |= {*files, *above} - {"."}

    def is_watched(self, path: str) -> bool:
        """Return whether a file of the machine matters to the preview."""
        path = path_in(self.root, Path(path), ".")
        *above, name = path.split("/")
        if path in self.named:
            return True
        if name.startswith(".") or name.endswith(("~", ".swp", ".pyc")):
            return False
        if any(part.startswith(".") or part in ("__pycache__", "_site") for part in above):
            return False
        first = path.split("/")[0]
        source = first in ("journal", "code", "data", NAME, OTHER) or name.endswith(".qmd")
        made = "assets" in above and not path.startswith("code/exhibits/assets/")
        beside = "/".join(above) in self.named  # in a folder that a page may have listed
        return ((source or beside) and not made) or self.is_resource(path)

    def is_resource(self, path: str) -> bool:
        """Return whether a file of the author is copied into the site as it is."""
        asset = path.removeprefix("assets/") if path.startswith("assets/") else ""
        own = asset.startswith((".", "cards/")) or asset in asset_sources()
        return self.printer.project.config.is_resource(path) and not own
