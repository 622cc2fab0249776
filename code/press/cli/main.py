"""Define the command `press`, built on click (options, help, completion) and rich (progress).

What runs kernels is imported by the commands that need it: the shell starts press at each press of
the tab key.
"""

import click

from press.cli.look import check, diff, status
from press.cli.render import notebook, render, run
from press.cli.show import preview, publish, serve
from press.cli.train import train
from press.cli.workbench import texts, tokens, weights
from press.cli.write import import_log, new, note, remove


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


for command in (render, run, notebook, check, status, diff, serve, preview, publish):
    main.add_command(command)
for command in (new, note, import_log, remove, texts, tokens, train, weights):
    main.add_command(command)
