"""Show rows of values as a table: thousands separators, numbers aligned at their decimal points.

What: `table` takes rows or columns. Numbers get thousands separators. Left out: the caption, which
the printer writes from the cell's `tbl-cap`; sorting and paging.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.wording import MINUS

DIGITS = 8  # of a float; a column with more is not aligned: it would claim too much precision
SHORT, LONG = (
    12,
    28,
)  # characters: a cell up to SHORT stays on one line, one above LONG gets more room
MANY = 6  # columns; a table with more sets them closer
SIDES = {"l": "", "r": "ex-right", "c": "ex-middle"}

Cell = str | int | float | bool | None | Exhibit


def table(
    rows: Iterable[Sequence[Cell]] | Mapping[str, Sequence[Cell]],
    header: Sequence[str] | None = None,
    *,
    formats: Mapping[str, str] | None = None,
    align: str | None = None,
    label: str = "Table",
) -> Exhibit:
    """Show rows of values as a table.

    rows: the rows, or a mapping from a column's name to its values (then leave out header)
    header: one name per column
    formats: column's name -> format specification of Python, such as ".1%". By default an int gets
        thousands separators, and a float four significant digits; in a column of only floats all
        get as many decimals as the longest. A str stays as it is: give ids and years as str
    align: one letter per column, "l", "r" or "c"; by default "r" for numbers, "l" for others
    label: the table's name for a screen reader, used if it scrolls

    Raises: ValueError if the rows differ in length from the header, or `formats` or `align` does
    not fit the columns.

    >>> print(table([["a", 1200], ["b", 30]], header=["token", "count"]).text)
    token  count
    a      1,200
    b         30
    >>> print(table({"ratio": [2.09, 1.5, 12.0]}).text)
    ratio
     2.09
     1.50
    12.00
    """
    if isinstance(rows, Mapping):
        header, body = _by_rows(rows, header)
    else:
        body = [list(row) for row in rows]
    width = len(header) if header is not None else max((len(row) for row in body), default=0)
    for number, row in enumerate(body, start=1):
        if len(row) != width:
            raise ValueError(
                f"row {number} has {len(row)} cells; the header has {width}, so give {width}"
            )
    unknown = sorted(set(formats or {}) - set(header or ()))
    if unknown:
        raise ValueError(f"formats names {unknown}; the columns are {list(header or ())}")
    if align is not None and (len(align) != width or set(align) - set("lrc")):
        raise ValueError(f"align is {align!r}; give {width} letters, each l, r or c")

    columns = list(zip(*body, strict=True)) or [()] * width
    specs = [
        (formats or {}).get(name, "") or _decimals(column)
        for name, column in zip(header or [""] * width, columns, strict=True)
    ]
    sides = align or "".join("r" if _numeric(column) else "l" for column in columns)
    cells = [[_cell(cell, spec) for cell, spec in zip(row, specs, strict=True)] for row in body]
    return Exhibit(_markup(cells, header, sides, label), _plain(cells, header, sides))


def _by_rows(
    columns: Mapping[str, Sequence[Cell]], header: Sequence[str] | None
) -> tuple[list[str], list[list[Cell]]]:
    """Return the names of columns, and their values row by row."""
    if header is not None:
        raise ValueError("a mapping names its columns itself; leave out header")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns have different lengths: {lengths}; make them equal")
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]


def _numeric(column: Sequence[Cell]) -> bool:
    numbers = [
        (isinstance(cell, int | float) and not isinstance(cell, bool)) or _measured(cell)
        for cell in column
    ]
    return any(numbers) and all(
        numeric or cell is None for numeric, cell in zip(numbers, column, strict=True)
    )


def _decimals(column: Sequence[Cell]) -> str:
    """Return the format that gives each float of a column as many decimals as the longest has.

    It is "" where each keeps its own: in a column that has other cells too, and where the values
    are so far apart that the largest would show DIGITS digits or more.

    >>> _decimals([0.62, 1.0, None]), _decimals([0.62, 1]), _decimals([1234567.8, 0.001234])
    (',.2f', '', '')
    """
    floats = [cell for cell in column if isinstance(cell, float) and math.isfinite(cell)]
    if len(floats) < 2 or any(cell is not None and not isinstance(cell, float) for cell in column):
        return ""
    texts = [_cell(cell, "").text for cell in floats]
    if any("e" in text for text in texts):
        return ""
    most = max(len(text.partition(".")[2]) for text in texts)
    before = max(len(f"{abs(cell):.0f}") for cell in floats)
    return f",.{most}f" if before + most < DIGITS else ""


def _measured(cell: Cell) -> bool:
    return isinstance(cell, Exhibit) and cell.inline


def _cell(cell: Cell, spec: str) -> Exhibit:
    """Return a cell as markup and as text."""
    if isinstance(cell, Exhibit):
        return cell
    if cell is None:
        return Exhibit("–", "–")
    if isinstance(cell, bool):
        text = "yes" if cell else "no"
    elif isinstance(cell, str):
        text = cell
    else:
        text = format(cell, spec or ("," if isinstance(cell, int) else ",.4g"))
        if "e+" in text and not spec:
            text = format(cell, ",.0f")  # four digits of a large float would be shown as 1.235e+05
        if text[0] in "+-" and not text.strip("+-0.,%"):
            text = text[1:]  # what rounds to nothing has no sign
        text = text.replace("-", MINUS, 1) if text.startswith("-") else text
    return Exhibit(escape(text), text)


def _markup(body: list[list[Exhibit]], header: Sequence[str] | None, sides: str, label: str) -> str:
    head = ""
    if header is not None:
        names = "".join(
            f'<th scope="col"{_class(SIDES[side])}>{escape(name)}</th>'
            for name, side in zip(header, sides, strict=True)
        )
        head = f"<thead><tr>{names}</tr></thead>"
    rows = "".join(
        "<tr>" + "".join(_td(cell, side) for cell, side in zip(row, sides, strict=True)) + "</tr>"
        for row in body
    )
    kind = _class("ex-table", "ex-many" if len(sides) > MANY else "")
    return (
        f'<div class="ex-scroll" data-label="{escape(one_line(label))}">'
        f'<table{kind}>{head}<tbody data-part="table-rows">{rows}</tbody></table></div>'
    )


def _td(cell: Exhibit, side: str) -> str:
    length = len(cell.text)
    room = "" if length <= SHORT else "ex-long" if length > LONG and side == "l" else "ex-words"
    return f"<td{_class(SIDES[side], room)}>{cell.html}</td>"


def _class(*names: str) -> str:
    classes = " ".join(filter(None, names))
    return f' class="{classes}"' if classes else ""


def _plain(body: list[list[Exhibit]], header: Sequence[str] | None, sides: str) -> str:
    lines = [[one_line(cell.text) for cell in row] for row in body]
    if header is not None:
        lines.insert(0, list(header))
    widths = (
        [max(len(line[column]) for line in lines) for column in range(len(sides))] if lines else []
    )
    return "\n".join(
        "  ".join(
            (
                cell.rjust(size)
                if side == "r"
                else cell.center(size)
                if side == "c"
                else cell.ljust(size)
            )
            for cell, size, side in zip(line, widths, sides, strict=True)
        ).rstrip()
        for line in lines
    )
