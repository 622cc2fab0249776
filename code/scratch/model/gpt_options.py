"""Build a GPT with later improvements as options: QK norm, rotary positions, ReLU², zero init.

What: `OptionGPT` is `scratch.model.gpt.GPTModel` with other blocks, whose options are off by
default. QK norm gives queries and keys a fixed length before they are multiplied. Rotary positions
rotate queries and keys by their positions, in place of a table of position vectors. ReLU squared
replaces GELU in the feed-forward network. Zero init sets the last matrices of a block to 0, so that
at first each block passes its input on unchanged. Source: Henry et al., Query-Key Normalization for
Transformers (2020); Su et al., RoFormer (2021); So et al., Primer (2021), for ReLU squared; Zhang
et al., Fixup Initialization (2019), and Bachlechner et al., ReZero (2020), for blocks that start at
0. Left out: dropout, KV caches, and how the options work together.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.embeddings.rotary import rotations, turn
from scratch.model.attention import attend_fused
from scratch.model.config import FEED_FORWARD_FACTOR, GPTConfig
from scratch.model.gpt import INIT_STD, GPTModel, KVCache, LayerNorm, Linear


@dataclass(frozen=True)
class Options:
    """The options of a block; all off is a block of GPT-2's."""

    qk_norm: bool = False  # queries and keys of length sqrt(head_dim)
    rotary: bool = False  # positions by rotation, and no table of them
    relu_squared: bool = False  # in place of GELU
    zero_init: bool = False  # of the two matrices whose results are added to the stream


class OptionBlock(nn.Module):
    """A transformer block with options: (B, T, C) -> (B, T, C)."""

    def __init__(self, config: GPTConfig, options: Options, generator: torch.Generator) -> None:
        """Draw the weights; of the options only zero_init changes them."""
        super().__init__()
        C, inside = config.emb_dim, FEED_FORWARD_FACTOR * config.emb_dim
        std = INIT_STD / math.sqrt(2 * config.n_layers)
        self.options, self.n_heads = options, config.n_heads
        self.norm1, self.norm2 = LayerNorm(C), LayerNorm(C)
        self.qkv = Linear(C, 3 * C, generator)
        self.out_proj = Linear(C, C, generator, std=std)
        self.expand = Linear(C, inside, generator)
        self.contract = Linear(inside, C, generator, std=std)
        if options.zero_init:
            for last in (self.out_proj, self.contract):
                nn.init.zeros_(last.weight)
        angles = rotations(torch.arange(config.context_length), C // config.n_heads)
        self.register_buffer("angles", angles, persistent=False)  # (T, C/H/2) complex64

    def attend(self, x: Tensor) -> Tensor:
        """Compute causal attention: (B, T, C) -> (B, T, C)."""
        B, T, C = x.shape
        parts = self.qkv(x).view(B, T, 3, self.n_heads, C // self.n_heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4).contiguous()  # (B, H, T, C/H) each
        if self.options.qk_norm:
            queries, keys = (F.rms_norm(each, each.shape[-1:]) for each in (queries, keys))
        if self.options.rotary:
            queries, keys = (turn(each, self.angles[:T]) for each in (queries, keys))  # type: ignore[index]
        contexts = attend_fused(queries, keys, values)
        return self.out_proj(contexts.transpose(1, 2).reshape(B, T, C))  # type: ignore[no-any-return]

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Add attention's output to x, then the feed-forward network's; cache is ignored."""
        x = x + self.attend(self.norm1(x))
        inside = self.expand(self.norm2(x))
        squared = self.options.relu_squared
        inside = F.relu(inside).square() if squared else F.gelu(inside, approximate="tanh")
        return x + self.contract(inside)  # type: ignore[no-any-return]


class OptionGPT(GPTModel):
    """A GPT whose blocks are `OptionBlock`s; config's drop_rate and qkv_bias are ignored.

    >>> config = GPTConfig(vocab_size=11, context_length=8, emb_dim=8, n_heads=2, n_layers=1)
    >>> model = OptionGPT(config, Options(rotary=True), torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape  # (B, T) -> (B, T, V)
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: GPTConfig, options: Options, generator: torch.Generator) -> None:
        """Draw the weights."""
        super().__init__(config, generator)
        self.trf_blocks = nn.ModuleList(
            OptionBlock(config, options, generator) for _ in range(config.n_layers)
        )
        if options.rotary:  # a table of zeros, which stays
            nn.init.zeros_(self.pos_emb.weight)
            self.pos_emb.requires_grad_(False)
