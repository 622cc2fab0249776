"""What the tests of press and of the site share: a small journal in a folder, the real site, a
browser, nbmake's line.

A test of press writes its own pages into `journal`; a test of the site takes what stands in this
repository.
"""

import atexit
import fcntl
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import nbmake.nb_run
import pytest
from click.testing import CliRunner
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient import NotebookClient
from printers import SELECTORS, Selectors, printer_of
from tabs import Tabs
from traitlets import CaselessStrEnum, Type

from press.checks.environment import BROWSERS
from press.execute.notebook import ANSI, Run
from press.execute.outputs import error_line
from press.source.page import Page
from press.source.project import Project, read_project

pytest_plugins = ["pytester"]

# The tests run beside each other; their small products gain nothing from more threads, which only
# wait for one another, and what is to be equal to the bit needs one order of adding. Set before
# torch is imported; kernels and other processes of a test have it too.
os.environ["OMP_NUM_THREADS"] = "1"
# Drawing and trying an example takes as long as the machine is busy; nothing is told by that.
hypothesis.settings.register_profile(
    "journal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("journal")

# What a shell, a git hook, torchrun or a printer may have set, and what would change what is done,
# said, or how wide. It is taken away now, since modules read it when they are imported, and given
# back for pytest's own report.
FOREIGN = re.compile(
    r"COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CLICOLOR.*|MKL_NUM_THREADS|WORLD_SIZE|RANK|LOCAL_RANK"
    r"|PYTHON(?!UTF8$).*|HF_ENDPOINT|(?i:.*_proxy)|(?:GIT|PRESS|QUARTO)(?:_.*)?"
    r"|JOURNAL_(?!SITE$|BROWSER$).*"
)
TAKEN = {name: os.environ.pop(name) for name in list(os.environ) if FOREIGN.fullmatch(name)}
# A journal of a test takes the fonts that are cut already.
os.environ["JOURNAL_FONTS"] = str(Path(__file__).resolve().parents[1] / ".press" / "fonts")
# IPython keeps a profile and a history in the home folder, and warns where it cannot: neither the
# author's own nor a home that nobody may write in shall matter.
os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipython-")
atexit.register(shutil.rmtree, os.environ["IPYTHONDIR"], ignore_errors=True)

# Files that take long, the longest first: begun last, one of them would keep a single
# core busy at the end.
LONGEST = (
    "test_every_page",
    "test_any_text",
    "test_preview",
    "test_talk",
    "test_exhibits_browser",
    "test_hostile_text",
    "test_cache",
    "test_writer",
    "test_printed_exhibits",
    "test_browser",
    "test_long_journal",
    "test_ranks",
    "test_reader",
    "test_left",
    "test_bad_input",
    "test_claims_can_fail",
)

ROOT = Path(__file__).resolve().parents[1]
# Letters are as wide as on a phone, whichever Chromium draws them.
WIDTHS = "--font-render-hinting=none"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", WIDTHS]
CONFIG = """\
project: {type: website, output-dir: _site}
website:
  title: A small journal
  description: Made by a test
  site-url: https://journal.example/small/
  sidebar:
    contents: [index.qmd, "journal/2*.qmd"]
press: {timeout: 600}
"""
INDEX = """\
---
title: A small journal
listing: {contents: "journal/2*.qmd", categories: true}
---
Welcome.
"""


@dataclass
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


class Journal:
    """A journal in a folder of its own, on which press works as an author would let it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "_site"

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file; text is dedented, and its first line break taken off."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        data = (
            text if isinstance(text, bytes) else textwrap.dedent(text).removeprefix("\n").encode()
        )
        file.write_bytes(data)
        return file

    def page(self, body: str, path: str = "journal/2025-07-02-a.qmd", front: str = "") -> Path:
        """Write a page with a title and, if its name has one, a date. The body begins on the line
        after the ---.
        """
        name = path.rsplit("/", 1)[-1]
        title = f"title: Page {path.removesuffix('.qmd')}\n"
        date = f"date: {name[:10]}\n" if name[:4].isdigit() else ""
        body = textwrap.dedent(body).removeprefix("\n")
        return self.write(path, f"---\n{title}{date}{front}---\n{body}".encode())

    def project(self) -> Project:
        """Read and check it."""
        return read_project(self.root)

    def press(self, *arguments: str) -> Said:
        """Run a command of press in this process, from the journal's root."""
        cli = importlib.import_module("press.cli.main")
        before = Path.cwd()
        os.chdir(self.root)
        try:
            result = CliRunner().invoke(cli.main, list(arguments))
        finally:
            os.chdir(before)
        if result.exception and not isinstance(result.exception, SystemExit):
            traceback.print_exception(result.exception)
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def render(self) -> Path:
        """Print it with the built-in printer, which must work; the folder of the site."""
        said = self.press("render", "--with", "builtin")
        assert said.status == 0, said.err
        return self.site

    def body(self, path: str = "journal/2025-07-02-a.html") -> str:
        """The HTML of a printed page."""
        return (self.site / path).read_text(encoding="utf-8")

    def command(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a command of press as a process of its own, as from a terminal: Ctrl+C reaches it."""
        with interruptible():
            return subprocess.Popen(
                [sys.executable, "-m", "press", *arguments], cwd=self.root, env={**os.environ, **environment},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGINT end what is started meanwhile. nohup, and a script that goes on in the background,
    ignore it, and every process inherits that; press leaves it so, for whoever asked for it meant
    it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def journal_in() -> Callable[[Path], Journal]:
    """Make a journal with a front page alone, in a folder."""

    def make(folder: Path) -> Journal:
        small = Journal(folder / "journal")
        small.write("_quarto.yml", CONFIG)
        small.write("index.qmd", INDEX)
        return small

    return make


@pytest.fixture
def journal(
    tmp_path: Path, journal_in: Callable[[Path], Journal], monkeypatch: pytest.MonkeyPatch
) -> Journal:
    """A journal with a front page alone; QUARTO, if this machine has it, is out of sight."""
    monkeypatch.delenv("QUARTO", raising=False)
    return journal_in(tmp_path)


@pytest.fixture
def printed() -> Callable[[str], str]:
    """Set a page's text as the HTML of its body, as if every cell printed nothing and every inline
    value were 7.
    """
    from press.execute.notebook import is_hidden, to_notebook
    from press.render.pandoc import to_html
    from press.render.weave import weave
    from press.source.page import parse_page

    def make(body: str, value: str = "7") -> str:
        page: Page = parse_page(f"---\ntitle: t\n---\n{textwrap.dedent(body)}", "a.qmd")
        notebook = to_notebook(page)
        for cell in filter(is_hidden, notebook.cells):
            cell.metadata["press"]["values"] = [
                {"text/plain": value} for _ in cell.metadata["press"]["inlines"]
            ]
        return to_html(weave(Run(page, notebook, 0.0), {}), page.path)

    return make


@pytest.fixture
def enough() -> Callable[[str], str]:
    """Make a text that begins so and that `load_text` takes: it refuses what has too few words."""
    words = (
        "river stone lamp over under quiet morning walked the old bridge slowly while rain fell on"
        " a far hill road"
    )
    return lambda beginning: beginning + "\n\n" + f"{words}.\n" * 12


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, byte for byte."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(name="tree")
def _tree() -> Callable[[Path], dict[str, bytes]]:
    return tree


# -- The real site


def print_site(root: Path, folder: Path, environment: dict[str, str] | None = None) -> None:
    """Print a journal's site into a folder by the built-in printer, or fail the test."""
    command = [sys.executable, "-m", "press", "render", "--with", "builtin", "--output"]
    command.append(str(folder))
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    if done.returncode:
        pytest.fail(f"the site cannot be built:\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session", name="print_site")
def _print_site() -> Callable[..., None]:
    return print_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal's own site: what JOURNAL_SITE names, or built here once, whatever the number of
    workers.
    """
    named = os.environ.get("JOURNAL_SITE")
    if named and Path(named).is_dir():
        return Path(named)
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    built = shared / "site-of-the-journal"
    with open(shared / "site.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.is_dir():
            print_site(ROOT, built)
    return built


@pytest.fixture(scope="session")
def printer(site: Path) -> str:
    """The printer that made the site: "builtin" or "quarto"."""
    return printer_of(site)


@pytest.fixture(scope="session")
def selectors(printer: str) -> Selectors:
    """Where this printer's pages have what a reader uses."""
    return SELECTORS[printer]


@pytest.fixture(autouse=True)
def _made_by(request: pytest.FixtureRequest) -> None:
    """Skip a test that is marked `printer(NAME, WHY)` on a site that another printer made."""
    mark = request.node.get_closest_marker("printer")
    if mark and request.getfixturevalue("printer") != mark.args[0]:
        pytest.skip(f"only of the {mark.args[0]} printer: {mark.args[1]}")


# -- A browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one the tests are skipped, or fail where
    JOURNAL_BROWSER=required.
    """
    named = os.environ.get("CHROMIUM")
    found = next(
        filter(None, map(shutil.which, [named] if named else [*BROWSERS, "/usr/bin/chromium"])),
        None,
    )
    if found:
        from playwright.sync_api import expect

        expect.set_options(timeout=60_000)
        return found
    why = (
        "NO BROWSER: nothing was looked at in Chromium. Install chromium, or name one in CHROMIUM."
    )
    if os.environ.get("JOURNAL_BROWSER") == "required":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium of playwright's."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def serving(site: Path, base: str = "/") -> Iterator[str]:
    """The address of a site that is served from a thread."""
    from press.publish.static_server import listen, server, site_app

    http = server(site_app(site, base))
    with listen(0, "serve") as listener:
        thread = threading.Thread(target=http.run, args=([listener],), daemon=True)
        thread.start()
        while not http.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{base}"
        http.should_exit = True
        thread.join()


@pytest.fixture(scope="module", name="serving")
def _serving() -> Callable[..., Any]:
    return serving


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the journal's own site is served."""
    with serving(site) as found:
        yield found


class Watch:
    """What goes wrong in a context: errors on a console, exceptions, failed requests, requests to
    another host.
    """

    def __init__(self, context: Any) -> None:
        self.begin("")
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def begin(self, home: str) -> None:
        """Forget what was seen; home: the address whose host may be asked."""
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.answered: set[str] = set()
        self.home = urlsplit(home).netloc

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def _failed(self, request: Any) -> None:
        """On a busy machine a worker's request may be said to have failed although its answer has
        come, and is in use.
        """
        if request.url not in self.answered:
            self.faults.append(f"failed: {request.url}: {request.failure}")

    def _answered(self, answer: Any) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status}: {answer.url}")
        else:
            self.answered.add(answer.url)

    def _request(self, request: Any) -> None:
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.home:
            self.faults.append(f"another host: {request.url}")


NOTED = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(`${event.effectiveDirective}: ${event.blockedURI}`));
window.shifts = [];
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput)
    shifts.push([entry.value, entry.sources.map((source) => source.node?.className ?? "").join(" ")]); })
    .observe({ type: "layout-shift", buffered: true });
"""


@contextmanager
def visits(tabs: Tabs, address: str) -> Iterator[Callable[..., Any]]:
    """What opens a page of the site: the page has a `watch`, its window notes `violations` and
    `shifts`, and who is done with it early calls `done`.
    """
    pages = []

    def make(name: str, home: str = address, script: str = "", **options: Any) -> Any:
        page = tabs.take(NOTED + script, **options)
        pages.append(page)
        page.done = lambda: (pages.remove(page), tabs.give_back(page))
        page.watch.begin(home)
        page.goto(home + name, wait_until="load")
        return page

    yield make
    for page in pages:
        tabs.give_back(page)


@pytest.fixture(scope="module")
def tabs(browser: Any) -> Tabs:
    """The pages that the tests of a file use one after another."""

    def watched(page: Any) -> None:
        page.watch = Watch(page.context)

    return Tabs(browser, watched)


@pytest.fixture
def visit(tabs: Tabs, address: str) -> Iterator[Callable[..., Any]]:
    """Open a page of the site; options are those of a browser's context."""
    with visits(tabs, address) as make:
        yield make


@pytest.fixture(scope="module")
def visiting(tabs: Tabs, address: str) -> Iterator[Callable[..., Any]]:
    """The same, for what the tests of a file share."""
    with visits(tabs, address) as make:
        yield make


@pytest.fixture(scope="module")
def names(site: Path) -> list[str]:
    """Every page of the site but 404."""
    found = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    return [name for name in found if name != "404.html"]


@pytest.fixture(scope="module")
def entry(names: list[str]) -> str:
    """The first dated page."""
    return next(name for name in names if re.match(r"journal/\d{4}-", name))


def until(page: Any, true: str, argument: Any = None) -> None:
    """Wait until an expression of JavaScript is true. playwright's own wait evaluates text, which
    the pages forbid.
    """
    end = time.monotonic() + 60
    while not page.evaluate(true, argument):
        assert time.monotonic() < end, f"after a minute it is still not true: {true}"
        page.wait_for_timeout(50)


@pytest.fixture(scope="session", name="until")
def _until() -> Callable[..., None]:
    return until


# -- nbmake


class SocketFiles(AsyncKernelManager):
    """Talk to a notebook's kernel through files: a port may go to another worker's kernel between
    its choice and its use.
    """

    transport = CaselessStrEnum(["ipc"], default_value="ipc")

    def __init__(self, **options: Any) -> None:
        folder = tempfile.mkdtemp(prefix="nbmake-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        address = f"{folder}/kernel"
        super().__init__(ip=address, connection_file=f"{address}.json", **options)


class FileClient(NotebookClient):
    """Run a notebook in a kernel of `SocketFiles`."""

    kernel_manager_class = Type(SocketFiles, klass=KernelManager)


class PageLines:
    """Let the report of a page's notebook that fails begin with the page's file and line.

    A plugin, since a hook of this file would not see the notebooks, which lie outside of tests/.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: "pytest.CallInfo[None]"
    ) -> Iterator[None]:
        report: Any = yield
        if getattr(item, "nbmake", False) and report.failed and call.excinfo is not None:
            place = _place(call.excinfo.value)
            if place:
                report.longrepr.term = f"{place}\n\n{report.longrepr.term}"
                report.longrepr.reprcrash.message = place
        return report


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks, marked so, first, then the files that take longest, then the others as they come."""
    order = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        return -1 if item.path.suffix == ".ipynb" else order.get(item.path.stem, len(order))

    items.sort(key=place)
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("notebook")


def pytest_sessionfinish() -> None:
    """What follows is pytest's own report."""
    os.environ.update(TAKEN)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(PageLines(), "page-lines")
    nbmake.nb_run.NotebookClient = FileClient  # nbmake has no setting for it


def _place(error: BaseException) -> str:
    """`journal/x.qmd:LINE: what happened; in: CODE`, or '' if the notebook is none of press's."""
    result = error.args[0] if error.args else None
    notebook, failed = getattr(result, "nb", None), getattr(result, "error", None)
    if notebook is None or failed is None or "press" not in notebook.metadata:
        return ""
    page = notebook.metadata["press"]["page"]
    if failed.failing_cell_index < 0:
        return f"{page}: {failed.summary}"
    line, shown = error_line(notebook.cells[failed.failing_cell_index])
    return f"{page}:{line}: {ANSI.sub('', failed.summary).strip().splitlines()[-1]}; in: {shown}"
