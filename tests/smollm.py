"""What the tests of the pretrained model share: the file, our model of it, and the libraries that
are asked for the same.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scratch.model.gguf_file import GGUFFile
from scratch.model.llama import LlamaConfig, LlamaModel
from scratch.model.llama_file import from_gguf
from scratch.model.smollm import (
    NoPretrained,
    load_smollm_tokenizer,
    pretrained_file,
    pretrained_path,
)
from scratch.tokenizer.bpe_listed import ListedEncoding

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # transformers asks nobody; set before its import


def path() -> Path:
    try:
        return pretrained_path()
    except NoPretrained as missing:
        pytest.skip(str(missing))


@cache
def file() -> GGUFFile:
    path()  # skips where there is none
    return pretrained_file()


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


@cache
def tokenizer() -> ListedEncoding:
    path()
    return load_smollm_tokenizer()


@cache
def their_tokenizer(digits_apart: bool = True) -> Any:
    """The library's own encoder of the file's entries and merges.

    The published tokenizer splits off each digit first and then as GPT-2 does; the one that
    transformers makes of a GGUF file leaves the first step out.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    said = file().metadata
    entries = said["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in said["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({entry: id for id, entry in enumerate(entries)}, merges))
    steps = [pre_tokenizers.ByteLevel(add_prefix_space=False)]
    if digits_apart:
        steps.insert(0, pre_tokenizers.Digits(individual_digits=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(entry, special=True) for entry in entries[:17]])
    return tokenizer
