"""What a GPT is made to measure of: its configuration, the sizes that have names, and how many
parameters that makes.

What: `GPTConfig` holds what has to be known before a model can be built; `GPTConfig.preset` knows
GPT-2's four sizes and small ones for one's own machine; `parameters` counts by hand what
`scratch.model.gpt.GPT` will have. Source: Radford et al. 2019, table 2, for GPT-2's blocks and
widths; the heads, the tied head and the biases are those of the published code and models. Left
out: how weights start (`scratch.model.layers`), how training goes (`scratch.training.trainer`).
"""

from dataclasses import dataclass, replace
from typing import Any

from scratch.model.layers import WIDENING
from scratch.model.multihead import head_width


@dataclass(frozen=True)
class GPTConfig:
    """The measures of a GPT.

    Raises: ValueError if a size is below 1, width is not a multiple of heads, or dropout outside 0
    to below 1.
    """

    vocab_size: int = 50_257  # V, entries; GPT-2's tokenizer has so many
    context_length: int = 1_024  # tokens; the model has a vector for each place
    width: int = 768  # C, numbers of a token's vector
    heads: int = 12  # H, in each block
    blocks: int = 12  # one after another
    dropout: float = 0.0  # probability of setting a number to 0 in training; GPT-2 had 0.1
    qkv_bias: bool = True  # whether queries, keys and values have a bias; GPT-2's have
    tied: bool = True  # whether the head shares the table of token vectors; GPT-2's does

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context_length", "width", "heads", "blocks"):
            if (size := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {size}; a model needs 1 or more")
        head_width(self.width, self.heads)
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout is {self.dropout}; it is a probability below 1, so give 0 to switch"
                " it off"
            )

    @classmethod
    def preset(cls, name: str, **changes: Any) -> "GPTConfig":
        """Take a size by its name, with changes if need be.

        Raises: ValueError if there is no such size.

        >>> GPTConfig.preset("gpt2-medium").blocks, GPTConfig.preset("tiny", vocab_size=256).vocab_size
        (24, 256)
        """
        if name not in PRESETS:
            raise ValueError(f"there is no size {name!r}; there are {', '.join(PRESETS)}")
        return replace(PRESETS[name], **changes)

    def parameters(self) -> dict[str, int]:
        """Count the parameters of each part; their sum is the model's.

        >>> sum(GPTConfig.preset("gpt2").parameters().values())
        124439808
        """
        C, inside = self.width, WIDENING * self.width
        return {
            "token vectors": self.vocab_size * C,
            "place vectors": self.context_length * C,
            "attention": self.blocks * (3 * C * C + (3 * C if self.qkv_bias else 0) + C * C + C),
            "feed-forward": self.blocks * (C * inside + inside + inside * C + C),
            "norms": (2 * self.blocks + 1) * 2 * C,
            "head": 0 if self.tied else self.vocab_size * C,
        }


PRESETS = {
    "tiny": GPTConfig(context_length=64, width=64, heads=4, blocks=2),
    "small": GPTConfig(context_length=128, width=128, heads=4, blocks=4),
    "gpt2": GPTConfig(),
    "gpt2-medium": GPTConfig(width=1_024, heads=16, blocks=24),
    "gpt2-large": GPTConfig(width=1_280, heads=20, blocks=36),
    "gpt2-xl": GPTConfig(width=1_600, heads=25, blocks=48),
}
