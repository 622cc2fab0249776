"""The command `press`. Built on click (options, help, completion) and rich (progress).

What runs kernels is imported by the commands that need it: the shell starts press at each press of
the tab key.
"""

import datetime
from pathlib import Path

import click

from press.cli.look import check, diff, status
from press.cli.notes import import_log, note
from press.cli.options import says_what_is_wrong, select
from press.cli.render import notebook, render, run
from press.cli.show import preview, publish, serve
from press.cli.train import train
from press.cli.workbench import texts, tokens, weights
from press.source.config import find_root, read_config
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
    """Begin an entry: a dated page that runs at once, with a claim.

    Its placeholders are yours to replace: no site is printed with them.

    Example: press new "Attention at last" --date 2025-07-08
    """
    from press.authoring.new_entry import new_entry

    project = read_project(find_root())
    day = date.date() if date else datetime.date.today()
    model = select(project, (source,))[0] if source else None
    click.echo(new_entry(project, title, day, model).relative_to(project.root))
    click.echo("Next: make preview, and write.")


@main.command()
@click.argument("entry", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@says_what_is_wrong
def remove(entry: Path, yes: bool) -> None:
    """Take an entry out of the journal, with all that press made of it.

    The links to it are named, and it asks. The page is moved into .press/removed/, and can be moved
    back until `make clean`.

    Example: press remove journal/2025-07-08-attention-at-last.qmd
    """
    from press.cli.remove_entry import plan, remove
    from press.publish.atomic_publish import lock

    config = read_config(find_root())
    removal = plan(config, entry)
    for link in removal.links:
        click.echo(str(link))
    if removal.links:
        click.echo("Take these links away, too: no site is printed with a link to nowhere.")
    if not yes:
        click.confirm(f"Remove {removal.path}?", abort=True)
    with lock(config.work):
        folder = remove(config, plan(config, entry))
    page = folder / Path(removal.path).name
    click.echo(f"removed  {removal.path}; it is in {page.relative_to(config.root)}")


for command in (render, run, notebook, check, status, diff, serve, preview, publish):
    main.add_command(command)
for command in (note, import_log, texts, tokens, train, weights):
    main.add_command(command)
