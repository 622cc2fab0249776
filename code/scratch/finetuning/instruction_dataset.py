r"""Make batches of instructions: write prompt and answer as one text, pad, and mark what to learn.

What: an instruction is one text, prompt and answer; `alpaca_text` writes it with headings, and
`encode_example` by the chat template that SmolLM2 was trained with. `InstructionDataset` holds the
ids of examples, and `custom_collate_fn` pads those of a batch to one length. The padding and the
question get the target IGNORED, which the loss leaves out. Source: Raschka, Build a Large Language
Model (From Scratch), sections 7.2 and 7.3, and exercise 7.2 for the question; Taori et al.,
Stanford Alpaca (2023), for the headings, here in other words. Left out: a separate input for an
instruction; shortening long ones.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import Dataset

from scratch.finetuning.instruction_list import Example
from scratch.tokenizer.bpe_listed import ListedEncoding
from scratch.tokenizer.chat_template import END, Message, encode_chat

IGNORED = -100  # a target that F.cross_entropy skips


class Encoded(NamedTuple):
    """An example as ids; `answer_start` is the index of the answer's first id."""

    ids: list[int]
    answer_start: int


def alpaca_text(question: str, answer: str = "") -> str:
    """Write an instruction under headings, like Alpaca; without an answer it is a prompt.

    >>> print(alpaca_text("Count to three.", "1, 2, 3"))
    An instruction follows. Write an answer that does what it asks.
    <BLANKLINE>
    ### Instruction:
    Count to three.
    <BLANKLINE>
    ### Response:
    1, 2, 3
    """
    return (
        "An instruction follows. Write an answer that does what it asks.\n\n"
        f"### Instruction:\n{question}\n\n### Response:\n{answer}"
    )


def encode_prompt(encoding: ListedEncoding, question: str, system: str) -> list[int]:
    """Turn a question into ids by the chat template, up to where the answer begins.

    system: the system's turn before the question
    """
    turns: list[Message] = [
        {"role": "system", "content": system},
        {"role": "user", "content": question},
    ]
    return encode_chat(encoding, turns)


def encode_example(encoding: ListedEncoding, question: str, answer: str, system: str) -> Encoded:
    """Turn a question and its answer into ids by the chat template.

    The answer's last id is the token that ends its turn. system: the turn before the question
    """
    prompt = encode_prompt(encoding, question, system)
    end = encoding.special_ids[END]
    return Encoded([*prompt, *encoding.encode_ordinary(answer), end], len(prompt))


class InstructionDataset(Dataset[Encoded]):
    """Examples as ids; each item is one `Encoded`."""

    def __init__(self, examples: Iterable[Example], encoding: ListedEncoding, system: str) -> None:
        """Encode all examples by the chat template."""
        self.encoded = [
            encode_example(encoding, one.question, one.answer, system) for one in examples
        ]

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.encoded)

    def __getitem__(self, number: int) -> Encoded:
        """Return an example."""
        return self.encoded[number]


def custom_collate_fn(batch: Sequence[Encoded], pad_token_id: int) -> tuple[Tensor, Tensor]:
    """Pad the examples of a batch to one length, so that only the answers count in the loss.

    pad_token_id: fills the inputs
    Returns: inputs, and targets one token further, (B, T) int64 each; T is one less than the length
    of the longest example. Targets that are padding or part of the question are IGNORED.

    >>> inputs, targets = custom_collate_fn([Encoded([5, 6, 7], 2), Encoded([8, 9], 1)], 0)
    >>> inputs.tolist(), targets.tolist()
    ([[5, 6], [8, 0]], [[-100, 7], [9, -100]])
    """
    longest = max(len(one.ids) for one in batch)
    inputs = torch.full((len(batch), longest - 1), pad_token_id)
    targets = torch.full((len(batch), longest - 1), IGNORED)
    for row, (ids, start) in enumerate(batch):
        inputs[row, : len(ids) - 1] = torch.tensor(ids[:-1])
        targets[row, start - 1 : len(ids) - 1] = torch.tensor(ids[start:])
    return inputs, targets
