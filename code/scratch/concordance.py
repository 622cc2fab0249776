"""List the names of each part in the book, in nanoGPT and here, and its file here.

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

PARTS: tuple[tuple[str, str, Any], ...] = (  # book, nanoGPT, here; "": it has none
    ("SimpleTokenizerV2", "", SimpleTokenizer),
    ("tiktoken’s gpt2", "tiktoken’s gpt2", BytePairEncoding),
    ("GPTDatasetV1", "", GPTDataset),
    ("create_dataloader_v1", "get_batch", create_dataloader),
    ("tok_emb", "wte", Embedding),
    ("pos_emb", "wpe", PositionEmbedding),
    ("attention scores", "", attention_scores),
    ("attention weights", "att", attention_weights),
    ("mask", "bias", causal_mask),
    ("CausalAttention", "", CausalAttention),
    ("MultiHeadAttentionWrapper", "", MultiHeadAttentionWrapper),
    ("MultiHeadAttention", "CausalSelfAttention", MultiHeadAttention),
    ("KV cache", "", KVCache),
    ("LayerNorm", "LayerNorm", LayerNorm),
    ("GELU", "nn.GELU", gelu),
    ("FeedForward", "MLP", FeedForward),
    ("TransformerBlock", "Block", TransformerBlock),
    ("GPTModel", "GPT", GPTModel),
    ("calc_loss_batch", "", next_token_loss),
    ("calc_loss_loader", "estimate_loss", evaluate),
    ("train_model_simple", "", train_simple),
    ("", "get_lr", learning_rate),
    ("generate", "GPT.generate", generate),
    ("load_weights_into_gpt", "GPT.from_pretrained", load_gpt2_weights),
    ("format_input", "", alpaca_text),
    ("InstructionDataset", "", InstructionDataset),
    ("custom_collate_fn", "", custom_collate_fn),
    ("LoRALayer", "", LoRALayer),
    ("LinearWithLoRA", "", LinearWithLoRA),
    ("replace_linear_with_lora", "", replace_linear_with_lora),
)
FIELDS: tuple[tuple[str, str, type, str], ...] = (  # book, nanoGPT, dataclass here, its field
    ("vocab_size", "vocab_size", GPTConfig, "vocab_size"),
    ("context_length", "block_size", GPTConfig, "context_length"),
    ("emb_dim", "n_embd", GPTConfig, "emb_dim"),
    ("n_heads", "n_head", GPTConfig, "n_heads"),
    ("n_layers", "n_layer", GPTConfig, "n_layers"),
    ("drop_rate", "dropout", GPTConfig, "drop_rate"),
    ("qkv_bias", "bias", GPTConfig, "qkv_bias"),
    ("peak_lr", "learning_rate", TrainingConfig, "max_lr"),
    ("min_lr", "min_lr", TrainingConfig, "min_lr"),
    ("warmup_steps", "warmup_iters", TrainingConfig, "warmup_steps"),
    ("max_norm", "grad_clip", TrainingConfig, "grad_clip"),
    ("", "gradient_accumulation_steps", TrainingConfig, "grad_accum"),
    ("weight_decay", "weight_decay", TrainingConfig, "weight_decay"),
    ("eval_freq", "eval_interval", TrainingConfig, "evaluate_every"),
)


@dataclasses.dataclass(frozen=True)
class Row:
    """The names of one part; "" where the book or nanoGPT has none."""

    book: str
    nanogpt: str
    here: str
    file: str  # from the folder code/


def concordance() -> list[Row]:
    """List the parts, then the fields of the configurations, each in the book's order.

    Raises: AttributeError if a dataclass lacks a field that FIELDS names.

    >>> row = next(row for row in concordance() if row.nanogpt == "Block")
    >>> row.here, row.file
    ('TransformerBlock', 'scratch/model/gpt.py')
    """
    rows = [Row(book, nano, part.__qualname__, _file(part)) for book, nano, part in PARTS]
    for book, nano, kind, name in FIELDS:
        if name not in {field.name for field in dataclasses.fields(kind)}:
            raise AttributeError(f"{kind.__name__} has no field {name}")
        rows.append(Row(book, nano, f"{kind.__name__}.{name}", _file(kind)))
    return rows


def _file(part: Any) -> str:
    return Path(inspect.getfile(part)).resolve().relative_to(CODE).as_posix()
