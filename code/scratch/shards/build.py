"""Encode any number of texts into a folder of shards, on all cores, and continue after a kill.

What: a shard is a file of ids. `build` divides the texts into parts, lets worker processes encode
each part into a shard, and writes the index last. The division depends only on the arguments, so
the ids are the same whichever process encodes a part, and however often the work was interrupted.
Source: none. Left out: shuffling, and texts inside archives.

Beyond one machine: `build` takes a `mapper`, which is called with `encode_part` and the parts, and
yields the results in any order. With dask that is `client.map` (see `workbench.tokens.on_cluster`);
texts and folder must be where every worker can read and write them.
"""

import hashlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from scratch.shards.encode import (
    Part,
    Written,
    encode_part,
    next_cut,
    read_note,
    shard_files,
    width,
    write_whole,
)
from scratch.shards.shard_reader import INDEX, VERSION, BadShards, read_index
from scratch.text.utf8 import TextError
from scratch.tokenizer.pretokenize import GPT2_PATTERN
from scratch.tokenizer.registry import fingerprint, load_encoding

PLAN = "plan.json"
PART = 16 << 20  # bytes of text in a shard

Mapper = Callable[[Callable[[Part], Written], Sequence[Part]], Iterator[Written]]


def build(
    texts: Sequence[Path],
    folder: Path,
    encoding: str = "gpt2",
    *,
    part_bytes: int = PART,
    read_specials: bool = False,
    mapper: Mapper | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Encode texts into shards, or continue an earlier call with the same arguments.

    texts: files in UTF-8, which become one sequence of ids, one text after another
    folder: of the shards; new, empty, or begun by an earlier call
    encoding: "gpt2", or the path of a saved encoding with GPT-2's pattern
    part_bytes: about how many bytes of text become one shard
    read_specials: whether special tokens in the texts are read as such; else they are ordinary text
    mapper: runs `encode_part` on the parts; where None, `in_processes()`
    on_progress: called with (bytes of text encoded so far, bytes of all texts) after each part

    Returns: the index: among others "tokens" (how many), "dtype", "documents" (for each text its
    name, bytes, SHA-256, first id and number of ids) and "shards" (file, tokens and SHA-256).
    Raises: BadShards if the folder holds something else; TextError for a text that cannot be read;
    ValueError for part_bytes below 1, an encoding with another pattern, or read_specials with
    special tokens that contain white space; NoEncoding.
    """
    if part_bytes < 1:
        raise ValueError(f"part_bytes is {part_bytes}; give 1 or more")
    plan = _plan(texts, encoding, part_bytes, read_specials)
    _begin(folder, plan)
    if (folder / INDEX).is_file():
        return read_index(folder)
    parts = _parts(plan, folder, encoding)
    total = sum(text["bytes"] for text in plan["texts"])
    written = {part.number: note for part in parts if (note := read_note(part))}
    done = sum(part.end - part.start for part in parts if part.number in written)
    on_progress(done, total)
    todo = [part for part in parts if part.number not in written]
    # hashlib lets go of the interpreter, so this costs no time of its own
    with ThreadPoolExecutor(1) as hasher:
        hashes = hasher.map(_sha256, [text["path"] for text in plan["texts"]])
        for one in (mapper or in_processes())(encode_part, todo):
            written[one.number] = one
            done += one.end - one.start
            on_progress(done, total)
        index = _index(plan, parts, written, list(hashes))
    for draft in folder.glob(".shard-*"):  # of a call that was killed
        draft.unlink(missing_ok=True)
    write_whole(folder / INDEX, json.dumps(index, indent=1, ensure_ascii=False) + "\n")
    return index


def in_processes(jobs: int | None = None) -> Mapper:
    """Return a mapper for `build` that runs processes on this machine.

    jobs: how many; where None, one per core
    """
    jobs = jobs or len(
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )

    def run(work: Callable[[Part], Written], parts: Sequence[Part]) -> Iterator[Written]:
        if jobs == 1 or len(parts) < 2:
            yield from map(work, parts)
            return
        # a fork would copy the threads' locks of torch
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            min(jobs, len(parts)), context, initializer=_end_with_parent
        ) as pool:
            futures = [pool.submit(work, part) for part in parts]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    return run


def _end_with_parent() -> None:
    """End this worker when its parent ends, even by kill -9, and ignore Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _plan(
    texts: Sequence[Path], encoding: str, part_bytes: int, read_specials: bool
) -> dict[str, Any]:
    """Return everything on which the shards depend."""
    loaded = load_encoding(encoding)
    if loaded.pattern != GPT2_PATTERN:
        raise ValueError(
            f"the encoding {encoding} has a pattern of its own, for which no safe cut is known; use"
            " GPT-2's"
        )
    if read_specials and (spaced := [text for text in loaded.specials if text.split() != [text]]):
        raise ValueError(
            f"the specials {spaced} have white space, where a text may be cut; leave out"
            " read_specials"
        )
    files = []
    for text in texts:
        try:
            stat = text.stat()
        except OSError as error:
            raise TextError(
                f"{text} cannot be read ({error.strerror}); give a plain-text file in UTF-8"
            ) from None
        if not text.is_file() or not stat.st_size:
            raise TextError(f"{text} is empty, or no file; give a plain-text file in UTF-8")
        files.append(
            {"path": str(text.absolute()), "bytes": stat.st_size, "changed": stat.st_mtime_ns}
        )
    if not files:
        raise TextError("no text is given; name one file or more")
    return {
        "version": VERSION,
        "encoding": Path(encoding).stem,
        "entries": len(loaded),
        "fingerprint": fingerprint(loaded),
        "part_bytes": part_bytes,
        "read_specials": read_specials,
        "texts": files,
    }


def _begin(folder: Path, plan: dict[str, Any]) -> None:
    """Write the plan into a new folder, or compare it with the plan of an old one."""
    try:
        before = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if folder.exists() and any(folder.iterdir()):
            raise BadShards(
                f"{folder} has files, and no {PLAN}; give a new or an empty folder"
            ) from None
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / PLAN, json.dumps(plan, indent=1, ensure_ascii=False) + "\n")
        return
    except ValueError as error:
        raise BadShards(
            f"{folder / PLAN} is damaged ({error}); delete the folder, and build again"
        ) from None
    if other := [key for key in plan if before.get(key) != plan[key]]:
        raise BadShards(
            f"{folder} was begun with other {', '.join(other)}; delete it, or give another folder"
        )


def _parts(plan: dict[str, Any], folder: Path, encoding: str) -> list[Part]:
    parts: list[Part] = []
    name = encoding if encoding == "gpt2" else str(Path(encoding).absolute())
    for document, text in enumerate(plan["texts"]):
        start, size = 0, text["bytes"]
        while start < size:
            end = (
                next_cut(Path(text["path"]), start + plan["part_bytes"])
                if start + plan["part_bytes"] < size
                else size
            )
            number, specials = len(parts), plan["read_specials"]
            parts.append(
                Part(
                    number,
                    document,
                    text["path"],
                    start,
                    end,
                    end == size,
                    name,
                    str(folder),
                    specials,
                )
            )
            start = end
    return parts


def _index(
    plan: dict[str, Any], parts: list[Part], written: dict[int, Written], hashes: list[str]
) -> dict[str, Any]:
    documents, first = [], 0
    for number, (text, sha256) in enumerate(zip(plan["texts"], hashes, strict=True)):
        tokens = sum(written[part.number].tokens for part in parts if part.document == number)
        name = Path(text["path"]).name
        documents.append(
            {
                "text": name,
                "bytes": text["bytes"],
                "sha256": sha256,
                "first": first,
                "tokens": tokens,
            }
        )
        first += tokens
    shards = []
    for part in parts:
        done = written[part.number]
        shards.append(
            {"file": shard_files(part)[0].name, "tokens": done.tokens, "sha256": done.sha256}
        )
    head = {
        key: plan[key] for key in ("version", "encoding", "entries", "fingerprint", "read_specials")
    }
    return head | {
        "dtype": width(plan["entries"]).str,
        "tokens": first,
        "documents": documents,
        "shards": shards,
    }


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
