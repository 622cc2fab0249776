"""Compare every output that the book published with ours: equal, or why it is not.

What: `compute` computes all outputs that can be computed here, and `compare_all` compares each with
its row. A row that should be equal but is not raises an error, and so does a row that is marked as
different but is equal. Source: the rows (`scratch.book.published_rows`). Left out: showing the rows
(the page).
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
from scratch.book.published_rows import Row, agrees, ours_written, read_rows, short
from scratch.book.values import Values
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding

SAME = "the same"
DEVICE = "the same on x86"
ELSEWHERE = "another processor"
EDITION = "another edition"
NEEDED = {
    "verdict": "needs The Verdict",
    "gpt2": "needs GPT-2's weights",
    "data": "needs the book's data",
    "training": "needs a longer training",
}
VERDICTS = (SAME, DEVICE, ELSEWHERE, EDITION, *NEEDED.values())
STATED = ("x86_64", "AMD64")  # processors whose dropout draws are the book's


class Unequal(AssertionError):
    """An output that differs from its row, or equals one marked as different; has both values."""


@dataclass(frozen=True)
class Judged:
    """A row of the book, our output, and the verdict."""

    row: Row
    published: str  # short
    ours: str  # short; "" where it is not computed here
    verdict: str  # of VERDICTS


def judge(row: Row, outputs: Values, machine: str | None = None) -> Judged:
    """Compare one row with its output.

    outputs: name of the row -> output; machine: as from platform.machine(); where None, this one
    Raises: Unequal if the output should be equal and is not, or should differ and does not;
    KeyError if there is no output, though the row needs nothing else to compute it.
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
    """Compute every output that can be computed here: name of the row -> output.

    verdict: the text of The Verdict; gpt2_model: with GPT-2's weights; where None, their outputs
    are left out
    """
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


def compare_all(outputs: Values, rows: list[Row] | None = None) -> list[Judged]:
    """Compare all rows with their outputs, in the book's order.

    rows: where None, all published ones
    Raises: Unequal and KeyError as `judge` does for the first such row; KeyError also for an output
    without a row.
    """
    rows = read_rows() if rows is None else rows
    if strays := set(outputs) - {row.name for row in rows}:
        raise KeyError(f"outputs without a row: {', '.join(sorted(strays))}; add their rows")
    return [judge(row, outputs) for row in rows]
