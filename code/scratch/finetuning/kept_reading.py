"""Read texts with a frozen model once; the same texts again load the same vectors.

What: what comes before the trained part of a model never changes, so the vectors that go into it
need no second run, in another training or another run of the page. They are saved beside the
trained models, under a hash of all that decides them: the model's file, the token ids, the source
of the modules that run, torch's version. Source: Raschka, Build a Large Language Model (From
Scratch), section 6.6, freezes the model's beginning and yet runs it in each step. Left out:
deleting what nobody asks for any more.
"""

import hashlib
import json
import platform
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from scratch.atomic_write import atomic_write
from scratch.file_lock import locked
from scratch.finetuning.classifier import read_up_to_last
from scratch.model.llama import LlamaModel
from scratch.model.tensor_file import read_tensors, write_tensors
from scratch.training.model_cache import models_folder
from scratch.training.source_hash import source_hash

CODE = Path(__file__).resolve().parents[2]  # the folder of the package


def read_once(
    model: LlamaModel, mark: str, rows: Sequence[Sequence[int]], folder: Path | None = None
) -> list[Tensor]:
    """Return what goes into a model's last block: rows of T token ids -> (T, C) each.

    mark: of the model, as the hash of its file; folder: of all that is saved, where None
    `models_folder()`. A second caller waits for the first. Raises: ContextTooLong; OSError.
    """
    machine = [torch.__version__, platform.machine(), torch.backends.cpu.get_cpu_capability()]
    parts = [mark, [list(row) for row in rows], SOURCE, machine]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]
    store = models_folder() if folder is None else folder
    target = store / f"{key}.reading.safetensors"
    store.mkdir(parents=True, exist_ok=True)
    (lock := store / f"{key}.lock").touch()
    with locked(lock):
        if not target.is_file():
            with atomic_write(target) as draft:
                write_tensors(draft, {"vectors": torch.cat(read_up_to_last(model, rows))})
    vectors = read_tensors(target)["vectors"]  # (sum of T, C)
    return list(torch.split(vectors, [len(row) for row in rows]))


SOURCE = source_hash(__name__, CODE)
