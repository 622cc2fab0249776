"""Run the frozen part of a model on texts once; the same texts again load the same vectors.

What: the part of a model below the trained one never changes, so its output for a text is computed
once, for all trainings and all runs of the page. It is saved beside the trained models, under a
hash of all that decides it: the model's file, the token ids, the source of the modules that run.
Source: Raschka, Build a Large Language Model (From Scratch), section 6.6, which freezes the lower
part, but runs it in each step. Left out: removing vectors that are never used again.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from scratch.finetuning.saved_result import saved_result
from scratch.finetuning.upper_blocks import lower_states
from scratch.model.llama import LlamaModel
from scratch.model.tensor_file import read_tensors, write_tensors
from scratch.training.source_hash import source_hash

CODE = Path(__file__).resolve().parents[2]  # the folder of the package
FILE = "vectors.safetensors"


def read_once(
    model: LlamaModel, mark: str, rows: Sequence[Sequence[int]], folder: Path | None = None
) -> list[Tensor]:
    """Return the input of a model's last block for each text: rows of T token ids -> (T, C) each.

    mark: identifies the model, as the hash of its file does
    folder: of all saved results; where None, `scratch.training.model_cache.models_folder()`
    Raises: ContextTooLong; OSError.
    """

    def make(draft: Path) -> None:
        states = lower_states(model, rows, len(model.trf_blocks) - 1)
        write_tensors(draft / FILE, {"vectors": torch.cat(states)})

    parts = [mark, [list(row) for row in rows], SOURCE]
    vectors = read_tensors(saved_result(parts, make, folder) / FILE)["vectors"]  # (sum of T, C)
    return list(torch.split(vectors, [len(row) for row in rows]))


SOURCE = source_hash("scratch.finetuning.upper_blocks", CODE)
