"""Name what a chapter's outputs are: numbers or text, by the name of their row.

What: the type that the chapters return and `scratch.book.rows` compares. Left out: anything else.
"""

from collections.abc import Sequence

from torch import Tensor

Value = Tensor | Sequence[int] | Sequence[float] | int | float | str | None
Values = dict[str, Value]
