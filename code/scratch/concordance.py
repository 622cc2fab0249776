"""List the names of each part in the book, in nanoGPT and here, its file here, and what it is.

What: `concordance` reads names and files from the objects themselves, so it follows when a part is
renamed or moved, and fails when one is removed. Source: Raschka, Build a Large Language Model (From
Scratch), chapters 2 to 5 and 7, appendices D and E; Karpathy, nanoGPT, model.py and train.py. Left
out: parts that neither book nor nanoGPT has.
"""

import dataclasses
import inspect
from pathlib import Path
from typing import Any

from scratch.embeddings.embedding import Embedding
from scratch.embeddings.positional import PositionEmbedding
from scratch.finetuning.instruction_dataset import (
    InstructionDataset,
    alpaca_text,
    custom_collate_fn,
)
from scratch.finetuning.lora import LinearWithLoRA, LoRALayer, replace_linear_with_lora
from scratch.model.attention import attention_scores, attention_weights, causal_mask
from scratch.model.config import GPTConfig
from scratch.model.generate import generate
from scratch.model.gpt import (
    FeedForward,
    GPTModel,
    KVCache,
    LayerNorm,
    MultiHeadAttention,
    TransformerBlock,
    gelu,
)
from scratch.model.gpt2_layout import load_gpt2_weights
from scratch.model.multihead import CausalAttention, MultiHeadAttentionWrapper
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.simple import SimpleTokenizer
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset, create_dataloader
from scratch.training.loss import evaluate, next_token_loss
from scratch.training.lr_schedule import learning_rate
from scratch.training.train_simple import train_simple

CODE = Path(__file__).resolve().parents[1]

# book, nanoGPT ("": it has none), here, what it is
PARTS: tuple[tuple[str, str, Any, str], ...] = (
    ("SimpleTokenizerV2", "", SimpleTokenizer, "cuts a text into words and marks"),
    (
        "tiktoken’s gpt2",
        "tiktoken’s gpt2",
        BytePairEncoding,
        "cuts a text into pieces that it learned",
    ),
    ("GPTDatasetV1", "", GPTDataset, "a text as inputs and what comes next"),
    ("create_dataloader_v1", "get_batch", create_dataloader, "hands out the text in batches"),
    ("tok_emb", "wte", Embedding, "a vector for each token"),
    ("pos_emb", "wpe", PositionEmbedding, "a vector for each position"),
    ("attention scores", "", attention_scores, "how well query and key fit"),
    ("attention weights", "att", attention_weights, "the scores as fractions of one"),
    ("mask", "bias", causal_mask, "hides what comes later"),
    ("CausalAttention", "", CausalAttention, "one head of attention"),
    ("MultiHeadAttentionWrapper", "", MultiHeadAttentionWrapper, "heads as a stack of single ones"),
    ("MultiHeadAttention", "CausalSelfAttention", MultiHeadAttention, "all heads in one matrix"),
    ("KV cache", "", KVCache, "keeps keys and values while writing"),
    ("LayerNorm", "LayerNorm", LayerNorm, "brings a vector to mean 0, variance 1"),
    ("GELU", "nn.GELU", gelu, "bends numbers between two matrices"),
    ("FeedForward", "MLP", FeedForward, "works on each token alone"),
    ("TransformerBlock", "Block", TransformerBlock, "attention, then feed-forward"),
    ("GPTModel", "GPT", GPTModel, "the whole model"),
    ("calc_loss_batch", "", next_token_loss, "how wrong the guesses are"),
    ("calc_loss_loader", "estimate_loss", evaluate, "the loss on many batches"),
    ("train_model_simple", "", train_simple, "the training loop"),
    ("", "get_lr", learning_rate, "how large the next step is"),
    ("generate", "GPT.generate", generate, "writes on, token by token"),
    (
        "load_weights_into_gpt",
        "GPT.from_pretrained",
        load_gpt2_weights,
        "reads the published weights",
    ),
    ("format_input", "", alpaca_text, "an instruction as the model sees it"),
    ("InstructionDataset", "", InstructionDataset, "instructions and answers as tokens"),
    ("custom_collate_fn", "", custom_collate_fn, "pads a batch to one length"),
    ("LoRALayer", "", LoRALayer, "two narrow matrices that are trained"),
    ("LinearWithLoRA", "", LinearWithLoRA, "a frozen matrix with these beside it"),
    ("replace_linear_with_lora", "", replace_linear_with_lora, "puts them into a model"),
)
# book, nanoGPT, dataclass here, its field, what it is
FIELDS: tuple[tuple[str, str, type, str, str], ...] = (
    ("vocab_size", "vocab_size", GPTConfig, "vocab_size", "tokens in the vocabulary"),
    ("context_length", "block_size", GPTConfig, "context_length", "tokens that it can read"),
    ("emb_dim", "n_embd", GPTConfig, "emb_dim", "numbers of a token’s vector"),
    ("n_heads", "n_head", GPTConfig, "n_heads", "heads in each block"),
    ("n_layers", "n_layer", GPTConfig, "n_layers", "blocks"),
    ("drop_rate", "dropout", GPTConfig, "drop_rate", "how much dropout"),
    ("qkv_bias", "bias", GPTConfig, "qkv_bias", "biases on queries, keys, values"),
    ("peak_lr", "learning_rate", TrainingConfig, "max_lr", "the largest learning rate"),
    ("min_lr", "min_lr", TrainingConfig, "min_lr", "the learning rate at the end"),
    ("warmup_steps", "warmup_iters", TrainingConfig, "warmup_steps", "steps in which it rises"),
    ("max_norm", "grad_clip", TrainingConfig, "grad_clip", "the longest gradient that isn’t cut"),
    (
        "",
        "gradient_accumulation_steps",
        TrainingConfig,
        "grad_accum",
        "batches added up for one step",
    ),
    ("weight_decay", "weight_decay", TrainingConfig, "weight_decay", "how fast weights shrink"),
    (
        "eval_freq",
        "eval_interval",
        TrainingConfig,
        "evaluate_every",
        "steps between two evaluations",
    ),
)


@dataclasses.dataclass(frozen=True)
class Row:
    """The names of one part; "" where the book or nanoGPT has none."""

    book: str
    nanogpt: str
    here: str
    file: str  # from the folder code/
    what: str  # it is, in a few words


def concordance() -> list[Row]:
    """List the parts, then the fields of the configurations, each in the book's order.

    Raises: AttributeError if a dataclass lacks a field that FIELDS names.

    >>> row = next(row for row in concordance() if row.nanogpt == "Block")
    >>> row.here, row.file
    ('TransformerBlock', 'scratch/model/gpt.py')
    """
    rows = [
        Row(book, nano, part.__qualname__, _file(part), what) for book, nano, part, what in PARTS
    ]
    for book, nano, kind, name, what in FIELDS:
        if name not in {field.name for field in dataclasses.fields(kind)}:
            raise AttributeError(f"{kind.__name__} has no field {name}")
        rows.append(Row(book, nano, f"{kind.__name__}.{name}", _file(kind), what))
    return rows


def _file(part: Any) -> str:
    return Path(inspect.getfile(part)).resolve().relative_to(CODE).as_posix()
