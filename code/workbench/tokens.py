"""Learn an encoding, and turn texts of any size into shards of token ids, for `press tokens`.

What: `train_encoding` learns one from listed texts or files and saves it as data/NAME.bpe;
`build_tokens` writes shards (`scratch.shards.build`) to .press/tokens/, or to a folder. A TEXT is a
name of `press texts`, or a file. Left out: the algorithms, which are in `scratch`.

Texts beyond one machine: start a dask scheduler and workers that see the same folders, then

    press tokens build TEXT... --output SHARED/FOLDER --cluster tcp://scheduler:8786

`on_cluster` maps the same function over the same parts, so the shards are byte for byte those of
one machine.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from scratch.shards.build import PART, Mapper, build, in_processes
from scratch.shards.encode import Part, Written
from scratch.text.corpus import data_folder, list_texts
from scratch.text.utf8 import TextError, decode
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train
from scratch.tokenizer.registry import SUFFIX, NoEncoding, find_encoding
from scratch.tokenizer.simple import END_OF_TEXT


class NoCluster(ValueError):
    """A dask cluster that cannot be used; the message has the remedy."""


def find_texts(names: Sequence[str]) -> list[Path]:
    """Return the files of texts, each a name of `press texts` or a path.

    Raises: TextError for a name without a file.

    >>> [path.name for path in find_texts(["the-index-of-small-lights"])]
    ['the-index-of-small-lights.txt']
    """
    listed = {entry.name: entry.path for entry in list_texts()}
    paths = []
    for name in names:
        path = listed.get(name, Path(name))
        if not path.is_file():
            raise TextError(
                f"{name!r} is no file and no text of `press texts` that is here; give one of"
                " the two"
            )
        paths.append(path)
    return paths


def train_encoding(
    texts: Sequence[str], name: str, vocab_size: int
) -> tuple[Path, BytePairEncoding]:
    """Learn an encoding from texts, with `<|endoftext|>` as its last entry, and save it in data/.

    texts: names of `press texts`, or paths; vocab_size: entries in all, `<|endoftext|>` included
    Returns: the file and the encoding.
    Raises: TextError; NoEncoding if the name is taken; BadVocabulary.
    """
    target = data_folder() / f"{name}{SUFFIX}"
    if target.exists() or name == "gpt2":
        raise NoEncoding(
            f"{name!r} is taken, and nothing is overwritten; choose another name, or remove"
            f" {target}"
        )
    paths = find_texts(texts)
    encoding = train(
        (decode(path.read_bytes(), str(path)) for path in paths), vocab_size, specials=[END_OF_TEXT]
    )
    encoding.save(target)
    return target, encoding


def build_tokens(
    texts: Sequence[str],
    encoding: str = "gpt2",
    *,
    output: Path | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    part_bytes: int = PART,
    read_specials: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Path, dict[str, Any]]:
    """Encode texts into shards, or continue an earlier call that was interrupted.

    texts: names of `press texts`, or paths; encoding: "gpt2", a NAME, or a file
    output: the folder; where None, one in .press/tokens/
    jobs: how many processes; where None, one per core
    cluster: the address of a dask scheduler, whose workers then do the work
    part_bytes, read_specials, on_progress: as in `scratch.shards.build.build`

    Returns: the folder, and its index (see `scratch.shards.build.build`).
    Raises: TextError, NoEncoding, NoCluster, BadShards; ValueError for part_bytes or jobs below 1.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs is {jobs}; give 1 or more")
    paths, name = find_texts(texts), find_encoding(encoding)
    folder = output or data_folder().parent / ".press" / "tokens" / _name(paths, name)
    mapper = on_cluster(cluster) if cluster else in_processes(jobs)
    options: dict[str, Any] = {"part_bytes": part_bytes, "read_specials": read_specials}
    return folder, build(
        paths, folder.absolute(), name, mapper=mapper, on_progress=on_progress, **options
    )


def _name(paths: Sequence[Path], encoding: str) -> str:
    """Return a folder's name, the same for the same texts and encoding."""
    digest = hashlib.sha256("\0".join(str(path.absolute()) for path in paths).encode()).hexdigest()
    return f"{paths[0].stem if paths else ''}-{Path(encoding).stem}-{digest[:8]}"


def on_cluster(address: str) -> Mapper:
    """Return a mapper over the workers of a dask cluster.

    Raises: NoCluster if dask is not installed, or no scheduler answers at the address.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise NoCluster(
            "dask is not installed, and --cluster needs it: pip install 'dask[distributed]'"
        ) from None

    def run(work: Callable[[Part], Written], parts: Sequence[Part]) -> Iterator[Written]:
        try:
            client = distributed.Client(address, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoCluster(
                f"no dask scheduler answers at {address!r} ({error}); start one, or leave it out"
            ) from None
        with client:
            futures = client.map(work, parts, pure=False)
            for future in distributed.as_completed(futures, loop=client.loop):
                yield future.result()
                future.release()

    return run
