"""Make a result once and save it under a hash of all that decides it.

What: `saved_result` looks a folder up by what decides it, the hash of its maker's source among it,
and by torch's version and the machine; it has the folder made only if there is none. Source: as
`scratch.training.model_cache`, which does the same for GPTs that are trained on a text. Left out:
removing what nobody asks for any more.
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
    """Return the folder of a result, made now or before; a second caller waits for the first.

    parts: all that decides the result, as JSON can say it, and the hash of the source as it was
    imported (`scratch.training.source_hash`); make: writes the result into an empty folder, with
    one thread and gradients
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
