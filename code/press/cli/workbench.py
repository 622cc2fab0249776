"""Define the commands of the workbench: `press texts`, `press tokens`, `press weights`.

What they do is in `workbench`, and is imported by the command that needs it.
"""

from pathlib import Path

import click
from rich.progress import DownloadColumn, Progress, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from press.cli.options import (
    complaints,
    console,
    errors_as_lines,
    is_terminal,
    output_folder,
    says_what_is_wrong,
)
from press.source.quarto_yml import find_root

TEXTS = click.argument("texts", nargs=-1, required=True)
encoding_errors = errors_as_lines(ValueError, "what was encoded before stays as it was")


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


@click.group()
def tokens() -> None:
    """Learn an encoding, or turn texts of any size into token ids on disk.

    Example: press tokens build the-index-of-small-lights
    """


@tokens.command()
@TEXTS
@click.option("--name", required=True, help="Of the encoding; it is kept as data/NAME.bpe.")
@click.option(
    "--size", default=5000, show_default=True, type=click.IntRange(min=257), help="Entries in all."
)
@encoding_errors
def train(texts: tuple[str, ...], name: str, size: int) -> None:
    """Learn a byte-pair encoding from TEXTS: names of `press texts`, or files.

    Example: press tokens train the-index-of-small-lights --name small --size 2000
    """
    from workbench.tokens import train_encoding

    path, encoding = train_encoding(texts, name, size)
    console.print(
        f"{path}: {len(encoding):,} entries. To use it: press tokens build TEXT --encoding {name}"
    )


@tokens.command()
@TEXTS
@click.option(
    "--encoding",
    default="gpt2",
    show_default=True,
    help="gpt2, a NAME of `press tokens train`, or a file.",
)
@output_folder("Folder of the shards; default in .press/tokens/.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; default one a core.")
@click.option(
    "--part-mb",
    default=16,
    show_default=True,
    type=click.IntRange(min=1),
    help="MiB of text a shard.",
)
@click.option(
    "--read-specials", is_flag=True, help="Read <|endoftext|> in the texts as the special token."
)
@click.option("--cluster", help="Address of a dask scheduler, to encode on its workers.")
@encoding_errors
def build(
    texts: tuple[str, ...],
    encoding: str,
    output: Path | None,
    jobs: int | None,
    part_mb: int,
    read_specials: bool,
    cluster: str | None,
) -> None:
    """Encode TEXTS (names of `press texts`, or files) into shards; called again, it goes on.

    Example: press tokens build corpus/*.txt --encoding gpt2
    """
    from workbench.tokens import build_tokens

    columns = (*Progress.get_default_columns(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=complaints, disable=not complaints.is_terminal) as progress:
        bar = progress.add_task("encoding", total=None)
        folder, index = build_tokens(
            texts,
            encoding,
            output=output,
            jobs=jobs,
            cluster=cluster,
            part_bytes=part_mb << 20,
            read_specials=read_specials,
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    console.print(
        f"{folder}: {index['tokens']:,} ids of {len(index['documents'])} texts,"
        f" {len(index['shards'])} shards"
    )


@click.command()
@click.argument("source")
@click.option(
    "--heads",
    type=click.IntRange(min=1),
    help="In each block; default as many as are 64 wide, as GPT-2 has.",
)
@errors_as_lines(ValueError, "what was downloaded before stays as it was")
def weights(source: str, heads: int | None) -> None:
    """Read GPT-2's weights from SOURCE: a safetensors file, a URL, or OWNER/NAME of Hugging Face.

    Downloaded ones are kept in .press/weights/.

    Example: press weights openai-community/gpt2
    """
    from workbench.weights import get_weights

    path, model = get_weights(source, find_root() / ".press", heads)
    config = model.config
    console.print(
        f"{path}: {sum(config.parameters().values()):,} parameters, {config.n_layers} blocks of"
        f" {config.n_heads} heads, {config.emb_dim} wide, {config.vocab_size:,} entries,"
        f" {config.context_length:,} tokens of context."
    )
    heads_given = f", n_heads={heads}" if heads else ""
    loader = "scratch.model.gpt2_layout.load_gpt2_weights"
    console.print(f"To use them: {loader}({str(Path(path))!r}{heads_given})")
