"""The command `press`. Built on click (options, help, completion) and rich (progress).

A user's error is printed in one line each, with value, limit and remedy; the status is then 1,
without a traceback. What runs kernels is imported by the commands that need it: the shell starts
press at each press of the tab key.
"""

import contextlib
import datetime
import functools
import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from press.base.errors import PressError, Problem
from press.cli.console import errors_as_lines
from press.cli.tokens import tokens
from press.cli.train import train
from press.cli.weights import weights
from press.execute.progress import Board, Clock
from press.publish import quarto
from press.publish.atomic_publish import lock, swap, workshop
from press.source.config import find_root
from press.source.page import Page
from press.source.project import Project, read_project
from scratch.smoke import SETTING, smoke

PAGES = click.argument("pages", nargs=-1, type=click.Path(path_type=Path))
EXECUTOR = click.option(
    "--executor",
    metavar="dask://HOST:PORT",
    help="Run the pages on a dask.distributed cluster; default this machine.",
)
FEW = 20  # kept pages that are named one by one
LASTING: list[
    Any
] = []  # kept until the process ends: letting go of a thousand pages takes as long as reading them
console = Console()
says_what_is_wrong = errors_as_lines()


@click.group(invoke_without_command=True)
@click.version_option(package_name="journal-of-a-language-model", prog_name="press")
@click.pass_context
def main(context: click.Context) -> None:
    """Print the journal: page -> notebook -> executed notebook -> site.

    Example: press render
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        click.echo(
            "\nNext: `press check` looks the pages over, `press render` prints the site, `press"
            " serve` shows it."
        )


@main.command()
@PAGES
@click.option(
    "--with",
    "printer",
    type=click.Choice(["quarto", "builtin"]),
    help="Default: Quarto where it is installed.",
)
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    help="Seconds a cell may take; default from _quarto.yml, or 300.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Pages that run at once; default one a core, as memory allows.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the site; default from _quarto.yml.",
)
@click.option("--fresh", is_flag=True, help="Execute every page, whatever the cache has.")
@click.option(
    "--timings",
    is_flag=True,
    hidden=True,
    help="Tell the seconds of each phase, as JSON on standard error.",
)
@EXECUTOR
@says_what_is_wrong
def render(
    pages: tuple[Path, ...],
    printer: str | None,
    timeout: int | None,
    jobs: int | None,
    output: Path | None,
    fresh: bool,
    timings: bool,
    executor: str | None,
) -> None:
    """Execute the pages and print the site; the old one stays until the new one is whole.

    Executed are the pages of which something changed since their last run (see `press status`), and
    PAGES in any case.

    Example: press render journal/2025-07-02-a-tokenizer.qmd --with builtin
    """
    from press.execute.pool import run_pages
    from press.publish.build import build, standing
    from press.render.page_html import Printer

    gc.set_threshold(
        100_000
    )  # what a long journal reads stays: looking for what to let go is a tenth of the time
    clock = Clock()
    project = read_project(find_root())
    clock.tick("read")
    chosen = select(project, pages) if pages or fresh else []
    target = (
        output or project.config.output
    ).resolve()  # a link stays one: what it leads to is exchanged
    if smoke() and target == project.config.output.resolve():
        what = f"is set, and no short training belongs into {target.name}/, the site to publish"
        raise PressError(Problem(SETTING, 0, what, "unset it, or give --output FOLDER"))
    by_quarto = printer == "quarto" or (printer is None and quarto.find() is not None)
    say = functools.partial(console.print, highlight=False, soft_wrap=True)
    with lock(project.config.work):
        folder = workshop(project.config.work, target, empty=by_quarto)
        started = time.perf_counter()
        if by_quarto:
            say("Printing with Quarto.")
            quarto.render(project, folder)
        else:
            why = "" if printer else " (quarto is not on PATH)"
            say(f"Printing with the built-in printer{why}.")
            typesetter = Printer(project)
            clock.tick("runs")
            _ = (
                typesetter.frame,
                typesetter.filtered,
            )  # the lists of pages that every page stands among
            clock.tick("listing")
            kept = standing(typesetter, chosen)
            for name in sorted(kept) if len(kept) <= FEW else [f"{len(kept):,} pages, as they are"]:
                say(f"  kept  {name}")
            with Board(console) as board:
                wanted = [page for page in project.published if page.path not in kept]
                runs = run_pages(project, wanted, board, timeout, jobs, chosen, executor)
            executed = time.perf_counter()
            clock.tick("runs")
            printed = build(typesetter, runs, folder, kept, clock.tick, say)
            ran = sum(not done.cached for done in runs.values())
            of = len(project.published)
            took = executed - started, time.perf_counter() - executed
            LASTING[:] = project, typesetter, runs
            say(
                f"Executed {ran} of {of} pages in {took[0]:.1f} s, printed {printed} in"
                f" {took[1]:.1f} s."
            )
        swap(folder, target, project.config.work)
        clock.tick("swap")
    if timings:
        click.echo(clock.told(), err=True)
    shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
    say(f"The site is in {shown}/. To look at it: make serve")


@main.command()
@PAGES
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    help="Seconds a cell may take; default from _quarto.yml, or 300.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Pages that run at once; default one a core, as memory allows.",
)
@EXECUTOR
@says_what_is_wrong
def run(
    pages: tuple[Path, ...], timeout: int | None, jobs: int | None, executor: str | None
) -> None:
    """Execute pages in fresh kernels, and print nothing: does everything still hold?

    The executed notebooks go to .press/executed/.

    Example: press run journal/2025-07-02-a-tokenizer.qmd
    """
    from press.execute.notebook import dump, for_download
    from press.execute.pool import run_pages

    project = read_project(find_root())
    chosen = select(project, pages)
    with lock(project.config.work), Board(console) as board:
        runs = run_pages(project, chosen, board, timeout, jobs, chosen, executor)
    for path, done in runs.items():
        file = (project.config.work / "executed" / path).with_suffix(".ipynb")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dump(for_download(done.notebook)), encoding="utf-8")


@main.command()
@PAGES
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the notebooks; default .press/notebooks.",
)
@says_what_is_wrong
def notebook(pages: tuple[Path, ...], output: Path | None) -> None:
    """Turn pages into Jupyter notebooks, not executed; each cell knows its line in the page.

    Example: press notebook journal/2025-07-02-a-tokenizer.qmd
    """
    from press.execute.kernel import cell_timeout
    from press.execute.notebook import dump, to_notebook

    project = read_project(find_root())
    folder = output or project.config.work / "notebooks"
    for page in select(project, pages):
        file = (folder / page.path).with_suffix(".ipynb")
        file.parent.mkdir(parents=True, exist_ok=True)
        made = to_notebook(page)
        made.metadata["execution"] = {
            "timeout": cell_timeout(page, project.config)
        }  # nbmake reads it
        file.write_text(dump(made), encoding="utf-8")
        click.echo(file)


@main.command()
@click.option(
    "--quarto",
    "for_quarto",
    is_flag=True,
    help="Look for what real Quarto would stop at, or print wrongly.",
)
@says_what_is_wrong
def check(for_quarto: bool) -> None:
    """Look over the machine, _quarto.yml and every page, without running a cell.

    With --quarto: whether _quarto.yml, the pages and .gitignore are as Quarto needs them. Quarto
    itself need not be there.

    Example: press check --quarto
    """
    from press.checks.environment import look_over

    root = find_root()
    if for_quarto:
        from press.checks.quarto_compat import quarto_problems

        found = quarto_problems(root)
        if found:
            raise PressError(found)
        click.echo("ok   Quarto    _quarto.yml, the pages and .gitignore are as Quarto needs them")
        if "QUARTO_PYTHON" not in os.environ:
            click.echo(
                "--   Quarto    by hand: QUARTO_PYTHON=.venv/bin/python quarto render; `press"
                " render` sets it itself"
            )
        return
    findings = list(look_over(root))
    for finding in findings:
        click.echo(finding)
    project = read_project(root)
    cells = sum(len(page.cells) for page in project.pages)
    click.echo(f"ok   pages      {len(project.pages)} with {cells} cells are in order")
    if any(finding.needed and not finding.fine for finding in findings):
        sys.exit(1)


@main.command()
@click.argument("title")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the entry; default today.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Entry whose categories and first cell it takes.",
)
@says_what_is_wrong
def new(title: str, date: datetime.datetime | None, source: Path | None) -> None:
    """Begin an entry: a dated page that runs at once, its claim, its test.

    Example: press new "Attention at last" --date 2025-07-08
    """
    from press.cli.new_entry import new_entry

    project = read_project(find_root())
    day = date.date() if date else datetime.date.today()
    model = select(project, (source,))[0] if source else None
    for file in new_entry(project, title, day, model):
        click.echo(file.relative_to(project.root))
    click.echo("Next: make preview, and write.")


@main.command()
@says_what_is_wrong
def status() -> None:
    """Say of each page whether its last run still holds, or what changed since.

    Example: press status
    """
    from press.execute.cache import Cache

    project = read_project(find_root())
    cache = Cache(project.config)
    for page in project.published:
        reasons = cache.why_stale(page)
        click.echo(
            f"stale  {page.path}: {', '.join(reasons)}" if reasons else f"fresh  {page.path}"
        )


@main.command()
@PAGES
@says_what_is_wrong
def diff(pages: tuple[Path, ...]) -> None:
    """Say what moved between the last two executions of each page: numbers, verdicts, exhibits,
    errors.

    Example: press diff journal/2025-07-02-a-tokenizer.qmd
    """
    from press.execute.cache import Cache

    project = read_project(find_root())
    cache = Cache(project.config)
    same = 0
    for page in select(project, pages):
        failure, last = cache.failure(page), cache.last_changes(page)
        lines = [f"  error    {line}" for line in failure]
        if last is not None:
            lines += [f"  {change.kind:8} {change}" for change in last[1]]
        if lines:
            since = f" (since the run of {last[0]})" if last and last[1] else ""
            click.echo("\n".join([f"{page.path}{since}", *lines]))
        elif pages:
            click.echo(
                f"{page.path}: {'nothing moved' if last else 'there are no two runs to compare'}"
            )
        else:
            same += 1
    if same:
        click.echo(f"{same} page{'s' if same > 1 else ''} without a change")


@main.command()
@says_what_is_wrong
def assets() -> None:
    """Fill assets/ with the exhibits' files and plotly.min.js from its wheel.

    Example: press assets
    """
    from press.publish.assets import make_assets

    for file in make_assets(find_root()):
        click.echo(file.name)


@main.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any free port.",
)
@says_what_is_wrong
def serve(port: int) -> None:
    """Show the built site on this machine, below the path of its site-url.

    Example: press serve --port 8001
    """
    from press.publish.server import server
    from press.source.config import read_config

    config = read_config(find_root())
    with server(config.output, port, config.base_path) as http:
        click.echo(
            f"http://localhost:{http.server_address[1]}{config.base_path}   (stop with Ctrl+C)"
        )
        try:
            http.serve_forever()
        except KeyboardInterrupt:
            click.echo()


@main.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any free port.",
)
@says_what_is_wrong
def preview(port: int) -> None:
    """Show the journal on this machine and follow every edit; only changed cells are run again.

    Example: press preview --port 8002
    """
    import asyncio

    from press.preview import app as following

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(following.preview(find_root(), port, click.echo))


@main.group(invoke_without_command=True)
@click.pass_context
@says_what_is_wrong
def texts(context: click.Context) -> None:
    """List the texts that the pages can run on, or add one.

    Example: press texts
    """
    if context.invoked_subcommand is None:
        from workbench.texts import listing

        table = Table()
        for heading in ("", "name", "title", "author", "licence", "characters", "state"):
            table.add_column(heading, overflow="fold")  # a name is typed as it stands here
        for line in listing():
            length = f"{line.characters:,}" if line.characters else ""
            entry = line.entry
            cells = (
                "*" if line.default else "",
                entry.name,
                entry.title,
                entry.author,
                entry.licence,
                length,
                line.state,
            )
            table.add_row(*map(Text, cells))  # as it is: a title may have brackets
        console.print(table)
        console.print("* the text that the pages run on", highlight=False)


@texts.command()
@click.argument("source")
@click.option("--name", required=True, help="Short name: small letters, digits, hyphens.")
@click.option(
    "--title", help="Default: what a Gutenberg header says, else it is asked for on a terminal."
)
@click.option("--author", help="Default: as for the title.")
@click.option("--licence")
@click.option(
    "--plain-marks",
    is_flag=True,
    help="Write straight quotes, -- for long dashes, ... and plain spaces.",
)
@says_what_is_wrong
def add(
    source: str,
    name: str,
    title: str | None,
    author: str | None,
    licence: str | None,
    plain_marks: bool,
) -> None:
    """Copy or download a plain text (FILE or URL) into data/ and record what is known of it.

    Refused is what cannot serve: fewer than 200 words, no spaces between words, more than
    10,000,000 bytes, and the like.

    Example: press texts add my-copy.txt --name foundation --title Foundation --author "Isaac
    Asimov"
    """
    from scratch.baselines.needs import plan
    from workbench.texts import add_text, told

    def ask(field: str, default: str) -> str:
        if not _is_terminal():
            return default
        hint = "" if default else " (may stay empty)"
        return str(
            click.prompt(
                f"Its {field}{hint}", default=default, show_default=bool(default), err=True
            )
        )

    added = add_text(
        source, name, title=title, author=author, licence=licence, plain=plain_marks, ask=ask
    )
    for line in told(added):
        click.echo(line)
    click.echo("Everything that any text can show runs on it. The rest:")
    for basis in plan(added.text):
        why = f", for it needs {', '.join(map(str, basis.lacks))}" if basis.lacks else ""
        click.echo(f"  {basis.experiment}: on {basis.text.title}{why}")


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


main.add_command(tokens)
main.add_command(train)
main.add_command(weights)


def select(project: Project, files: tuple[Path, ...]) -> list[Page]:
    """The published pages that the command names; all of them if it names none.

    Raises: PressError for a file that is no page of this project, or is a draft.
    """
    if not files:
        return list(project.published)
    by_path = {page.path: page for page in project.pages}
    chosen = []
    for file in files:
        whole = file.resolve()
        path = (
            whole.relative_to(project.root).as_posix()
            if whole.is_relative_to(project.root)
            else str(file)
        )
        if path not in by_path:
            raise PressError(
                Problem(
                    path, 0, "is no page of this journal", f"pages: {', '.join(sorted(by_path))}"
                )
            )
        if by_path[path].draft:
            raise PressError(
                Problem(
                    path, 1, "the page is a draft", "take draft: true out; make preview shows it"
                )
            )
        chosen.append(by_path[path])
    return chosen
