"""A tiny Llama in the blocks of a GGUF file, and greedy answers: what tests of the model in the page
compare with.
"""

from typing import Any

import numpy as np
import torch

from scratch.model.gguf_file import GGUFFile, StoredTensor
from scratch.model.llama import LlamaModel
from scratch.model.quantized import FORMATS
from scratch.tokenizer.id_string import BYTE_OF_ID, LETTERS

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
BLOCK = 32


def greedy(model: LlamaModel, prompt: list[int], length: int) -> tuple[list[int], list[float]]:
    """The best token each time, and by how much each is better than the second."""
    caches, ids, gaps = model.new_caches(), list(prompt), []
    row = torch.tensor([prompt])
    with torch.inference_mode():
        for _ in range(length):
            best = model(row, caches)[0, -1].topk(2)
            ids.append(int(best.indices[0]))
            gaps.append(float(best.values[0] - best.values[1]))
            row = torch.tensor([ids[-1:]])
    return ids[len(prompt) :], gaps


# -- A tiny model


def q4_1(rows: int, columns: int, spread: float, draws: Any) -> StoredTensor:
    """A tensor of random blocks, its numbers within about `spread` of 0."""
    count = rows * columns // BLOCK
    steps = (draws.random((count, 1)) * 0.5 + 0.75) * spread / 7.5
    heads = np.concatenate([steps, -7.5 * steps], axis=1).astype(np.float16).view(np.uint8)
    data = np.concatenate([heads, draws.integers(0, 256, (count, 16), np.uint8)], axis=1)
    return StoredTensor("", (rows, columns), FORMATS[3], data.reshape(-1))


def q8_0(rows: int, columns: int, spread: float, draws: Any) -> StoredTensor:
    """The same with eight bits."""
    count = rows * columns // BLOCK
    steps = ((draws.random((count, 1)) * 0.5 + 0.75) * spread / 127).astype(np.float16)
    whole = draws.integers(-127, 128, (count, BLOCK), np.int8)
    data = np.concatenate([steps.view(np.uint8), whole.view(np.uint8)], axis=1)
    return StoredTensor("", (rows, columns), FORMATS[8], data.reshape(-1))


def tiny(seed: int = 0, layers: int = 2) -> GGUFFile:
    """A Llama of some thousand numbers that speaks in bytes and a few merges."""
    draws = np.random.default_rng(seed)
    width, hidden, heads, groups = 96, 160, 3, 1
    merges = ["Ġ t", "h e", "Ġt he", "a n", "i n", "an d", "Ġ and"]
    letters = [letter for _, letter in sorted(zip(BYTE_OF_ID, LETTERS, strict=True))]
    tokens = [*SPECIALS, *letters, *(merge.replace(" ", "") for merge in merges)]
    tokens += [f"<|unused {number}|>" for number in range(-len(tokens) % BLOCK)]
    special = {*SPECIALS, *tokens[len(SPECIALS) + 256 + len(merges) :]}
    metadata = {
        "general.name": "A tiny model", "general.architecture": "llama", "llama.vocab_size": len(tokens), "llama.embedding_length": width, "llama.block_count": layers,
        "llama.attention.head_count": heads, "llama.attention.head_count_kv": groups,
        "llama.feed_forward_length": hidden, "llama.rope.freq_base": 10_000.0,
        "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.context_length": 8_192,
        "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.token_type": [3 if token in special else 1 for token in tokens],
        "tokenizer.ggml.eos_token_id": 2,
    }  # fmt: skip
    own = width // heads * groups
    norm = StoredTensor("", (width,), FORMATS[0], np.ones(width, np.float32).view(np.uint8))
    tensors = {"token_embd.weight": q8_0(len(tokens), width, 1.0, draws)}
    for layer in range(layers):
        shapes = {
            "attn_q": (width, width), "attn_k": (own, width), "attn_v": (own, width),
            "attn_output": (width, width), "ffn_gate": (hidden, width), "ffn_up": (hidden, width),
            "ffn_down": (width, hidden),
        }  # fmt: skip
        tensors |= {f"blk.{layer}.{name}_norm.weight": norm for name in ("attn", "ffn")}
        tensors |= {
            f"blk.{layer}.{name}.weight": q4_1(*shape, 0.3, draws) for name, shape in shapes.items()
        }
    return GGUFFile(metadata, tensors | {"output_norm.weight": norm})
