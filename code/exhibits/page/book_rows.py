"""Show what the book printed beside what is computed here, in tables that can be filtered.

What: `book_table` shows the rows of a chapter in a fold; `book_filter` lets the reader choose a
verdict, and exhibits.css then hides all other rows of the page, without a script.
assets/book-filter.js also searches for a number or a word, opens the folds with a match, and hides
chapters without one. It searches what a long row leaves out, too. In a browser without :has() all
rows are shown. Left out: computing and judging (`scratch.book`); choosing two verdicts at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.wording import MINUS
from scratch.book.comparison import DEVICE, EDITION, ELSEWHERE, NEEDED, SAME, VERDICTS, Judged
from scratch.book.published_rows import FIRST, Row

# of a verdict: the word in the markup that exhibits.css knows, and its tone
SLUGS = {
    SAME: ("same", "ex-good"),
    DEVICE: ("device", "ex-good"),
    ELSEWHERE: ("elsewhere", "ex-part"),
    EDITION: ("edition", "ex-part"),
    **{verdict: (need, "ex-unshown") for need, verdict in NEEDED.items()},
}
ALL = "all"
LONGEST_ID = 5  # digits; a longer number is a count, and is written in groups of three


def counts(rows: Sequence[Judged]) -> dict[str, int]:
    """Count the rows of each verdict that occurs, in the order of VERDICTS."""
    numbers = Counter(row.verdict for row in rows)
    return {verdict: numbers[verdict] for verdict in VERDICTS if numbers[verdict]}


def book_filter(rows: Sequence[Judged]) -> Exhibit:
    """Show the verdicts with their counts, to choose one, and a search field.

    rows: all rows of the page
    Raises: ValueError if there is no row.
    """
    if not rows:
        raise ValueError("there is no row to choose; give some")
    options = {ALL: (ALL, len(rows))} | {
        verdict: (SLUGS[verdict][0], number) for verdict, number in counts(rows).items()
    }
    labels = "".join(
        f'<label class="ex-book-chip"><input type="radio" name="book-verdict" value="{slug}"'
        f"{' checked' if slug == ALL else ''}>"
        f" <span>{_worded(label)} <b>{number}</b></span></label>"
        for label, (slug, number) in options.items()
    )
    plain = "\n".join(f"{number:4} {label}" for label, (_, number) in options.items())
    return Exhibit(
        '<fieldset class="ex-book-filter"><legend>Look a number up</legend><div'
        ' class="ex-book-find"><input type="search" aria-label="a number or a word"'
        ' placeholder="a number, or a word"><output>'
        f"{len(rows)} rows</output></div>{labels}</fieldset>",
        plain,
    )


def book_table(rows: Sequence[Judged], label: str, summary: str, note: str = "") -> Exhibit:
    """Show rows in a fold: what was printed and where, the verdict, the printed value, and ours.

    label: the table's name, for a screen reader; summary: the text of the closed fold
    note: a line above the table
    Raises: ValueError if there is no row.
    """
    if not rows:
        raise ValueError(f"the table {label!r} has no row; give some")
    head = "".join(f'<th scope="col">{name}</th>' for name in ("output", "book", "mine"))
    body = "".join(map(_row, rows))
    said = f'<p class="ex-book-note">{_worded(note)}</p>' if note else ""
    plain = "\n".join(
        f"{row.row.section}  {row.row.what}: {row.published} | {row.ours or '-'} [{row.verdict}]"
        for row in rows
    )
    return Exhibit(
        f'<details class="ex-book-fold"><summary>{_worded(summary)}</summary>{said}'
        f'<table class="ex-book" aria-label="{escape(label)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></details>",
        f"{summary}\n{plain}",
    )


def _row(judged: Judged) -> str:
    slug, tone = SLUGS[judged.verdict]
    row = judged.row
    reason = row.differs if judged.verdict == EDITION else None
    why = f" <span>{_worded(reason)}</span>" if reason else ""
    return (
        f'<tr class="{tone}" data-verdict="{slug}"{_more(row)}><th scope="row"><span'
        ' class="ex-book-section">'
        f'{escape(row.section)}</span> {_worded(row.what)} <b class="ex-verdict">'
        f"{_worded(judged.verdict)}</b>{why}</th><td>{_value(judged, judged.published)}</td>"
        f"<td>{_value(judged, judged.ours) if judged.ours else '–'}</td></tr>"
    )


def _more(row: Row) -> str:
    """Return, as an attribute for the search, what a long row has beyond what is shown."""
    if row.text is not None:
        return f' data-whole="{escape(row.text)}"'
    rest = row.numbers[FIRST:]
    return f' data-more="{escape(" ".join(rest))}"' if rest else ""


def _value(judged: Judged, value: str) -> str:
    """Write numbers with a real minus and long ones in groups, a text between quotation marks."""
    if judged.row.text is not None:
        return f"“{escape(value).replace('·', '·<wbr>')}”"
    return escape(" ".join(_signed(number) for number in value.split()))


def _signed(number: str) -> str:
    if number.isdigit() and len(number) > LONGEST_ID:
        return f"{int(number):,}"
    return number.replace("-", MINUS, 1) if number.startswith("-") else number


def _worded(text: str) -> str:
    """Write words of ours with a typographer's apostrophe."""
    return escape(text.replace("'", "’"))
