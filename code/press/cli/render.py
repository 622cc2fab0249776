"""Define the commands that run pages: `press render`, `press run`, `press notebook`."""

import time
from pathlib import Path
from typing import Any

import click

from press.authoring.new_entry import placeholder_problems
from press.base.errors import PressError, Problem
from press.base.files import path_in, write_atomically
from press.cli.options import PAGES, PRINTER, command, console, output_folder, running, select
from press.publish import quarto
from press.publish.atomic_publish import exchange_sites, lock, workshop
from press.source.page import Page
from press.source.project import Project, read_project
from press.source.quarto_yml import find_root
from scratch.smoke import SETTING, smoke

FEW = 20  # unchanged pages that are named one by one
say = console.print


@command
@PAGES
@PRINTER
@running
@output_folder("Folder of the site; default from _quarto.yml.")
@click.option("--fresh", is_flag=True, help="Execute every page, whatever the cache has.")
def render(
    pages: tuple[Path, ...], printer: str, output: Path | None, fresh: bool, **how: Any
) -> None:
    """Execute the pages and print the site; the old one stays until the new one is whole.

    Executed are the pages of which something changed since their last run (see `press status`), and
    PAGES in any case.

    Example: press render journal/2025-07-02-a-tokenizer.qmd --output preview
    """
    wrong: list[Problem] = []
    project = read_project(find_root(), wrong)
    unwritten = list(placeholder_problems(project.root, project.published))
    if unwritten or (wrong and printer == "quarto"):
        raise PressError([*wrong, *unwritten])
    if wrong:
        for problem in sorted(wrong):
            say(str(problem), markup=False)
        say("The other pages are run and printed, to find all that is wrong.")
    work = project.config.work
    chosen = select(project, pages) if (pages or fresh) and not wrong else []
    target = (output or project.config.output).resolve()  # what a link leads to is exchanged
    if smoke() and target == project.config.output.resolve():
        what = f"is set, and no short training belongs into {target.name}/, the site to publish"
        raise PressError.at(SETTING, 0, what, "unset it, or give --output FOLDER")
    with lock(work):
        folder = workshop(work, target)
        if printer == "quarto":
            say("Printing with Quarto.")
            quarto.render_with_quarto(project, folder)
        else:
            say("Printing with the built-in printer.")
            for note in project.notes():
                say(f"  note  {note}", markup=False)
            _print(project, folder, target, chosen, wrong, how)
        exchange_sites(folder, target, work)
    say(f"The site is in {path_in(Path.cwd(), target, str(target))}/. To look at it: make serve")


def _print(
    project: Project,
    folder: Path,
    old_site: Path,
    afresh: list[Page],
    wrong: list[Problem],
    how: dict[str, Any],
) -> None:
    """Run what changed, and print the site into a folder with the built-in printer.

    how: the options of `run_pages`.
    Raises: PressError with the problems of all pages, `wrong` among them.
    """
    from press.execute.pool import Board, run_pages
    from press.publish.build import build, take_unchanged
    from press.publish.site_record import Record
    from press.render.page_html import Printer

    started = time.perf_counter()
    typesetter, record = Printer(project), Record(project.config.work, old_site)
    taken = take_unchanged(typesetter, record, folder, afresh)
    for name in sorted(taken) if len(taken) <= FEW else [f"{len(taken):,} pages, as they are"]:
        say(f"  kept  {name}")
    with Board(console) as board:
        changed = [page for page in project.published if page.path not in taken]
        runs = run_pages(project, changed, board, afresh=afresh, wrong=wrong, **how)
    executed = time.perf_counter()
    printed = build(typesetter, runs, record, folder, taken, say, wrong)
    ran, of = sum(not run.cached for run in runs.values()), len(project.published)
    took, printing = executed - started, time.perf_counter() - executed
    say(f"Executed {ran} of {of} pages in {took:.1f} s, printed {printed} in {printing:.1f} s.")


@command
@PAGES
@running
def run(pages: tuple[Path, ...], **how: Any) -> None:
    """Execute pages in fresh kernels, and print nothing: does everything still hold?

    The executed notebooks go to .press/executed/.

    Example: press run journal/2025-07-02-a-tokenizer.qmd
    """
    from press.execute.notebook import dump, for_download
    from press.execute.pool import Board, run_pages

    project = read_project(find_root())
    chosen = select(project, pages)
    with lock(project.config.work), Board(console) as board:
        runs = run_pages(project, chosen, board, afresh=chosen, **how)
    for path, done in runs.items():
        file = (project.config.work / "executed" / path).with_suffix(".ipynb")
        write_atomically(file, dump(for_download(done.notebook)))


@command
@PAGES
@output_folder("Folder of the notebooks; default .press/notebooks.")
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
        made = to_notebook(page)
        # nbmake reads it
        made.metadata["execution"] = {"timeout": cell_timeout(page, project.config)}
        write_atomically(file, dump(made))
        click.echo(file)
