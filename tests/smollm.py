"""What the tests of the pretrained model share: the file, our model of it, and the libraries that
are asked for the same.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scratch.model.gguf_file import GGUFFile, read_gguf
from scratch.model.llama import LlamaConfig, LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.model.smollm import NoPretrained, pretrained_path

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # transformers asks nobody; set before its import


def path() -> Path:
    try:
        return pretrained_path()
    except NoPretrained as missing:
        pytest.skip(str(missing))


@cache
def file() -> GGUFFile:
    return read_gguf(path())


@cache
def model() -> LlamaModel:
    return from_gguf(file())


def theirs(config: LlamaConfig, **more: Any) -> Any:
    """A LlamaConfig of transformers of the same measures."""
    from transformers import LlamaConfig as Config

    return Config(
        vocab_size=config.vocab_size,
        max_position_embeddings=config.context_length,
        hidden_size=config.emb_dim,
        num_attention_heads=config.n_heads,
        num_key_value_heads=config.n_kv_heads,
        num_hidden_layers=config.n_layers,
        intermediate_size=config.hidden_dim,
        rope_parameters={"rope_type": "default", "rope_theta": config.rope_base},
        rms_norm_eps=config.rms_eps,
        tie_word_embeddings=True,
        **more,
    )
