"""Compute what appendices D and E publish: warm-up and clipping, and the size of LoRA.

What: the steps of the warm-up, from the number of windows of The Verdict; clipping of the
appendix's matrix and of the untrained GPT; LoRA's parameters, from a block of GPT-2's size. Source:
Raschka, Build a Large Language Model (From Scratch), appendices D and E. Left out: training, which
takes minutes, and the data of appendix E.
"""

import torch
from torch import nn
from torch.nn import functional as F

from scratch.book.appendix_a import next_order
from scratch.book.chapter5 import CONTEXT, LEARNED
from scratch.book.draws import SEED, book_config, gpt
from scratch.book.values import Values
from scratch.finetuning.lora import count_trainable, freeze, replace_linear_with_lora
from scratch.model.config import GPTConfig
from scratch.model.gpt import Linear, TransformerBlock
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.training.dataset import GPTDataset, gather

EPOCHS, WARM, BATCH = 15, 0.2, 2  # of appendix D
RANK, CLASSES = 16, 2  # of appendix E
STEP_RATE, DECAY = 0.0004, 0.1  # of section 5.2
MEASURED = 5  # batches of each loss there


def clipped() -> Values:
    """Return the norm of section D.3's matrix, and the matrix clipped to norm 1."""
    matrix = nn.Parameter(torch.zeros(2, 2))
    matrix.grad = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    length = nn.utils.clip_grad_norm_([matrix], 1.0)
    return {"gradient_length": length, "gradient_clipped": matrix.grad}


def lora() -> Values:
    """Return the trainable parameters of GPT-2 with a head of two classes, before and with LoRA.

    Only one block is built and counted, since all have the same size.
    """
    config, generator = GPTConfig.preset("gpt2"), torch.Generator()
    block = TransformerBlock(config, generator)
    head = nn.Sequential(Linear(config.emb_dim, CLASSES, generator))
    before = sum(config.parameters().values()) + count_trainable(head)
    freeze(block)
    freeze(head)
    frozen = count_trainable(block) + count_trainable(head)
    for part in (block, head):
        replace_linear_with_lora(part, RANK, RANK, generator)
    return {
        "classifier_parameters": before,
        "frozen_parameters": frozen,
        "lora_parameters": config.n_layers * count_trainable(block) + count_trainable(head),
    }


def outputs() -> Values:
    """Return every output that needs no text: name of the row -> output."""
    return {**clipped(), **lora()}


def windows(text: str, gpt2: BytePairEncoding) -> tuple[GPTDataset, GPTDataset]:
    """Return the windows of a text's training part and its held-out part, as in chapter 5."""
    cut = int(LEARNED * len(text))
    learned, held_out = (gpt2.encode(part) for part in (text[:cut], text[cut:]))
    return GPTDataset.of(learned, CONTEXT, CONTEXT), GPTDataset.of(held_out, CONTEXT, CONTEXT)


def on_verdict(text: str, gpt2: BytePairEncoding) -> Values:
    """Return appendix D's outputs on The Verdict: warm-up, and the largest gradients."""
    learned, _ = windows(text, gpt2)
    torch.manual_seed(SEED)
    for _ in range(2 * EPOCHS):  # the appendix looks through its batches for two schedules
        order = next_order(len(learned))
    inputs, targets = gather(learned, order[-BATCH:])
    model = gpt(book_config(CONTEXT)).train()
    F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).backward()  # type: ignore[no-untyped-call]
    parameters = list(model.parameters())
    before = max(part.grad.max().item() for part in parameters if part.grad is not None)
    nn.utils.clip_grad_norm_(parameters, max_norm=1.0)
    after = max(part.grad.max().item() for part in parameters if part.grad is not None)
    return {
        "warmup_steps": int(WARM * (len(learned) // BATCH) * EPOCHS),
        "largest_gradient": before,
        "largest_gradient_clipped": after,
    }


def first_step(text: str, gpt2: BytePairEncoding) -> Values:
    """Return the losses that section 5.2 prints after the first step of its training."""
    learned, held_out = windows(text, gpt2)
    model = gpt(book_config(CONTEXT)).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=STEP_RATE, weight_decay=DECAY)
    inputs, targets = gather(learned, next_order(len(learned))[:BATCH])
    F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    model.eval()
    order = next_order(len(learned))
    losses = []
    with torch.no_grad():
        for start in range(0, MEASURED * BATCH, BATCH):
            inputs, targets = gather(learned, order[start : start + BATCH])
            losses.append(F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()))
        inputs, targets = gather(held_out, torch.arange(len(held_out)))
        held = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
    return {"step_0_train_loss": torch.stack(losses).mean(), "step_0_validation_loss": held}
