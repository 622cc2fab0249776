"""The command `press tokens`: learn an encoding, turn texts into shards of ids."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from press.problems import PressError

console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False)
TEXTS = click.argument("texts", nargs=-1, required=True)


def _says_what_is_wrong(command: Callable[..., None]) -> Callable[..., None]:
    """A user's error is one line on standard error and status 1."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (PressError, ValueError, OSError) as error:
            complaints.print(f"press: {error}", markup=False, soft_wrap=True)
            sys.exit(1)

    return run


@click.group()
def tokens() -> None:
    """Learn an encoding, or turn texts of any size into token ids on disk.

    Example: press tokens build the-index-of-small-lights
    """


@tokens.command()
@TEXTS
@click.option("--name", required=True, help="Of the encoding; it is kept as data/NAME.bpe.")
@click.option("--size", default=5000, show_default=True, type=click.IntRange(min=257), help="Entries in all.")
@_says_what_is_wrong
def train(texts: tuple[str, ...], name: str, size: int) -> None:
    """Learn a byte-pair encoding from TEXTS: names of `press texts`, or files.

    Example: press tokens train the-index-of-small-lights --name small --size 2000
    """
    from press.tokens import train_encoding

    path, encoding = train_encoding(texts, name, size)
    console.print(f"{path}: {len(encoding):,} entries. To use it: press tokens build TEXT --encoding {name}")


@tokens.command()
@TEXTS
@click.option("--encoding", default="gpt2", show_default=True, help="gpt2, a NAME of `press tokens train`, or a file.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder of the shards; default in .press/tokens/.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; default one a core.")
@click.option("--part-mb", default=16, show_default=True, type=click.IntRange(min=1), help="MiB of text a shard.")
@click.option("--read-specials", is_flag=True, help="Read <|endoftext|> in the texts as the special token.")
@click.option("--cluster", help="Address of a dask scheduler, to encode on its workers.")
@_says_what_is_wrong
def build(
    texts: tuple[str, ...],
    encoding: str,
    output: Path | None,
    jobs: int | None,
    part_mb: int,
    read_specials: bool,
    cluster: str | None,
) -> None:
    """Encode TEXTS (names of `press texts`, or files) into shards; stopped or killed, it goes on when called again.

    Example: press tokens build corpus/*.txt --encoding gpt2
    """
    from press.tokens import build_tokens

    columns = (TextColumn("encoding"), BarColumn(24), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
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
        f"{folder}: {index['tokens']:,} ids of {len(index['documents'])} texts, {len(index['shards'])} shards"
    )
