"""Judge every published output: computed again and equal, or why it is not.

What: `account` computes all that can be computed here, and compares each row. A row that is
expected to be the same and is not is an error, as is an earlier number that is suddenly equal: so
the account is a proof, or there is none. Source: the rows (`scratch.book.rows`). Left out: how a
row is shown (the page).
"""

import platform
from dataclasses import dataclass

from scratch.book import (
    appendices_d_e,
    appendix_a,
    chapter2,
    chapter3,
    chapter4,
    chapter5,
    chapters_6_7,
)
from scratch.book.rows import Row, agrees, ours_written, read_rows, short
from scratch.book.values import Values
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding

SAME = "same"
DEVICE = "same on the stated device"
ELSEWHERE = "another device"
EDITION = "edition differs"
NEEDED = {
    "verdict": "needs The Verdict",
    "gpt2": "needs GPT-2's weights",
    "data": "needs the book's data",
    "training": "needs a longer training",
}
VERDICTS = (SAME, DEVICE, ELSEWHERE, EDITION, *NEEDED.values())
STATED = ("x86_64", "AMD64")  # processors whose dropout draws are the book's


class Unequal(AssertionError):
    """An output that is not what its row expects; the message has both."""


@dataclass(frozen=True)
class Judged:
    """A row of the book, ours, and what follows."""

    row: Row
    published: str  # short
    ours: str  # short; "" where it is not computed here
    verdict: str  # of VERDICTS


def judge(row: Row, outputs: Values, machine: str | None = None) -> Judged:
    """Judge one row.

    outputs: by the rows' names; machine: the processor, by default this one's
    Raises: Unequal if ours is not what the row expects; KeyError if a row that needs nothing has no
    output.
    """
    published = short(row, row.numbers if row.text is None else (row.text,))
    if row.name not in outputs:
        if row.needs is None:
            raise KeyError(f"no output of the name {row.name}; compute it, or take the row out")
        return Judged(row, published, "", NEEDED[row.needs])
    value = outputs[row.name]
    same, ours = agrees(row, value), ours_written(row, value)
    where = f"{row.chapter}, section {row.section}, {row.what}"
    if row.differs is not None:
        if same:
            raise Unequal(f"{where}: ours equals {published}, though {row.differs}")
        return Judged(row, published, short(row, ours), EDITION)
    stated = (machine or platform.machine()) in STATED
    if row.device and not stated:
        return Judged(row, published, short(row, ours), DEVICE if same else ELSEWHERE)
    if not same:
        printed = " ".join(row.numbers) if row.text is None else row.text
        raise Unequal(f"{where}: published {printed}, ours {' '.join(ours)}")
    return Judged(row, published, short(row, ours), DEVICE if row.device else SAME)


def compute(verdict: str | None = None, gpt2_model: GPTModel | None = None) -> Values:
    """Compute every output that can be computed here; those of a text or of weights where given."""
    gpt2 = BytePairEncoding.gpt2()
    outputs: Values = {
        **appendix_a.outputs(),
        **chapter2.outputs(gpt2),
        **chapter3.outputs(),
        **chapter4.outputs(gpt2),
        **chapter5.outputs(gpt2, verdict),
        **chapters_6_7.outputs(gpt2),
        **appendices_d_e.outputs(),
    }
    if verdict is not None:
        outputs |= chapter2.of_words(verdict) | chapter2.of_windows(verdict, gpt2)
        outputs |= appendices_d_e.on_verdict(verdict, gpt2)
        outputs |= appendices_d_e.first_step(verdict, gpt2)
    if gpt2_model is not None:
        outputs |= chapter5.with_gpt2(gpt2_model, gpt2) | chapters_6_7.with_gpt2(gpt2_model, gpt2)
    return outputs


def account(outputs: Values, rows: list[Row] | None = None) -> list[Judged]:
    """Judge all rows, in the book's order.

    rows: by default all that are published
    Raises: Unequal for the first row that is not what it expects; KeyError if a row lacks its
    output, or an output its row.
    """
    rows = read_rows() if rows is None else rows
    if strays := set(outputs) - {row.name for row in rows}:
        raise KeyError(f"outputs without a row: {', '.join(sorted(strays))}; add their rows")
    return [judge(row, outputs) for row in rows]
