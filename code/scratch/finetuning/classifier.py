"""Classify texts by a head on the last token's vector, of a Llama's last block or of a whole GPT.

What: only the last token has seen the whole text, so a linear head reads its vector. Only the end
of the model is trained, so everything below is computed once: `lower_states` of
`scratch.finetuning.upper_blocks` gives the input of the last block, and `EndOfModel` is that block,
computed for the last token only, the last norm, and the head. `GPTClassifier` is a whole GPT with
such a head. `fit` trains either. Source: Raschka, Build a Large Language Model (From Scratch),
sections 6.5 to 6.7. Left out: padding that the model sees; here the mask hides it.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.model.gpt import GPTModel, Linear
from scratch.model.llama import LlamaBlock, LlamaModel

TOGETHER = 16  # texts that are read in one batch, of about one length
LITTLE = 1e-6  # added to a standard deviation, so that nothing is divided by 0


def pad(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Pad rows of different lengths with zeros at the end.

    rows: B tensors (T, ...). Returns: (B, T, ...), T the longest, and the index of each row's last
    item, (B,) int64.

    >>> pad([torch.tensor([5]), torch.tensor([6, 7])])[0].tolist()
    [[5, 0], [6, 7]]
    """
    padded = nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
    return padded, torch.tensor([len(row) - 1 for row in rows])


@torch.no_grad()
def finish(model: LlamaModel, read: Sequence[Tensor]) -> list[Tensor]:
    """Run the last block and the last norm of a model.

    read: the input of the last block for each text, (T, C). Returns: (T, C) for each text.
    """
    finished = []
    for row in read:
        x = model.trf_blocks[-1](row[None], model.rotations(0, len(row)))
        finished.append(model.final_norm(x)[0])
    return finished


class EndOfModel(nn.Module):
    """Copies of the last block and norm of a Llama, and a new head: (B, T, C) -> (B, classes).

    Before the head the numbers of a vector are standardised (`set_scale`), since a few of them are
    a hundred times as large as the others. The head starts at zero.
    """

    def __init__(self, model: LlamaModel, classes: int, generator: torch.Generator) -> None:
        super().__init__()
        block = copy.deepcopy(model.trf_blocks[-1])
        assert isinstance(block, LlamaBlock)
        self.block = block
        self.norm = copy.deepcopy(model.final_norm)
        self.head = Linear(model.config.emb_dim, classes, generator, std=0.0)
        self.rotations = model.rotations
        self.mean, self.std = torch.tensor(0.0), torch.tensor(1.0)

    def set_scale(self, vectors: Tensor) -> None:
        """Take mean and standard deviation from the vectors of the training texts: (N, C)."""
        self.mean, self.std = vectors.mean(0), vectors.std(0) + LITTLE

    def hidden(self, x: Tensor, last: Tensor) -> Tensor:
        """Compute the vector of each row's last token: (B, T, C), and its index (B,) -> (B, C)."""
        B, T, C = x.shape
        rows, att = torch.arange(B), self.block.att
        queries, keys, values = att.split(self.block.norm1(x), self.rotations(0, T))
        seen = (torch.arange(T) <= last[:, None])[:, None, None]  # (B, 1, 1, T)
        contexts = F.scaled_dot_product_attention(
            queries[rows, :, last][:, :, None], keys, values, attn_mask=seen, enable_gqa=True
        )  # (B, H, 1, C/H)
        own = x[rows, last] + att.out_proj(contexts.reshape(B, C))
        return self.norm(own + self.block.ff(self.block.norm2(own)))  # type: ignore[no-any-return]

    def forward(self, x: Tensor, last: Tensor) -> Tensor:
        """Compute the logits of the classes: (B, T, C), and last tokens (B,) -> (B, classes)."""
        return self.head((self.hidden(x, last) - self.mean) / self.std)  # type: ignore[no-any-return]


class GPTClassifier(nn.Module):
    """A GPT and a head on the vector of the last token: (B, T) int64 -> (B, classes)."""

    def __init__(self, model: GPTModel, classes: int, generator: torch.Generator) -> None:
        super().__init__()
        self.model = model
        self.head = Linear(model.config.emb_dim, classes, generator)

    def forward(self, ids: Tensor, last: Tensor) -> Tensor:
        """Compute the logits of the classes: (B, T), and last tokens (B,) -> (B, classes).

        Padding after the last token does not change them.
        """
        return self.head(self.model.hidden(ids)[torch.arange(len(ids)), last])  # type: ignore[no-any-return]


@dataclass(frozen=True)
class FitConfig:
    """The settings of training a classifier by AdamW; the learning rate falls linearly to 0."""

    epochs: int
    lr: float  # of the first step
    batch_size: int = 10  # texts
    weight_decay: float = 0.01
    grad_clip: float = 1.0  # greatest norm of the gradient


@torch.no_grad()
def classify(model: nn.Module, rows: Sequence[Tensor]) -> Tensor:
    """Return the most probable class of each text: N rows of (T, ...) -> (N,) int64."""
    model.eval()
    batches = (rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER))
    return torch.cat([model(*pad(batch)).argmax(-1) for batch in batches])


def fit(
    model: nn.Module,
    rows: Sequence[Tensor],
    classes: Tensor,
    config: FitConfig,
    generator: torch.Generator,
) -> list[float]:
    """Train the parameters of a classifier that require gradients, in place.

    rows: N tensors (T, ...), the input of the model for each text; classes: (N,) int64
    generator: draws the order of the texts
    Returns: the mean loss of each epoch, in nats per text.
    """
    trainable = [one for one in model.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(trainable, config.lr, weight_decay=config.weight_decay)
    steps = config.epochs * -(-len(rows) // config.batch_size)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, steps)
    losses = []
    model.train()
    for _ in range(config.epochs):
        order, total = torch.randperm(len(rows), generator=generator), 0.0
        for batch in torch.split(order, config.batch_size):
            loss = F.cross_entropy(model(*pad([rows[row] for row in batch])), classes[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(trainable, config.grad_clip)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        losses.append(total / len(rows))
    return losses
