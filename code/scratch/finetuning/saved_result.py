"""Compute a result once and save it under a hash of all that decides it.

What: `saved_result` looks a folder up by a hash of all that decides its contents, including the
source of the code that makes it, torch's version and the machine; it makes the folder only if there
is none. Source: `scratch.training.model_cache`, which does the same for GPTs trained on a text.
Left out: removing folders that are never used again.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from scratch.atomic_write import atomic_write
from scratch.file_lock import locked
from scratch.smoke import smoke
from scratch.training.model_cache import THREADS, models_folder


def saved_result(parts: Any, make: Callable[[Path], None], folder: Path | None = None) -> Path:
    """Return the folder of a result, and make it if needed; a second caller waits for the first.

    parts: all that decides the result, as values for JSON, with the hash of its source
    (`scratch.training.source_hash`)
    make: make(folder) writes the result into an empty folder; it runs with THREADS threads, and
    with gradients
    folder: of all results; where None, `models_folder()`
    Raises: OSError if the folder cannot be written; whatever `make` raises.
    """
    machine = [torch.__version__, platform.machine(), torch.backends.cpu.get_cpu_capability()]
    decisive = [parts, smoke(), machine, THREADS]
    key = hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:24]
    store = models_folder() if folder is None else folder
    target = store / key
    store.mkdir(parents=True, exist_ok=True)
    (lock := store / f"{key}.lock").touch()
    with locked(lock):
        if not target.is_dir():
            for stale in store.glob(f".{key}.*"):  # of a run that was killed
                shutil.rmtree(stale, ignore_errors=True)
            _make(target, make)
    return target


def _make(target: Path, make: Callable[[Path], None]) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with atomic_write(target) as draft, torch.enable_grad():
            draft.mkdir()
            make(draft)
    finally:
        torch.set_num_threads(threads)
