"""The command `press texts`: list the texts that the pages can run on, or add one."""

import click
from rich.table import Table
from rich.text import Text

from press.cli.console import console, is_terminal
from press.cli.options import says_what_is_wrong


@click.group(invoke_without_command=True)
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
            default = "*" if line.default else ""
            described = (entry.name, entry.title, entry.author, entry.licence)
            # as Text: a title may have brackets
            table.add_row(*map(Text, (default, *described, length, line.state)))
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
    from workbench.texts import add_text, report

    def ask(field: str, default: str) -> str:
        if not is_terminal():
            return default
        question = f"Its {field}" if default else f"Its {field} (may stay empty)"
        answer = click.prompt(question, default=default, show_default=bool(default), err=True)
        return str(answer)

    added = add_text(
        source, name, title=title, author=author, licence=licence, plain=plain_marks, ask=ask
    )
    for line in report(added):
        click.echo(line)
    click.echo("Everything that any text can show runs on it. The rest:")
    for basis in plan(added.text):
        why = f", for it needs {', '.join(map(str, basis.lacks))}" if basis.lacks else ""
        click.echo(f"  {basis.experiment}: on {basis.text.title}{why}")
