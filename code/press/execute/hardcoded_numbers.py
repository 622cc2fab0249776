"""Find typed numbers that a cell of the page computes: they drift when the text changes.

A figure of the log or a named constant may be listed in the front matter:

    press: {typed: ["40K", "50,257"]}

On a learner's own text nothing is searched: there a figure of the log may equal a computed one by
chance. Passed over: dates, words such as GPT-2, number words ("two"), chapters of a book.
"""

import re
from collections.abc import Iterator

from press.base.errors import Problem
from press.execute.notebook import Run, inline_values, is_hidden
from press.execute.receipt import own_texts
from press.source.dates import MONTHS
from press.source.prose import inline_value

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
TYPED = re.compile(rf"(?<![\w.,/=#-])(?P<number>{NUMBER})(?P<unit>K\b)?(?![\w/-]|[.,]\d)")
PASSED_OVER = (
    # The 2 of a square is no count.
    re.compile(r"\$\$[^$]+\$\$|(?<![\\$])\$(?=\S)[^$\n]+(?<=\S)\$(?!\d)"),
    re.compile(rf"\d{{1,2}}(?:\s+(?:{'|'.join(MONTHS)}))(?:\s+\d{{4}})?|\d{{4}}-\d\d-\d\d"),
)
# The 5 of "chapter 5, sections 5.1 and 5.2" is a place in a book.
PLACE = re.compile(r"\b(?:chapters?|sections?)\s+[\d.]+(?:(?:,|\s+and|\s+to|,\s+and)\s+[\d.]+)*")


def as_number(text: str, unit: str | None = None) -> float:
    """Return the number of a numeral: 50257 for 50,257, 40000 for 40 and K."""
    return float(text.replace(",", "")) * (1000 if unit else 1)


def typed_numbers(run: Run) -> Iterator[Problem]:
    """Yield a problem for each typed numeral that is computed, and each listed one that is gone."""
    if run.receipt.get("own_texts", own_texts(run.noted)):
        return
    hidden = [cell for cell in run.notebook.cells if is_hidden(cell)]
    values = [inline_value(data)[0] for cell in hidden for data in inline_values(cell)]
    computed = {as_number(match) for value in values for match in re.findall(NUMBER, value)}
    unused = allowed = {str(item) for item in run.page.settings.get("typed") or []}
    lines = run.page.lines
    prose = "\n".join(text for _, text in lines)
    for pattern in PASSED_OVER:
        prose = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), prose)
    for (line, _), text in zip(lines, prose.split("\n"), strict=False):  # of no line, one is ""
        places = [range(*match.span()) for match in PLACE.finditer(text)]
        for match in TYPED.finditer(text):
            unused = unused - {match[0]}
            known = as_number(match["number"], match["unit"]) in computed
            in_a_book = any(match.start() in place for place in places)
            if known and not in_a_book and match[0] not in allowed:
                what = f"the number {match[0]} is typed here, and computed on this page"
                remedy = "write `{python} ...`, or list it in the front matter's press: typed"
                yield Problem(run.page.path, line, what, remedy)
    for item in sorted(unused):
        what = f"press: typed lists {item!r}, which the prose does not hold"
        yield Problem(run.page.path, 1, what, "take it out")
