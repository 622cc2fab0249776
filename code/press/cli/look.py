"""Define the commands that change nothing: `press check`, `press status`, `press diff`."""

import os
import sys
from pathlib import Path

import click

from press.authoring.new_entry import placeholder_problems
from press.base.errors import PressError
from press.cli.options import PAGES, command, select
from press.source.project import read_project
from press.source.quarto_yml import find_root


@command
@click.option(
    "--quarto",
    "for_quarto",
    is_flag=True,
    help="Look for what real Quarto would stop at, or print wrongly.",
)
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

        if problems := quarto_problems(root):
            raise PressError(problems)
        click.echo("ok   Quarto    _quarto.yml, the pages and .gitignore are as Quarto needs them")
        if "QUARTO_PYTHON" not in os.environ:
            by_hand = "by hand: QUARTO_PYTHON=.venv/bin/python quarto render"
            click.echo(f"--   Quarto    {by_hand}; `press render` sets it itself")
        return
    findings = list(look_over(root))
    for finding in findings:
        click.echo(finding)
    project = read_project(root)
    if problems := list(placeholder_problems(root, project.published)):
        raise PressError(problems)
    for note in project.notes():
        click.echo(f"--   keys       {note}")
    cells = sum(len(page.cells) for page in project.pages)
    click.echo(f"ok   pages      {len(project.pages)} with {cells} cells are in order")
    if any(finding.needed and not finding.fine for finding in findings):
        sys.exit(1)


@command
def status() -> None:
    """Say of each page whether its last run still holds, or what changed since.

    Example: press status
    """
    from press.execute.run_cache import Cache

    project = read_project(find_root())
    cache = Cache(project.config, still=True)
    for page in project.published:
        reasons = cache.why_stale(page)
        line = f"stale  {page.path}: {', '.join(reasons)}" if reasons else f"fresh  {page.path}"
        click.echo(line)


@command
@PAGES
def diff(pages: tuple[Path, ...]) -> None:
    """Say what moved between the last two runs of each page: numbers, verdicts, exhibits, errors.

    Example: press diff journal/2025-07-02-a-tokenizer.qmd
    """
    from press.execute.run_cache import Cache

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
            state = "nothing moved" if last else "there are no two runs to compare"
            click.echo(f"{page.path}: {state}")
        else:
            same += 1
    if same:
        click.echo(f"{same} page{'s' if same > 1 else ''} without a change")
