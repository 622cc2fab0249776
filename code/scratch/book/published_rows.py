"""Read the outputs that the book printed (published/*.toml), and compare ours at their precision.

What: published/ has a TOML file for each chapter; each entry is one output as it was printed,
numbers or text. `agrees` compares ours with it as precisely as the book printed it. Source:
Raschka, Build a Large Language Model (From Scratch), Manning, 2024, and its notebooks
(rasbt/LLMs-from-scratch), whose file each row names. Left out: computing ours (the chapters'
modules), and what a difference means (`scratch.book.comparison`).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from torch import Tensor

from scratch.book.values import Value

PUBLISHED = Path(__file__).resolve().parent / "published"
FILES = (
    *(f"chapter-{number}.toml" for number in range(2, 8)),
    *(f"appendix-{letter}.toml" for letter in "ade"),
)
NEEDS = ("verdict", "gpt2", "data", "training")
SLACK = Decimal("0.1")  # of the last printed digit: the noise of float32 where a number is halfway
FIRST = 4  # numbers of a long row that a table has
LONGEST = 72  # characters of a text that a table has


@dataclass(frozen=True)
class Row:
    """One output of the book: where it is printed, and how."""

    name: str
    chapter: str
    notebook: str  # its file in rasbt/LLMs-from-scratch
    section: str
    what: str
    numbers: tuple[str, ...]  # as printed; () for a text
    text: str | None  # None for numbers
    needs: str | None  # of NEEDS: what must be given before it is computed
    device: bool  # whether it hangs on the device, as dropout does
    differs: str | None  # why ours must differ: an earlier edition's number, or a slip
    digits: int | None  # significant ones that are compared; None: all that are printed


class BadRow(ValueError):
    """A wrong entry in published/; the message names file, entry and remedy."""


def read_rows(folder: Path = PUBLISHED) -> list[Row]:
    """Read all rows in the book's order.

    Raises: BadRow if an entry has an unknown field, or not just one of published and text; KeyError
    if it lacks section or what; OSError.

    >>> next(row.numbers for row in read_rows() if row.name == "neuron_loss")
    ('0.0852',)
    """
    return [row for name in FILES for row in _read(folder / name)]


def _read(path: Path) -> list[Row]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = []
    for name, entry in content["rows"].items():
        known = {"section", "what", "published", "text", "needs", "device", "differs", "digits"}
        if extra := set(entry) - known:
            raise BadRow(
                f"{path.name}: [rows.{name}] has {sorted(extra)}; known are {sorted(known)}"
            )
        if ("published" in entry) == ("text" in entry):
            raise BadRow(f"{path.name}: [rows.{name}] needs published or text, one of the two")
        if entry.get("needs", NEEDS[0]) not in NEEDS:
            raise BadRow(f"{path.name}: [rows.{name}] needs {entry['needs']!r}; known are {NEEDS}")
        row = Row(
            name=name,
            chapter=content["chapter"],
            notebook=content["notebook"],
            section=entry["section"],
            what=entry["what"],
            numbers=tuple(entry.get("published", "").split()),
            text=entry.get("text"),
            needs=entry.get("needs"),
            device="device" in entry,
            differs=entry.get("differs"),
            digits=entry.get("digits"),
        )
        rows.append(row)
    return rows


def numbers_of(value: Value) -> list[float | int]:
    """List the numbers of a tensor, a sequence or a number; those of a tensor row after row.

    Raises: TypeError for a text or None.

    >>> numbers_of([1, 2]), numbers_of(0.5)
    ([1, 2], [0.5])
    """
    if isinstance(value, Tensor):
        return value.detach().flatten().tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    if isinstance(value, int | float):
        return [value]
    raise TypeError(f"{value!r} is no number; give a tensor, a sequence or a number")


def step_of(printed: str, digits: int | None = None) -> Decimal:
    """Return the value of one unit of the last digit that is compared.

    printed: a number as the book prints it; digits: how many significant ones are compared, None
    for all that are printed

    >>> step_of("0.9500"), step_of("7.4541e-05"), step_of("1.2345", digits=2)
    (Decimal('0.0001'), Decimal('1E-9'), Decimal('0.1'))
    """
    number = Decimal(printed)
    exponent = int(number.as_tuple().exponent)
    if digits is not None:
        exponent = max(exponent, number.adjusted() - digits + 1)
    return Decimal(1).scaleb(exponent)


def rounded(ours: float | int, printed: str, digits: int | None = None) -> str:
    """Write our number with as many digits, and in the same form, as the book's.

    ours: our number; printed, digits: as for `step_of`

    >>> rounded(0.085188, "0.0852"), rounded(7.454045e-05, "7.4541e-05"), rounded(5.0, "5.")
    ('0.0852', '7.4540e-05', '5.')
    """
    places = -int(step_of(printed, digits).as_tuple().exponent)
    if "e" in printed:
        return f"{ours:.{len(printed.partition('e')[0].partition('.')[2])}e}"
    text = f"{ours:.{max(0, places)}f}"
    text = text[1:] if text.startswith("-") and not text.strip("-0.") else text
    return text + "." if printed.endswith(".") else text


def equal(ours: float | int, printed: str, digits: int | None = None) -> bool:
    """Return whether our number equals the printed one at the printed precision.

    A whole number must be equal; a rounded one may differ by half a unit of its last digit, and
    SLACK more.

    >>> equal(0.085188, "0.0852"), equal(0.0853, "0.0852"), equal(5, "5"), equal(5.4, "5")
    (True, False, True, False)
    """
    unit = step_of(printed, digits)
    apart = abs(Decimal(ours) - Decimal(printed))
    if unit == 1 and digits is None:
        return apart == 0
    return apart <= unit * (Decimal("0.5") + SLACK)


def agrees(row: Row, value: Value) -> bool:
    """Return whether our output equals the row's: all numbers by `equal`, or the same text."""
    if row.text is not None:
        return value == row.text
    ours = numbers_of(value)
    return len(ours) == len(row.numbers) and all(
        equal(number, printed, row.digits)
        for number, printed in zip(ours, row.numbers, strict=True)
    )


def ours_written(row: Row, value: Value) -> tuple[str, ...]:
    """Write our output in the form in which the book prints the row's.

    Numbers beyond those of the book are written like its last one.
    """
    if row.text is not None:
        return (str(value),)
    printed = row.numbers
    return tuple(
        rounded(number, printed[min(index, len(printed) - 1)], row.digits)
        for index, number in enumerate(numbers_of(value))
    )


def short(row: Row, written: tuple[str, ...]) -> str:
    """Shorten a row for a table: a few numbers and how many there are, or the beginning of a text.

    >>> row = next(row for row in read_rows() if row.name == "scores")
    >>> short(row, row.numbers)
    '0.9995 0.9544 0.9422 0.4753 … (36)'
    """
    if row.text is not None:
        text = " ".join(written[0].split())
        if len(text) <= LONGEST:
            return text
        cut = max(text.rfind(mark, 0, LONGEST) for mark in (" ", "·"))
        return f"{text[:cut]} …"
    if len(written) <= FIRST + 2:
        return " ".join(written)
    return f"{' '.join(written[:FIRST])} … ({len(written)})"
