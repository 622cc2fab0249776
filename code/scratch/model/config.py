"""Configure a GPT (`GPTConfig`): its sizes, named presets, and the number of parameters.

What: `GPTConfig` holds all that a model is built from; `GPTConfig.preset` has GPT-2's four sizes
and two small ones for a CPU; `parameters` computes how many parameters `scratch.model.gpt.GPTModel`
will have. Source: Radford et al. 2019, table 2, for GPT-2's layers and widths; the heads, the tied
head and the biases are those of the published code and models. Left out: the first weights
(`scratch.model.gpt`) and training (`scratch.training.trainer`).
"""

from dataclasses import dataclass, replace
from typing import Any

# how many times as wide as a token's vector a feed-forward network is inside
FEED_FORWARD_FACTOR = 4


def head_dim(emb_dim: int, n_heads: int) -> int:
    """Return how many numbers of a token's vector each head gets: emb_dim / n_heads.

    Raises: ValueError if emb_dim is not a multiple of n_heads.

    >>> head_dim(768, 12)
    64
    """
    if n_heads < 1 or emb_dim % n_heads:
        raise ValueError(
            f"emb_dim is {emb_dim}, n_heads {n_heads}; each head takes an equal part, so choose a"
            " divisor of emb_dim"
        )
    return emb_dim // n_heads


@dataclass(frozen=True)
class GPTConfig:
    """The sizes and switches of a GPT.

    Raises: ValueError if a size is below 1, emb_dim is not a multiple of n_heads, or drop_rate is
    below 0, or 1 or more.
    """

    vocab_size: int = 50_257  # V, entries; GPT-2's tokenizer has so many
    context_length: int = 1_024  # tokens; the model has a vector for each position
    emb_dim: int = 768  # C, numbers of a token's vector
    n_heads: int = 12  # H, of attention in each block
    n_layers: int = 12  # transformer blocks, one after another
    drop_rate: float = 0.0  # probability of setting a number to 0 in training; GPT-2 had 0.1
    qkv_bias: bool = True  # whether queries, keys and values have a bias; GPT-2's have
    tied: bool = True  # whether the head shares the table of token vectors; GPT-2's does

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context_length", "emb_dim", "n_heads", "n_layers"):
            if (size := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {size}; a model needs 1 or more")
        head_dim(self.emb_dim, self.n_heads)
        if not 0 <= self.drop_rate < 1:
            raise ValueError(
                f"drop_rate is {self.drop_rate}; it is a probability below 1, so give 0 to switch"
                " it off"
            )

    @classmethod
    def preset(cls, name: str, **changes: Any) -> "GPTConfig":
        """Return the preset with this name, with changes to its fields.

        name: one of PRESETS
        Raises: ValueError if there is no such preset, or a change is out of range.

        >>> tiny = GPTConfig.preset("tiny", vocab_size=256)
        >>> GPTConfig.preset("gpt2-medium").n_layers, tiny.vocab_size
        (24, 256)
        """
        if name not in PRESETS:
            raise ValueError(f"there is no size {name!r}; there are {', '.join(PRESETS)}")
        return replace(PRESETS[name], **changes)

    def parameters(self) -> dict[str, int]:
        """Count the parameters of each part: part -> number; their sum is the model's.

        >>> sum(GPTConfig.preset("gpt2").parameters().values())
        124439808
        """
        C, inside = self.emb_dim, FEED_FORWARD_FACTOR * self.emb_dim
        return {
            "token vectors": self.vocab_size * C,
            "position vectors": self.context_length * C,
            "attention": self.n_layers * (3 * C * C + (3 * C if self.qkv_bias else 0) + C * C + C),
            "feed-forward": self.n_layers * (C * inside + inside + inside * C + C),
            "norms": (2 * self.n_layers + 1) * 2 * C,
            "head": 0 if self.tied else self.vocab_size * C,
        }


PRESETS = {
    "tiny": GPTConfig(context_length=64, emb_dim=64, n_heads=4, n_layers=2),
    "small": GPTConfig(context_length=128, emb_dim=128, n_heads=4, n_layers=4),
    "gpt2": GPTConfig(),
    "gpt2-medium": GPTConfig(emb_dim=1_024, n_heads=16, n_layers=24),
    "gpt2-large": GPTConfig(emb_dim=1_280, n_heads=20, n_layers=36),
    "gpt2-xl": GPTConfig(emb_dim=1_600, n_heads=25, n_layers=48),
}
