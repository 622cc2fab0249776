"""A GPT: vectors of tokens and places, a row of blocks, and a score for every entry that may come
next.

What: the vectors run through the blocks as a stream. Each block reads the stream, normalised, and
adds to it: first what a token gathers from those before it, then what a network makes of each token
alone. The head compares what comes out with the vector of every entry. Source: Radford et al.,
Language Models are Unsupervised Multitask Learners (2019), section 2.3: norms before the parts and
one after the last block; weights that add to the stream start smaller by the root of their number.
Left out: configuration (`scratch.model.config`), loss (`scratch.training.loss`), choosing what
comes next (`scratch.model.generate`).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.embeddings.positional import ContextTooLong
from scratch.model.config import GPTConfig
from scratch.model.layers import SPREAD, FeedForward, LayerNorm, drawn
from scratch.model.multihead import KeyValues, SelfAttention


class Block(nn.Module):
    """Attention, then feed-forward; both read a normalised copy and add their result: (B, T, C) ->
    (B, T, C).
    """

    def __init__(self, config: GPTConfig, generator: torch.Generator) -> None:
        super().__init__()
        # 2 * blocks results are added up in the stream
        adding = SPREAD / math.sqrt(2 * config.blocks)
        self.attention_norm = LayerNorm(config.width)
        self.attention = SelfAttention(
            config.width,
            config.heads,
            generator,
            bias=config.qkv_bias,
            spread=adding,
            dropout=config.dropout,
        )
        self.feed_norm = LayerNorm(config.width)
        self.feed = FeedForward(config.width, generator, spread=adding, dropout=config.dropout)

    def forward(self, x: Tensor, stored: KeyValues | None = None) -> Tensor:
        """Add to the stream, twice."""
        x = x + self.attention(self.attention_norm(x), stored)
        return x + self.feed(self.feed_norm(x))  # type: ignore[no-any-return]


class GPT(nn.Module):
    """A GPT of a configuration; its weights are drawn from the generator.

    >>> config = GPTConfig(vocab_size=11, context_length=8, width=4, heads=2, blocks=1)
    >>> model = GPT(config, torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape  # (B, T) -> (B, T, V)
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: GPTConfig, generator: torch.Generator) -> None:
        """Draw the weights; the generator is the caller's, so that its seed is stated there."""
        super().__init__()
        self.config = config
        self.tokens = drawn(config.vocab_size, config.width, generator=generator)  # (V, C)
        self.places = drawn(config.context_length, config.width, generator=generator)  # (L, C)
        self.blocks = nn.ModuleList(Block(config, generator) for _ in range(config.blocks))
        self.norm = LayerNorm(config.width)
        self.head = (
            self.tokens
            if config.tied
            else drawn(config.vocab_size, config.width, generator=generator)
        )

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """Look up tokens and places, and add them: (B, T) int64 -> (B, T, C).

        start: the place of the first id.
        Raises: ContextTooLong if the ids reach beyond the last place.
        """
        end = start + ids.shape[1]
        if end > self.config.context_length:
            raise ContextTooLong(end, self.config.context_length)
        summed = F.embedding(ids, self.tokens) + self.places[start:end]  # (B, T, C) + (T, C)
        return F.dropout(summed, self.config.dropout, self.training)

    def hidden(self, ids: Tensor, stored: list[KeyValues] | None = None) -> Tensor:
        """Everything but the head: (B, T) int64 -> (B, T, C).

        stored: one a block (`new_store`), for ids that follow those read before; what is read now
        is added. Raises: ContextTooLong.
        """
        x = self.embed(ids, start=len(stored[0]) if stored else 0)
        for number, block in enumerate(self.blocks):
            x = block(x, stored[number] if stored else None)
        return self.norm(x)  # type: ignore[no-any-return]

    def scores(self, hidden: Tensor) -> Tensor:
        """Score every entry as the next token: (..., C) -> (..., V), the logits."""
        return F.linear(hidden, self.head)

    def forward(self, ids: Tensor, stored: list[KeyValues] | None = None) -> Tensor:
        """Score what may follow each token: (B, T) int64 -> (B, T, V). Raises: ContextTooLong."""
        return self.scores(self.hidden(ids, stored))

    def new_store(self) -> list[KeyValues]:
        """Room for the keys and values of every block."""
        return [KeyValues() for _ in self.blocks]

    def maps(self, ids: Tensor) -> list[Tensor]:
        """Who looks at whom in each block: (B, T) int64 -> (B, H, T, T) a block, without dropout."""
        x, found = self.embed(ids), []
        for block in self.blocks:
            found.append(block.attention.maps(block.attention_norm(x)))  # type: ignore[union-attr,operator]
            x = block(x)
        return found

    def device(self) -> torch.device:
        """Where the weights are."""
        return self.tokens.device


def count_parameters(model: nn.Module) -> int:
    """Count a module's parameters, shared ones once.

    >>> config = GPTConfig(vocab_size=11, context_length=8, width=4, heads=2, blocks=1)
    >>> count_parameters(GPT(config, torch.Generator())) == sum(config.parameters().values())
    True
    """
    return sum(parameter.numel() for parameter in model.parameters())
