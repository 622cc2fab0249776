"""Load a Llama's weights from a GGUF file: rename its tensors, stack queries, keys and values.

What: the file has other names for the tensors, and separate matrices for queries, keys and values;
here these are stacked into one. In the file the numbers of queries and keys are in the order in
which `scratch.embeddings.rotary` rotates pairs, (0, 1), (2, 3), ..., so they need no reordering.
(The transformers library pairs the first half of the numbers with the second.) Source: the tensor
names and the permutation of llama.cpp (convert_hf_to_gguf.py). Left out: an output head that does
not share the token vectors' table; writing.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from scratch.model.gguf_file import BadGGUF, GGUFFile, read_gguf
from scratch.model.llama import LlamaConfig, LlamaModel

_WHOLE = {"tok_emb.weight": ["token_embd"], "final_norm.scale": ["output_norm"]}
_BLOCK = {  # ours -> the file's, one or several that are laid one below another
    "norm1.scale": ["attn_norm"],
    "att.qkv.weight": ["attn_q", "attn_k", "attn_v"],
    "att.out_proj.weight": ["attn_output"],
    "norm2.scale": ["ffn_norm"],
    "ff.gate.weight": ["ffn_gate"],
    "ff.expand.weight": ["ffn_up"],
    "ff.contract.weight": ["ffn_down"],
}


def gguf_tensor_names(config: LlamaConfig) -> dict[str, list[str]]:
    """Map each of our tensors' names to the file's tensors that are stacked to make it.

    >>> config = LlamaConfig(11, 8, emb_dim=8, n_heads=4, n_kv_heads=2, n_layers=2, hidden_dim=6)
    >>> gguf_tensor_names(config)["trf_blocks.1.att.qkv.weight"]
    ['blk.1.attn_q.weight', 'blk.1.attn_k.weight', 'blk.1.attn_v.weight']
    """
    names = {ours: [f"{part}.weight" for part in parts] for ours, parts in _WHOLE.items()}
    for number in range(config.n_layers):
        for ours, parts in _BLOCK.items():
            theirs = [f"blk.{number}.{part}.weight" for part in parts]
            names[f"trf_blocks.{number}.{ours}"] = theirs
    return names


def column_major(weight: Tensor) -> Tensor:
    """Store a matrix column by column in memory if it has more rows than columns.

    Torch then multiplies it with a single vector in nearly half the time (`tests/bench/
    pretrained_speed.py`), and a model that writes token by token does little else.

    weight: (rows, columns). Returns: the same numbers in the same shape.

    >>> column_major(torch.zeros(3, 2)).stride(), column_major(torch.zeros(2, 3)).stride()
    ((1, 3), (3, 1))
    """
    rows, columns = weight.shape
    return weight.t().contiguous().t() if rows > columns else weight


def from_gguf(file: GGUFFile) -> LlamaModel:
    """Build a model from the tensors of a file, unpacked to float32; dropout is off.

    Raises: BadGGUF if a size or a tensor is missing, a tensor has no place in the model, or its
    shape differs from what the file's sizes say; ValueError if the sizes contradict each other, or
    the architecture is not Llama.
    """
    try:
        config = LlamaConfig.from_metadata(file.metadata)
    except KeyError as error:
        raise BadGGUF(f"the file does not say {error}; give a file of a Llama") from None
    names = gguf_tensor_names(config)
    wanted = {part for parts in names.values() for part in parts}
    if wrong := sorted(wanted ^ set(file.tensors)):
        what = "is missing" if wrong[0] in wanted else "is no part of this architecture"
        raise BadGGUF(f"{wrong[0]} {what} ({len(wrong)} such tensors); give a file of a Llama")
    with torch.device("meta"):  # no numbers are drawn that would be thrown away
        model = LlamaModel(config, torch.Generator())
    own: dict[str, Tensor] = {}
    for ours, parts in names.items():
        unpacked = [file.tensors[part].unpack() for part in parts]
        tensor = torch.from_numpy(unpacked[0] if len(parts) == 1 else np.concatenate(unpacked))
        if tensor.shape != (shape := model.get_parameter(ours).shape):
            raise BadGGUF(
                f"{' + '.join(parts)} have shape {tuple(tensor.shape)}; the measures of the file"
                f" need {tuple(shape)}"
            )
        own[ours] = column_major(tensor) if tensor.dim() == 2 else tensor
    own["out_head.weight"] = own["tok_emb.weight"]
    model.load_state_dict(own, assign=True)
    return model.eval()


def load_llama(path: Path | str) -> LlamaModel:
    """Read a model from a GGUF file.

    Raises: BadGGUF and ValueError as `read_gguf` and `from_gguf` do; OSError.
    """
    return from_gguf(read_gguf(path))
