"""Llama's architecture, whole: what a language model of today does otherwise than GPT-2.

What: read it beside `scratch.model.gpt`, whose blocks and stream it keeps. Five things differ.
`RMSNorm` divides by the root mean square and shifts nothing. No position is added to a token's
vector: queries and keys are turned by their position instead (`scratch.embeddings.rotary`).
`GatedFeedForward` lets one product decide how much of another goes on. Several query heads share a
head of keys and values, so a KV cache is smaller. And no layer has a bias. Source: Touvron et al.,
LLaMA: Open and Efficient Foundation Language Models (2023), section 2.2; Zhang and Sennrich, Root
Mean Square Layer Normalization (2019); Shazeer, GLU Variants Improve Transformer (2020), equation
6, for SwiGLU; Ainslie et al., GQA (2023), for shared heads; Su et al., RoFormer (2021). Left out:
training, first weights that are fit for it, and dropout; scaling of rotary positions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.embeddings.embedding import Embedding
from scratch.embeddings.positional import ContextTooLong
from scratch.embeddings.rotary import rotations, turn
from scratch.model.attention import attend_fused, attention_weights
from scratch.model.config import head_dim
from scratch.model.gpt import KVCache, Linear


@dataclass(frozen=True)
class LlamaConfig:
    """The measures of a Llama.

    Raises: ValueError if emb_dim is no multiple of n_heads, or n_heads none of n_kv_heads.
    """

    vocab_size: int  # V, entries
    context_length: int  # tokens that it was trained to read
    emb_dim: int  # C, numbers of a token's vector
    n_heads: int  # H, of queries in each block
    n_kv_heads: int  # heads of keys and values; n_heads / n_kv_heads queries share one
    n_layers: int  # transformer blocks, one after another
    hidden_dim: int  # numbers of a vector inside the feed-forward network
    rope_base: float = 10_000.0  # the slowest pair of numbers turns once in nearly 2 pi times it
    rms_eps: float = 1e-5  # added to the mean square, so that nothing is divided by 0

    def __post_init__(self) -> None:
        head_dim(self.emb_dim, self.n_heads)
        if self.n_kv_heads < 1 or self.n_heads % self.n_kv_heads:
            raise ValueError(
                f"n_heads is {self.n_heads}, n_kv_heads {self.n_kv_heads}; each is shared by"
                " equally many queries, so choose a divisor of n_heads"
            )

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> "LlamaConfig":
        """Take the measures from what a GGUF file says of its model.

        Raises: ValueError if it is of another architecture.
        """
        if (kind := metadata.get("general.architecture")) != "llama":
            raise ValueError(f"the model's architecture is {kind}; give a model of llama's")
        n_heads = metadata["llama.attention.head_count"]
        return cls(
            vocab_size=metadata["llama.vocab_size"],
            context_length=metadata["llama.context_length"],
            emb_dim=metadata["llama.embedding_length"],
            n_heads=n_heads,
            n_kv_heads=metadata.get("llama.attention.head_count_kv", n_heads),
            n_layers=metadata["llama.block_count"],
            hidden_dim=metadata["llama.feed_forward_length"],
            rope_base=metadata.get("llama.rope.freq_base", 10_000.0),
            rms_eps=metadata["llama.attention.layer_norm_rms_epsilon"],
        )

    def parameters(self) -> dict[str, int]:
        """Count the parameters of each part; their sum is the model's.

        >>> sizes = {"emb_dim": 4, "n_heads": 2, "n_kv_heads": 1, "n_layers": 1, "hidden_dim": 6}
        >>> LlamaConfig(11, 8, **sizes).parameters()
        {'token vectors': 44, 'attention': 48, 'feed-forward': 72, 'norms': 12, 'head': 0}
        """
        C, shared = self.emb_dim, self.n_kv_heads * head_dim(self.emb_dim, self.n_heads)
        return {
            "token vectors": self.vocab_size * C,
            "attention": self.n_layers * (C * (C + 2 * shared) + C * C),
            "feed-forward": self.n_layers * 3 * C * self.hidden_dim,
            "norms": (2 * self.n_layers + 1) * C,
            "head": 0,  # it shares the table of token vectors
        }


def rms_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Divide each vector by the root of its mean square; no mean is taken off.

    x: (..., C). Returns: the same shape.
    Source: Zhang and Sennrich 2019, equation 4; Llama adds eps beneath the root.

    >>> rms_norm(torch.tensor([4.0, 0.0, 0.0, 0.0])).round(decimals=3).tolist()
    [2.0, 0.0, 0.0, 0.0]
    """
    return x / (x.square().mean(dim=-1, keepdim=True) + eps).sqrt()


class RMSNorm(nn.Module):
    """Normalise each vector, then scale each dimension: (..., C) -> (..., C)."""

    def __init__(self, emb_dim: int, eps: float) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(emb_dim))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Compute `rms_norm(x) * scale`, in one kernel."""
        return F.rms_norm(x, self.scale.shape, self.scale, self.eps)


class GatedFeedForward(nn.Module):
    """Expand each vector, weigh each number by a gate, contract it: (..., C) -> (..., C)."""

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.gate = Linear(config.emb_dim, config.hidden_dim, generator, bias=False)
        self.expand = Linear(config.emb_dim, config.hidden_dim, generator, bias=False)
        self.contract = Linear(config.hidden_dim, config.emb_dim, generator, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) -> (..., hidden_dim) -> (..., C). silu(z) = z * sigmoid(z)."""
        return self.contract(F.silu(self.gate(x)) * self.expand(x))  # type: ignore[no-any-return]


class GroupedQueryAttention(nn.Module):
    """Let every head attend to the tokens so far; G heads in a row share keys and values: (B, T, C)
    -> (B, T, C).
    """

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.head_dim = head_dim(config.emb_dim, config.n_heads)
        self.n_heads, self.n_kv_heads = config.n_heads, config.n_kv_heads
        outputs = (config.n_heads + 2 * config.n_kv_heads) * self.head_dim
        self.qkv = Linear(config.emb_dim, outputs, generator, bias=False)
        self.out_proj = Linear(config.emb_dim, config.emb_dim, generator, bias=False)

    def split(self, x: Tensor, rotations: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Make queries (B, H, T, C/H), and keys and values (B, n_kv_heads, T, C/H); the first two
        turned by their positions.
        """
        B, T, _ = x.shape
        H, shared = self.n_heads, self.n_kv_heads
        heads = self.qkv(x).view(B, T, H + 2 * shared, self.head_dim).transpose(1, 2)
        turned = turn(heads[:, : H + shared], rotations)
        return turned[:, :H], turned[:, H:], heads[:, H + shared :]

    def forward(self, x: Tensor, rotations: Tensor, cache: KVCache | None = None) -> Tensor:
        """Compute each token's context vector; the tokens of x follow those of the cache."""
        queries, keys, values = self.split(x, rotations)
        if cache is not None:
            keys, values = cache.append(keys, values)
        contexts = attend_fused(queries, keys, values, enable_gqa=True)
        merged = contexts.transpose(1, 2).reshape(x.shape)  # (B, H, T, C/H) -> (B, T, C)
        return self.out_proj(merged)  # type: ignore[no-any-return]

    def attention_weights(self, x: Tensor, rotations: Tensor) -> Tensor:
        """Return them: (B, T, C) -> (B, H, T, T); row: the token that attends, column: to which."""
        queries, keys, _ = self.split(x, rotations)
        return attention_weights(
            queries, keys.repeat_interleave(self.n_heads // self.n_kv_heads, 1)
        )


class LlamaBlock(nn.Module):
    """Attention, then feed-forward, each on a normalised copy and added: (B, T, C) -> (B, T, C)."""

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.norm1 = RMSNorm(config.emb_dim, config.rms_eps)
        self.att = GroupedQueryAttention(config, generator)
        self.norm2 = RMSNorm(config.emb_dim, config.rms_eps)
        self.ff = GatedFeedForward(config, generator)

    def forward(self, x: Tensor, rotations: Tensor, cache: KVCache | None = None) -> Tensor:
        """Add to the stream, twice."""
        x = x + self.att(self.norm1(x), rotations, cache)
        return x + self.ff(self.norm2(x))  # type: ignore[no-any-return]


class LlamaModel(nn.Module):
    """A Llama of a configuration; its weights are drawn from the generator.

    >>> config = LlamaConfig(11, 8, emb_dim=8, n_heads=4, n_kv_heads=2, n_layers=1, hidden_dim=6)
    >>> model = LlamaModel(config, torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape  # (B, T) -> (B, T, V)
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        """Draw the weights; the generator is the caller's, so that its seed is stated there."""
        super().__init__()
        self.config = config
        self.tok_emb = Embedding(config.vocab_size, config.emb_dim, generator)
        self.trf_blocks = nn.ModuleList(
            LlamaBlock(config, generator) for _ in range(config.n_layers)
        )
        self.final_norm = RMSNorm(config.emb_dim, config.rms_eps)
        self.out_head = self.tok_emb  # shared: it has V rows of C numbers as its weight

    def rotations(self, start: int, length: int) -> Tensor:
        """Return how queries and keys are turned at each position: (T, C/2H), complex, T = length.

        Raises: ContextTooLong if a position lies beyond the last that the model was trained on.
        """
        if start + length > self.config.context_length:
            raise ContextTooLong(start + length, self.config.context_length)
        positions = torch.arange(start, start + length, device=self.device())
        head = head_dim(self.config.emb_dim, self.config.n_heads)
        return rotations(positions, head, self.config.rope_base)

    def hidden(self, ids: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Compute everything but the head: (B, T) int64 -> (B, T, C).

        caches: one a block (`new_caches`), for ids that follow those read before. Raises:
        ContextTooLong.
        """
        start = len(caches[0]) if caches else 0
        x, rotations = self.tok_emb(ids), self.rotations(start, ids.shape[1])
        for layer, block in enumerate(self.trf_blocks):
            x = block(x, rotations, caches[layer] if caches else None)
        return self.final_norm(x)  # type: ignore[no-any-return]

    def logits(self, hidden: Tensor) -> Tensor:
        """Compare with the row of every entry: (..., C) -> (..., V)."""
        return F.linear(hidden, self.out_head.weight)

    def forward(self, ids: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Compute the logits of what may follow each token: (B, T) int64 -> (B, T, V).

        Raises: ContextTooLong.
        """
        return self.logits(self.hidden(ids, caches))

    def new_caches(self) -> list[KVCache]:
        """Return an empty KV cache for every block."""
        return [KVCache() for _ in self.trf_blocks]

    def attention_weights(self, ids: Tensor) -> list[Tensor]:
        """Return those of every block: (B, T) int64 -> (B, H, T, T) a block."""
        x, rotations, weights = self.tok_emb(ids), self.rotations(0, ids.shape[1]), []
        for block in self.trf_blocks:
            weights.append(block.att.attention_weights(block.norm1(x), rotations))  # type: ignore[union-attr,operator]
            x = block(x, rotations)
        return weights

    def device(self) -> torch.device:
        """Return where the weights are."""
        return self.tok_emb.weight.device
