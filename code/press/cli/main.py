"""The command `press`. Built on click (options, help, completion) and rich (progress).

A user's error is printed in one line each, with value, limit and remedy; the status is then 1,
without a traceback. What runs kernels is imported by the commands that need it: the shell starts
press at each press of the tab key.
"""

import datetime
from pathlib import Path

import click

from press.cli.look import check, diff, status
from press.cli.notes import import_log, note
from press.cli.options import says_what_is_wrong, select
from press.cli.render import notebook, render, run
from press.cli.show import assets, preview, serve
from press.cli.texts import texts
from press.cli.tokens import tokens
from press.cli.train import train
from press.cli.weights import weights
from press.source.config import find_root
from press.source.project import read_project


@click.group(invoke_without_command=True)
@click.version_option(package_name="journal-of-a-language-model", prog_name="press")
@click.pass_context
def main(context: click.Context) -> None:
    """Print the journal: page -> notebook -> executed notebook -> site.

    Example: press render
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        steps = "`press check` looks the pages over, `press render` prints the site"
        click.echo(f"\nNext: {steps}, `press serve` shows it.")


@main.command()
@click.argument("title")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the entry; default today.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Entry whose categories and loading of the text it takes.",
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


for command in (render, run, notebook, check, status, diff, assets, serve, preview):
    main.add_command(command)
for command in (note, import_log, texts, tokens, train, weights):
    main.add_command(command)
