"""Compute a whole GPT: layer norm, feed-forward part, attention with a KV cache, blocks, logits.

What: read it from the end of the file. `GPTModel` looks up a vector for each token and each
position and adds them; the sum runs through the transformer blocks. Each `TransformerBlock` reads a
normalised copy of it and adds twice: what `MultiHeadAttention` gathers from the tokens so far, then
what `FeedForward` computes from each token alone. The output head multiplies the result with the
vector of every entry of the vocabulary. `layer_norm` and `gelu` are the formulas; the modules call
torch's kernels, which compute the same numbers. Source: Radford et al., Language Models are
Unsupervised Multitask Learners (2019), section 2.3; Vaswani et al., Attention Is All You Need
(2017), section 3.2.2; Ba et al., Layer Normalization (2016); Hendrycks and Gimpel, Gaussian Error
Linear Units (2016), section 2, for the tanh form; GPT-2's published code (openai/gpt-2,
src/model.py) for the standard deviation of the first weights (its position vectors start at half of
that; here they do not). Left out: the configuration (`scratch.model.config`), attention step by
step (`scratch.model.attention`), the loss (`scratch.training.loss`), choosing the next token
(`scratch.model.generate`).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.embeddings.embedding import Embedding, draw_normal
from scratch.embeddings.positional import PositionEmbedding
from scratch.model.attention import attend_fused, attention_weights
from scratch.model.config import FEED_FORWARD_FACTOR, GPTConfig, head_dim

INIT_STD = 0.02  # standard deviation of the first weights
EPSILON = 1e-5  # added to the variance, so that a constant vector is not divided by 0


class Linear(nn.Module):
    """A matrix to multiply vectors by, and a bias to add: (..., inputs) -> (..., outputs).

    The weights are (outputs, inputs), as in torch.nn.Linear, drawn from the generator with mean 0
    and standard deviation std. The bias starts at 0.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        generator: torch.Generator,
        *,
        bias: bool = True,
        std: float = INIT_STD,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(draw_normal(outputs, inputs, std=std, generator=generator))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Compute x @ weight.T + bias."""
        return F.linear(x, self.weight, self.bias)


def layer_norm(x: Tensor) -> Tensor:
    """Normalise each vector to mean 0 and variance 1.

    x: (..., C). Returns: the same shape.
    Source: Ba et al. 2016, equation 3; as in GPT-2, the variance is the sum of squares divided by
    C, not C - 1, and EPSILON is added to it before the root.

    >>> layer_norm(torch.tensor([1.0, 3.0])).round(decimals=3).tolist()
    [-1.0, 1.0]
    """
    mean = x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True, correction=0)
    return (x - mean) / (variance + EPSILON).sqrt()


class LayerNorm(nn.Module):
    """Layer normalisation, then a learned scale and shift per dimension: (..., C) -> (..., C)."""

    def __init__(self, emb_dim: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(emb_dim))
        self.shift = nn.Parameter(torch.zeros(emb_dim))

    def forward(self, x: Tensor) -> Tensor:
        """Compute `layer_norm(x) * scale + shift`, in one kernel."""
        return F.layer_norm(x, self.scale.shape, self.scale, self.shift, EPSILON)


def gelu(x: Tensor) -> Tensor:
    """Multiply each number by nearly the probability that a standard normal number is below it.

    This is the form with tanh, with which GPT-2 was trained; the exact one differs by less than
    0.001. x: any shape. Returns: the same. Source: Hendrycks and Gimpel 2016, section 2.

    >>> gelu(torch.tensor([-10.0, 0.0, 10.0])).round(decimals=3).tolist()
    [-0.0, 0.0, 10.0]
    """
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


class FeedForward(nn.Module):
    """Two matrices with GELU between, the middle four times as wide: (..., C) -> (..., C)."""

    def __init__(self, config: GPTConfig, generator: torch.Generator, *, std: float) -> None:
        """Draw the weights; std: their standard deviation in the second matrix."""
        super().__init__()
        inside = FEED_FORWARD_FACTOR * config.emb_dim
        self.expand = Linear(config.emb_dim, inside, generator)
        self.contract = Linear(inside, config.emb_dim, generator, std=std)
        self.drop_rate = config.drop_rate

    def forward(self, x: Tensor) -> Tensor:
        """Compute (..., C) -> (..., 4C) -> (..., C)."""
        activated = F.gelu(self.expand(x), approximate="tanh")  # `gelu`, in one kernel
        return F.dropout(self.contract(activated), self.drop_rate, self.training)


class KVCache:
    """The keys and values of the S tokens that one block has read, each (B, H, S, C/H); len is S.

    >>> cache = KVCache()
    >>> keys, values = cache.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
    >>> keys, values = cache.append(torch.zeros(1, 2, 1, 4), torch.zeros(1, 2, 1, 4))
    >>> len(cache), tuple(keys.shape)
    (4, (1, 2, 4, 4))
    """

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[2]

    def append(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append those of T new tokens, (B, H, T, C/H) each; return all, (B, H, S + T, C/H)."""
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], dim=2)  # (B, H, S, C/H) -> (B, H, S + T, C/H)
            values = torch.cat([self.values, values], dim=2)
        self.keys, self.values = keys, values
        return keys, values


class MultiHeadAttention(nn.Module):
    """Causal attention, all heads computed from one matrix: (B, T, C) -> (B, T, C).

    Raises: ValueError if emb_dim is not a multiple of n_heads.
    """

    def __init__(
        self,
        emb_dim: int,
        n_heads: int,
        generator: torch.Generator,
        *,
        qkv_bias: bool = False,
        std: float = INIT_STD,
        drop_rate: float = 0.0,
    ) -> None:
        """Draw the weights; std: of out_proj's; drop_rate: of attention weights and output."""
        super().__init__()
        head_dim(emb_dim, n_heads)
        self.n_heads = n_heads
        self.qkv = Linear(emb_dim, 3 * emb_dim, generator, bias=qkv_bias)
        self.out_proj = Linear(emb_dim, emb_dim, generator, std=std)
        self.drop_rate = drop_rate

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Make queries, keys and values, split into heads: (B, T, C) -> three of (B, H, T, C/H).

        First view, then transpose. A direct view as (B, H, T, C/H) has the right shape but mixes
        parts of several tokens, also later ones, so that the mask then hides nothing.
        """
        B, T, C = x.shape
        parts = self.qkv(x).view(B, T, 3, self.n_heads, C // self.n_heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)  # -> (3, B, H, T, C/H)
        return queries, keys, values

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Compute each token's context vector; the tokens of x follow those of the cache."""
        B, T, C = x.shape
        queries, keys, values = self.split(x)
        if cache is not None:
            keys, values = cache.append(keys, values)
        dropout = self.drop_rate if self.training else 0.0
        contexts = attend_fused(queries, keys, values, dropout=dropout)
        merged = contexts.transpose(1, 2).reshape(B, T, C)  # (B, H, T, C/H) -> (B, T, C)
        return F.dropout(self.out_proj(merged), self.drop_rate, self.training)

    def attention_weights(self, x: Tensor) -> Tensor:
        """Return the weights, (B, T, C) -> (B, H, T, T): of each token (row) on each (column)."""
        queries, keys, _ = self.split(x)
        return attention_weights(queries, keys)


class TransformerBlock(nn.Module):
    """Attention, then feed-forward, each on a normalised copy and added: (B, T, C) -> (B, T, C)."""

    def __init__(self, config: GPTConfig, generator: torch.Generator) -> None:
        super().__init__()
        std = INIT_STD / math.sqrt(2 * config.n_layers)  # so many results are added up
        self.norm1 = LayerNorm(config.emb_dim)
        self.att = MultiHeadAttention(
            config.emb_dim,
            config.n_heads,
            generator,
            qkv_bias=config.qkv_bias,
            std=std,
            drop_rate=config.drop_rate,
        )
        self.norm2 = LayerNorm(config.emb_dim)
        self.ff = FeedForward(config, generator, std=std)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Add attention's output to x, then the feed-forward network's."""
        x = x + self.att(self.norm1(x), cache)
        return x + self.ff(self.norm2(x))  # type: ignore[no-any-return]


class GPTModel(nn.Module):
    """A GPT with random weights, from its configuration and a generator.

    >>> config = GPTConfig(vocab_size=11, context_length=8, emb_dim=4, n_heads=2, n_layers=1)
    >>> model = GPTModel(config, torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape  # (B, T) -> (B, T, V)
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: GPTConfig, generator: torch.Generator) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        V, L, C = config.vocab_size, config.context_length, config.emb_dim
        self.config = config
        self.tok_emb = Embedding(V, C, generator, std=INIT_STD)
        self.pos_emb = PositionEmbedding(L, C, generator, std=INIT_STD)
        self.trf_blocks = nn.ModuleList(
            TransformerBlock(config, generator) for _ in range(config.n_layers)
        )
        self.final_norm = LayerNorm(C)
        self.out_head: Embedding | Linear = (  # what has V rows of C numbers as its weight
            self.tok_emb if config.tied else Linear(C, V, generator, bias=False)
        )

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """Add the vectors of tokens and positions: (B, T) int64 -> (B, T, C).

        start: the position of the first id.
        Raises: ContextTooLong if the ids reach beyond the last position.
        """
        positions = torch.arange(start, start + ids.shape[1], device=ids.device)
        x = self.tok_emb(ids) + self.pos_emb(positions)  # (B, T, C) + (T, C)
        return F.dropout(x, self.config.drop_rate, self.training)

    def hidden(self, ids: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Compute everything but the head: (B, T) int64 -> (B, T, C).

        caches: one per block (`new_caches`), if the ids follow others that were read before
        Raises: ContextTooLong.
        """
        x = self.embed(ids, start=len(caches[0]) if caches else 0)
        for layer, block in enumerate(self.trf_blocks):
            x = block(x, caches[layer] if caches else None)
        return self.final_norm(x)  # type: ignore[no-any-return]

    def logits(self, hidden: Tensor) -> Tensor:
        """Multiply with the vector of every entry of the vocabulary: (..., C) -> (..., V)."""
        return F.linear(hidden, self.out_head.weight)

    def forward(self, ids: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Compute the logits of the token after each token: (B, T) int64 -> (B, T, V).

        caches: as in `hidden`. Raises: ContextTooLong.
        """
        return self.logits(self.hidden(ids, caches))

    def new_caches(self) -> list[KVCache]:
        """Return an empty KV cache for every block."""
        return [KVCache() for _ in self.trf_blocks]

    def attention_weights(self, ids: Tensor) -> list[Tensor]:
        """Return each block's attention weights, (B, H, T, T), without their dropout."""
        x, weights = self.embed(ids), []
        for block in self.trf_blocks:
            weights.append(block.att.attention_weights(block.norm1(x)))  # type: ignore[union-attr,operator]
            x = block(x)
        return weights

    def device(self) -> torch.device:
        """Return the device that holds the weights."""
        return self.tok_emb.weight.device


def count_parameters(model: nn.Module) -> int:
    """Count a module's parameters; those that two layers share count once.

    >>> config = GPTConfig(vocab_size=11, context_length=8, emb_dim=4, n_heads=2, n_layers=1)
    >>> count_parameters(GPTModel(config, torch.Generator())) == sum(config.parameters().values())
    True
    """
    return sum(parameter.numel() for parameter in model.parameters())
