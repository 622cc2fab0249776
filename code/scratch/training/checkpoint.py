"""Write and read checkpoints of a training, so that a kill costs only the steps since the last one.

What: a checkpoint is a folder such as `step-00000100` with three files: the weights, the
optimiser's state (both safetensors, which hold numbers and no code), and `training.json`, a note on
model, settings and data. They are written into a folder of another name, flushed to the disk, and
only then renamed, so a folder named step-... is always whole. Source: POSIX, where a rename is
atomic. Left out: uploading; a checkpoint split among ranks (several ranks write one whole
checkpoint, `scratch.training.trainer`).
"""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scratch.atomic_write import atomic_write
from scratch.model.tensor_file import read_tensors, write_tensors

NAME = re.compile(r"step-(\d+)")
WEIGHTS, STATE, NOTE = "model.safetensors", "state.safetensors", "training.json"
VERSION = 1
KEEP = 2  # checkpoints that stay, the newest
REMEDY = "delete it, and the one before it is taken"


class BadCheckpoint(ValueError):
    """A checkpoint that is damaged, or of a different training; the message names the cause."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training after a step."""

    step: int  # number of steps so far
    weights: Mapping[str, Tensor]
    state: Mapping[str, Tensor]  # of the optimiser; random draws depend on seed and step alone
    note: Mapping[str, Any]  # model, settings and data


def save_checkpoint(folder: Path, checkpoint: Checkpoint, keep: int = KEEP) -> Path:
    """Write a checkpoint into the folder of a training, and remove all but the newest `keep`.

    folder: of the training; keep: how many checkpoints stay, 1 or more
    Returns: the checkpoint's own folder.
    Raises: OSError, for example if the disk is full; earlier checkpoints then stay as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder_of(folder, checkpoint.step)
    for draft in folder.glob(".step-*"):  # of a training that was killed while it wrote
        shutil.rmtree(draft, ignore_errors=True)
    with atomic_write(target) as draft:
        draft.mkdir()
        write_tensors(draft / WEIGHTS, checkpoint.weights)
        write_tensors(draft / STATE, checkpoint.state)
        note = {"version": VERSION, "step": checkpoint.step, **checkpoint.note}
        (draft / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8", newline="\n")
        for file in [*draft.iterdir(), draft]:
            _to_disk(file)
        if target.exists():
            shutil.rmtree(target)  # of the same step: made again after going on from an older one
    _to_disk(folder)
    for old in list_checkpoints(folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def folder_of(folder: Path, step: int) -> Path:
    """Return the path of the checkpoint of a step, in the folder of its training.

    >>> folder_of(Path("run"), 100).name
    'step-00000100'
    """
    return folder / f"step-{step:08}"


def list_checkpoints(folder: Path) -> list[Path]:
    """List the checkpoints of a training, the oldest first; [] if the folder is missing."""
    if not folder.is_dir():
        return []
    folders = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
    return sorted(folders, key=lambda path: int(path.name.removeprefix("step-")))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its own folder.

    Raises: BadCheckpoint if a file is missing, damaged, or of another version or step.

    >>> import tempfile
    >>> note = {"model": {}, "training": {}}
    >>> checkpoint = Checkpoint(7, {"a": torch.ones(1)}, {"b": torch.zeros(1)}, note)
    >>> load_checkpoint(save_checkpoint(Path(tempfile.mkdtemp()), checkpoint)).step
    7
    """
    try:
        note = json.loads((path / NOTE).read_text(encoding="utf-8"))
        weights, state = read_tensors(path / WEIGHTS), read_tensors(path / STATE)
    except (FileNotFoundError, ValueError) as error:
        raise BadCheckpoint(f"{path} is damaged ({error}); {REMEDY}") from None
    if not isinstance(note, dict) or note.get("version") != VERSION:
        raise BadCheckpoint(
            f"{path / NOTE} is not of version {VERSION}; begin the training anew, in another folder"
        )
    step, named = note.get("step", -1), NAME.fullmatch(path.name)
    of_a_step = type(step) is int and step >= 0 and (named is None or int(named[1]) == step)
    if not of_a_step or not all(isinstance(note.get(part), dict) for part in ("model", "training")):
        raise BadCheckpoint(f"{path / NOTE} does not say what it is of; {REMEDY}")
    return Checkpoint(step, weights, state, note)


def tensor_of(path: Path, tensors: Mapping[str, Tensor], name: str, shape: Sequence[int]) -> Tensor:
    """Return the tensor of a name, after checking its shape and type.

    path: the checkpoint's, for the message; tensors: its weights or state, by name

    Raises: BadCheckpoint if it is missing, has another shape, or is not float32.
    """
    if name not in tensors:
        raise BadCheckpoint(f"{path} has no {name}; {REMEDY}")
    tensor = tensors[name]
    if tensor.shape != torch.Size(shape):
        raise BadCheckpoint(
            f"{path} has {name} of shape {tuple(tensor.shape)}, not {tuple(shape)}; {REMEDY}"
        )
    if tensor.dtype != torch.float32:
        raise BadCheckpoint(f"{path} has {name} in {tensor.dtype}, not torch.float32; {REMEDY}")
    return tensor


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
