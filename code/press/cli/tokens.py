"""The command `press tokens`: train an encoding, and turn texts into shards of ids."""

from pathlib import Path

import click
from rich.progress import DownloadColumn, Progress, TransferSpeedColumn

from press.cli.console import complaints, console, errors_as_lines
from press.cli.options import output_folder

TEXTS = click.argument("texts", nargs=-1, required=True)
says_what_is_wrong = errors_as_lines(ValueError, "what was encoded before stays as it was")


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
@says_what_is_wrong
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
@says_what_is_wrong
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
