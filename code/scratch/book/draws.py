"""Draw the book's first weights in torch's order, and copy them into the layers of this journal.

What: the book seeds torch's global generator and builds torch's own layers, so its numbers depend
on how torch draws, and on the order of the layers. Here torch draws in the same order, and our
layers get the weights. Source: torch.nn.Linear (uniform between plus and minus one over the root of
the inputs, first the weights, then the bias) and torch.nn.Embedding (normal); the order of Raschka,
Build a Large Language Model (From Scratch), listings 4.1 to 4.7. Left out: the forward passes,
which are ours (`scratch.model`).
"""

import torch
from torch import nn

from scratch.embeddings.embedding import Embedding
from scratch.model.config import FEED_FORWARD_FACTOR, GPTConfig
from scratch.model.gpt import GPTModel, Linear
from scratch.model.multihead import CausalAttention

SEED = 123  # the book's, nearly everywhere
_NONE = torch.Generator()  # our layers want one; what it draws is replaced


def linear(inputs: int, outputs: int, *, bias: bool = True) -> Linear:
    """Return our linear layer with the next draws of torch's global generator.

    >>> _ = torch.manual_seed(123)
    >>> linear(2, 1, bias=False).weight.shape
    torch.Size([1, 2])
    """
    layer = Linear(inputs, outputs, _NONE, bias=bias)
    layer.load_state_dict(nn.Linear(inputs, outputs, bias=bias).state_dict())
    return layer


def embedding(vocab_size: int, emb_dim: int) -> Embedding:
    """Return our lookup table with the next draws of torch's global generator.

    >>> _ = torch.manual_seed(123)
    >>> [round(number, 4) for number in embedding(6, 3).weight[0].tolist()]
    [0.3374, -0.1778, -0.169]
    """
    return Embedding.of(nn.Embedding(vocab_size, emb_dim).weight)


def head(emb_dim: int, head_dim: int) -> CausalAttention:
    """Return our attention head with the next draws: query, key, value, as the book orders them.

    >>> _ = torch.manual_seed(123)
    >>> head(3, 2)(torch.ones(1, 6, 3)).shape
    torch.Size([1, 6, 2])
    """
    drawn = CausalAttention(emb_dim, head_dim, _NONE)
    drawn.W_query = linear(emb_dim, head_dim, bias=False)
    drawn.W_key = linear(emb_dim, head_dim, bias=False)
    drawn.W_value = linear(emb_dim, head_dim, bias=False)
    return drawn


def book_config(context_length: int) -> GPTConfig:
    """Return the configuration of the book's GPT: GPT-2's small one, untied and without qkv_bias.

    >>> sum(book_config(1_024).parameters().values())
    163009536
    """
    return GPTConfig(context_length=context_length, drop_rate=0.1, qkv_bias=False, tied=False)


def gpt(config: GPTConfig) -> GPTModel:
    """Return our GPT with the weights of the book's GPT, drawn after the seed SEED.

    The order: token vectors, position vectors, one block after another (query, key, value,
    projection, the two matrices of the feed-forward network), the head.

    Raises: ValueError if config.tied or config.qkv_bias is true, which the book does not use.
    """
    if config.tied or config.qkv_bias:
        raise ValueError("the book's GPT has a head of its own and no bias of queries")
    with torch.device("meta"):  # no numbers are drawn that would be thrown away
        model = GPTModel(config, _NONE)
    C = config.emb_dim
    torch.manual_seed(SEED)
    state = {
        "tok_emb.weight": nn.Embedding(config.vocab_size, C).weight,
        "pos_emb.weight": nn.Embedding(config.context_length, C).weight,
    }
    for number in range(config.n_layers):
        block = f"trf_blocks.{number}."
        parts = [nn.Linear(C, C, bias=False).weight for _ in range(3)]
        state[block + "att.qkv.weight"] = nn.Parameter(torch.cat(parts))
        for name, inputs, outputs in (
            ("att.out_proj", C, C),
            ("ff.expand", C, FEED_FORWARD_FACTOR * C),
            ("ff.contract", FEED_FORWARD_FACTOR * C, C),
        ):
            drawn = nn.Linear(inputs, outputs)
            state[f"{block}{name}.weight"], state[f"{block}{name}.bias"] = drawn.weight, drawn.bias
        for name in ("norm1", "norm2"):
            state[f"{block}{name}.scale"] = nn.Parameter(torch.ones(C))
            state[f"{block}{name}.shift"] = nn.Parameter(torch.zeros(C))
    state["final_norm.scale"] = nn.Parameter(torch.ones(C))
    state["final_norm.shift"] = nn.Parameter(torch.zeros(C))
    state["out_head.weight"] = nn.Linear(C, config.vocab_size, bias=False).weight
    model.load_state_dict(state, assign=True)
    return model
