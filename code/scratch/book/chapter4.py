"""Compute what chapter 4 publishes: norms, GELU's network, shortcuts, and an untrained GPT.

What: our layers and our GPT with the weights that the book's seed gives. Some outputs were printed
in training mode, with dropout, which draws from torch's global generator in the order of the
forward pass; ours has the book's order. Source: Raschka, Build a Large Language Model (From
Scratch), chapter 4 and its exercises. Left out: plots.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.book.draws import SEED, book_config, embedding, gpt, linear
from scratch.book.values import Values
from scratch.model.config import GPTConfig
from scratch.model.generate import generate
from scratch.model.gpt import (
    FeedForward,
    GPTModel,
    Linear,
    TransformerBlock,
    count_parameters,
    gelu,
    layer_norm,
)
from scratch.tokenizer.bpe import BytePairEncoding

CORNERS = [0, 1, 2, -3, -2, -1]  # what torch prints of a long row
DROPPED = 0.1  # the book's rate of dropout
SIZES = ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl")
BYTES, MEGABYTE = 4, 1024 * 1024


def normed() -> Values:
    """Return the outputs of section 4.2: normalising by hand, and by our layer norm."""
    torch.manual_seed(SEED)
    example = torch.randn(2, 5)
    out = F.relu(linear(5, 6)(example))
    mean, variance = out.mean(dim=-1, keepdim=True), out.var(dim=-1, keepdim=True)
    normal = layer_norm(example)
    return {
        "relu": out,
        "relu_mean": mean,
        "relu_variance": variance,
        "relu_normed": (out - mean) / variance.sqrt(),
        "norm_mean": normal.mean(dim=-1).abs(),
        "norm_variance": normal.var(dim=-1, correction=0),
    }


class Deep(nn.Module):
    """Five layers with GELU, with or without shortcuts, as in listing 4.5."""

    def __init__(self, shortcuts: bool) -> None:
        """Draw the weights from torch's global generator."""
        super().__init__()
        sizes = [3, 3, 3, 3, 3, 1]
        self.layers = nn.ModuleList(map(linear, sizes[:-1], sizes[1:]))
        self.shortcuts = shortcuts

    def forward(self, x: Tensor) -> Tensor:
        """Compute (B, 3) -> (B, 1); with shortcuts, add a layer's input where the shapes agree."""
        for layer in self.layers:
            out = gelu(layer(x))
            x = x + out if self.shortcuts and x.shape == out.shape else out
        return x


def gradients(shortcuts: bool) -> list[float]:
    """Return the mean absolute gradient of each layer's weight in section 4.4."""
    torch.manual_seed(SEED)
    deep = Deep(shortcuts)
    loss = F.mse_loss(deep(torch.tensor([[1.0, 0.0, -1.0]])), torch.tensor([[0.0]]))
    loss.backward()  # type: ignore[no-untyped-call]
    return [layer.weight.grad.abs().mean().item() for layer in deep.layers]  # type: ignore[union-attr,operator]


def shortcuts() -> Values:
    """Return the outputs of section 4.4: gradients without and with shortcuts, by layer."""
    rows: Values = {}
    for name, wanted in (("plain", False), ("shortcut", True)):
        means = gradients(wanted)
        rows |= {f"{name}_gradient_{layer}": value for layer, value in enumerate(means)}
    return rows


def dummy_logits(batch: Tensor) -> Tensor:
    """Return section 4.1's logits, of a GPT whose blocks and norms do nothing."""
    torch.manual_seed(SEED)
    config = book_config(1_024)
    tokens, positions = nn.Embedding(config.vocab_size, 768), embedding(config.context_length, 768)
    out_head = nn.Linear(768, config.vocab_size, bias=False).weight
    x = F.embedding(batch, tokens.weight) + positions(torch.arange(batch.shape[1]))
    return F.linear(F.dropout(x, DROPPED), out_head)


def sizes() -> Values:
    """Return parameters and shapes in sections 4.5 and 4.6 and in the exercises."""
    rows: Values = {}
    for name in SIZES:
        config = GPTConfig.preset(name, qkv_bias=False, tied=False)
        parts = config.parameters()
        total = sum(parts.values())
        short = name.removeprefix("gpt2").removeprefix("-") or "small"
        rows[f"{short}_parameters"] = total
        rows[f"{short}_tied_parameters"] = total - parts["head"]
        rows[f"{short}_megabytes"] = total * BYTES / MEGABYTE
    with torch.device("meta"):
        block = TransformerBlock(book_config(1_024), torch.Generator())
        ff = FeedForward(book_config(1_024), torch.Generator(), std=1.0)
    rows["feed_forward_parameters"] = count_parameters(ff)
    rows["attention_parameters"] = count_parameters(block.att)
    rows["feed_forward_shape"] = ff(torch.empty(2, 3, 768, device="meta")).shape
    rows["block_shape"] = block(torch.empty(2, 4, 768, device="meta")).shape
    return rows


def untrained(model: GPTModel, batch: Tensor, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of sections 4.6 and 4.7: logits with dropout, six tokens without."""
    logits = model(batch)
    prompt = gpt2.encode("Hello, I am")
    model.eval()
    written = prompt + generate(model, [prompt], 6)[0]
    head = model.out_head.weight
    assert isinstance(model.out_head, Linear)
    return {
        "gpt_logits_shape": logits.shape,
        "gpt_logits_1": logits[0][:, CORNERS],
        "gpt_logits_2": logits[1][:, CORNERS],
        "gpt_logits_early": logits[0, :1][:, CORNERS],
        "gpt_table_shape": model.tok_emb.weight.shape,
        "gpt_head_shape": head.shape,
        "hello_ids": prompt,
        "hello_written": written,
        "hello_length": len(written),
        "hello_text": gpt2.decode(written),
    }


def outputs(gpt2: BytePairEncoding) -> Values:
    """Return every output: name of the row -> output."""
    rows = shortcuts()
    with torch.no_grad():
        texts = ("Every effort moves you", "Every day holds a")
        batch = torch.tensor([gpt2.encode(text) for text in texts])
        dummy = dummy_logits(batch)
        rows |= {
            "batch_ids": batch,
            "dummy_shape": dummy.shape,
            "dummy_logits_1": dummy[0][:, CORNERS],
            "dummy_logits_2": dummy[1][:, CORNERS],
            **normed(),
            **sizes(),
            **untrained(gpt(book_config(1_024)), batch, gpt2),
        }
    return rows
