"""Define the type of a chapter's outputs: numbers or text, by the name of their row.

What: `Values` is what the chapters' modules return and `scratch.book.comparison` compares.
"""

from collections.abc import Sequence

from torch import Tensor

Value = Tensor | Sequence[int] | Sequence[float] | int | float | str | None
Values = dict[str, Value]
