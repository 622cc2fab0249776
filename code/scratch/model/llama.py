"""Compute a whole Llama: RMSNorm, grouped queries, rotary positions, gated feed-forward part.

What: read it beside `scratch.model.gpt`, whose structure it keeps. Five things differ. `RMSNorm`
divides by the root mean square and shifts nothing. No position is added to a token's vector;
queries and keys are rotated by their positions instead (`scratch.embeddings.rotary`).
`GatedFeedForward` multiplies the numbers inside by a gate, computed from the same vector. Several
query heads share a head of keys and values, so a KV cache is smaller. No layer has a bias. Source:
Touvron et al., LLaMA: Open and Efficient Foundation Language Models (2023), section 2.2; Zhang and
Sennrich, Root Mean Square Layer Normalization (2019); Shazeer, GLU Variants Improve Transformer
(2020), equation 6, for SwiGLU; Ainslie et al., GQA (2023), for shared heads; Su et al., RoFormer
(2021). Left out: training, weights to start it from, and dropout; scaling of rotary positions.
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
    """The sizes of a Llama.

    Raises: ValueError if emb_dim is not a multiple of n_heads, or n_heads not of n_kv_heads.
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
        """Read the sizes from the metadata of a GGUF file.

        Raises: ValueError if the model's architecture is not Llama; KeyError if a size is missing.
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
        """Count the parameters of each part: part -> number; their sum is the model's.

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
    """Divide each vector by the root of its mean square; unlike `layer_norm`, subtract no mean.

    x: (..., C); eps: added to the mean square before the root. Returns: the same shape.
    Source: Zhang and Sennrich 2019, equation 4; Llama adds eps.

    >>> rms_norm(torch.tensor([4.0, 0.0, 0.0, 0.0])).round(decimals=3).tolist()
    [2.0, 0.0, 0.0, 0.0]
    """
    return x / (x.square().mean(dim=-1, keepdim=True) + eps).sqrt()


class RMSNorm(nn.Module):
    """RMS normalisation, then a learned scale per dimension: (..., C) -> (..., C)."""

    def __init__(self, emb_dim: int, eps: float) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(emb_dim))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Compute `rms_norm(x) * scale`, in one kernel."""
        return F.rms_norm(x, self.scale.shape, self.scale, self.eps)


class GatedFeedForward(nn.Module):
    """Expand each vector, multiply it by a gate, contract it: (..., C) -> (..., C)."""

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.gate = Linear(config.emb_dim, config.hidden_dim, generator, bias=False)
        self.expand = Linear(config.emb_dim, config.hidden_dim, generator, bias=False)
        self.contract = Linear(config.hidden_dim, config.emb_dim, generator, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute (..., C) -> (..., hidden_dim) -> (..., C); silu(z) is z * sigmoid(z)."""
        return self.contract(F.silu(self.gate(x)) * self.expand(x))  # type: ignore[no-any-return]


class GroupedQueryAttention(nn.Module):
    """Causal attention, where several query heads share keys and values: (B, T, C) -> (B, T, C).

    Query heads share in groups of n_heads / n_kv_heads, neighbours together.
    """

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.head_dim = head_dim(config.emb_dim, config.n_heads)
        self.n_heads, self.n_kv_heads = config.n_heads, config.n_kv_heads
        outputs = (config.n_heads + 2 * config.n_kv_heads) * self.head_dim
        self.qkv = Linear(config.emb_dim, outputs, generator, bias=False)
        self.out_proj = Linear(config.emb_dim, config.emb_dim, generator, bias=False)

    def split(self, x: Tensor, rotations: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Make queries (B, H, T, C/H), and keys and values (B, n_kv_heads, T, C/H).

        rotations: `LlamaModel.rotations` of the T positions, by which queries and keys are rotated
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
        """Return the weights, (B, T, C) -> (B, H, T, T): of each token (row) on each (column)."""
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
        """Add attention's output to x, then the feed-forward network's."""
        x = x + self.att(self.norm1(x), rotations, cache)
        return x + self.ff(self.norm2(x))  # type: ignore[no-any-return]


class LlamaModel(nn.Module):
    """A Llama with random weights, from its configuration and a generator.

    >>> config = LlamaConfig(11, 8, emb_dim=8, n_heads=4, n_kv_heads=2, n_layers=1, hidden_dim=6)
    >>> model = LlamaModel(config, torch.Generator().manual_seed(0))
    >>> model(torch.tensor([[1, 2, 3]])).shape  # (B, T) -> (B, T, V)
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: LlamaConfig, generator: torch.Generator) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        self.config = config
        self.tok_emb = Embedding(config.vocab_size, config.emb_dim, generator)
        self.trf_blocks = nn.ModuleList(
            LlamaBlock(config, generator) for _ in range(config.n_layers)
        )
        self.final_norm = RMSNorm(config.emb_dim, config.rms_eps)
        self.out_head = self.tok_emb  # shared: it has V rows of C numbers as its weight

    def rotations(self, start: int, length: int) -> Tensor:
        """Return the rotation of each pair of numbers at each position: (T, C/H/2) complex64.

        start: the first position; length: T
        Raises: ContextTooLong if a position is beyond context_length, the last trained on.
        """
        if start + length > self.config.context_length:
            raise ContextTooLong(start + length, self.config.context_length)
        positions = torch.arange(start, start + length, device=self.device())
        head = head_dim(self.config.emb_dim, self.config.n_heads)
        return rotations(positions, head, self.config.rope_base)

    def hidden(self, ids: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Compute everything but the head: (B, T) int64 -> (B, T, C).

        caches: one per block (`new_caches`), if the ids follow others that were read before
        Raises: ContextTooLong.
        """
        start = len(caches[0]) if caches else 0
        x, rotations = self.tok_emb(ids), self.rotations(start, ids.shape[1])
        for layer, block in enumerate(self.trf_blocks):
            x = block(x, rotations, caches[layer] if caches else None)
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
        """Return each block's attention weights: (B, T) int64 -> (B, H, T, T) per block."""
        x, rotations, weights = self.tok_emb(ids), self.rotations(0, ids.shape[1]), []
        for block in self.trf_blocks:
            weights.append(block.att.attention_weights(block.norm1(x), rotations))  # type: ignore[union-attr,operator]
            x = block(x, rotations)
        return weights

    def device(self) -> torch.device:
        """Return the device that holds the weights."""
        return self.tok_emb.weight.device
