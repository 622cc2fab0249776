"""Compute what chapters 6 and 7 publish: a classifier's head, and batches of instructions.

What: counts that follow from the size of the book's data, ids of sentences, the padding and the
loss of the chapters' small examples; with GPT-2's weights, the text that it writes and the output
of a new head. Source: Raschka, Build a Large Language Model (From Scratch), chapters 6 and 7. Left
out: the data, which is not here, and the fine-tuning, which needs it.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from scratch.book.draws import SEED, linear
from scratch.book.values import Values
from scratch.model.generate import generate
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.simple import END_OF_TEXT

SPAM = 747  # messages of each class, after the larger one is cut
ENTRIES = 1_100  # of chapter 7's instructions
BATCH = 8
SPARE = 9  # tokens by which the longest instruction of its batch is longer
PADDING, IGNORED = 50_256, -100
TASK = (
    "Below is an instruction that describes a task. Write a response that appropriately completes"
    " the request."
)
SIMILE = (
    f"{TASK}\n\n### Instruction:\nRewrite the sentence using a simile.\n\n### Input:\nThe baby"
    " is very cute.\n\n### Response:\nThe baby is as cute as a button."
)
ASKED = (
    "Is the following text 'spam'? Answer with 'yes' or 'no': 'You are a winner you have been"
    " specially selected to receive $1000 cash or a $2000 award.'"
)
CLASSES = torch.tensor([[-1.0, 1.0], [-0.5, 1.5], [-0.5, 1.5]])


def batches(number: int, drop_last: bool) -> int:
    """Return how many batches of BATCH a loader makes from a number of rows.

    >>> batches(17, drop_last=True), batches(17, drop_last=False)
    (2, 3)
    """
    return number // BATCH if drop_last else -(-number // BATCH)


def classifier(gpt2: BytePairEncoding) -> Values:
    """Return the outputs of chapter 6 that do not need its data."""
    balanced = 2 * SPAM
    learned, checked = int(0.7 * balanced), int(0.1 * balanced)
    numbers = {
        "train": batches(learned, drop_last=True),
        "validation": batches(checked, drop_last=False),
        "test": batches(balanced - learned - checked, drop_last=False),
    }
    return {
        "spam_padding": gpt2.encode(END_OF_TEXT, allowed_special={END_OF_TEXT}),
        **{f"spam_{part}_batches": number for part, number in numbers.items()},
        **{f"e_{part}_batches": number for part, number in numbers.items()},
        "time_ids": gpt2.encode("Do you have time"),
        "time_label": int(torch.tensor([-3.5983, 3.9902]).argmax()),
    }


def padded(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Pad rows of ids to one length as inputs, and make targets, the next ids: (B, T) int64 each.

    The first padding token of a row stays a target; the others are IGNORED by the loss.

    >>> padded([[1, 2], [3]])[1].tolist()
    [[2, 50256], [50256, -100]]
    """
    longest = max(map(len, rows))
    inputs = [row + [PADDING] * (longest - len(row)) for row in rows]
    targets = [row[1:] + [PADDING] + [IGNORED] * (longest - len(row)) for row in rows]
    return torch.tensor(inputs), torch.tensor(targets)


def instructions(gpt2: BytePairEncoding) -> Values:
    """Return the outputs of chapter 7 that do not need its data."""
    learned, tested = int(0.85 * ENTRIES), int(0.1 * ENTRIES)
    inputs, targets = padded([[0, 1, 2, 3, 4], [5, 6], [7, 8, 9]])
    all_padding = targets.masked_fill(targets == IGNORED, PADDING)
    ids = gpt2.encode(SIMILE)
    simile_inputs, simile_targets = padded([ids, [0] * (len(ids) + SPARE)])
    labels = torch.tensor([0, 1, 1])
    masked = torch.tensor([0, 1, IGNORED])
    first = F.cross_entropy(CLASSES[:2], labels[:2])
    third = F.cross_entropy(CLASSES, masked)
    return {
        "train_entries": learned,
        "validation_entries": ENTRIES - learned - tested,
        "test_entries": tested,
        "padded_inputs": inputs,
        "padded_targets": all_padding,
        "ignored_targets": targets,
        "two_classes_loss": first,
        "three_classes_loss": F.cross_entropy(CLASSES, labels),
        "ignored_loss": third,
        "ignored_loss_equal": str(bool(first == third)),
        "instruction_batches": batches(learned, drop_last=True),
        "simile_ids": simile_inputs[0],
        "simile_targets": simile_targets[0],
    }


def outputs(gpt2: BytePairEncoding) -> Values:
    """Return every output: name of the row -> output."""
    return {**classifier(gpt2), **instructions(gpt2)}


def with_gpt2(model: GPTModel, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of chapter 6 with GPT-2 before it is fine-tuned."""
    effort = gpt2.encode("Every effort moves you")
    asked = gpt2.encode(ASKED)
    torch.manual_seed(SEED)
    head = linear(model.config.emb_dim, 2)
    written = gpt2.decode(effort + generate(model, [effort], 15)[0])
    with torch.no_grad():
        classes = head(model.hidden(torch.tensor([gpt2.encode("Do you have time")])))
    return {
        "effort_text": written,
        "e_text": written,
        "spam_answer": gpt2.decode(generate(model, [asked], 23)[0]).strip(),
        "time_classes": classes,
        "time_shape": classes.shape,
    }
