"""Fill in the verdicts of the list at the head of a dated page, from the claims of the same page.

The list (`exhibits.page.day_log`) is shown before its claims are checked, and so has gaps.
"""

import re
from collections import Counter

from press.render.listing import claims_in_words

BOX = re.compile(
    r'<div class="ex-claim (?P<tone>[\w-]+)" id="(?P<id>claim-[\w-]+)">.*?'
    r'<b class="ex-verdict">(?P<verdict>[^<]+)</b>',
    re.S,
)
COUNTS = re.compile(r'<summary data-part="verdict-counts">[^<]*</summary>')
LINE = re.compile(
    r'<li class="ex-said" data-verdict-of="(?P<id>[\w-]+)"><b class="ex-verdict"></b>'
    r"(?P<claim>.*?)</li>",
    re.S,
)


def fill_verdicts(body: str) -> str:
    """Return a page's body with the verdict of each claim in the line of the list that links to it.

    A line goes if the page has no box for its claim: another page of that day has it.

    >>> line = '<li class="ex-said" data-verdict-of="claim-a"><b class="ex-verdict"></b>A.</li>'
    >>> box = '<div class="ex-claim ex-good" id="claim-a"><b class="ex-verdict">holds</b></div>'
    >>> fill_verdicts(line + box).removesuffix(box)
    '<li class="ex-said ex-good" data-verdict-of="claim-a"><b class="ex-verdict">holds</b>A.</li>'
    """
    boxes = {box["id"]: box for box in BOX.finditer(body)}

    def fill(line: re.Match[str]) -> str:
        box = boxes.get(line["id"])
        if box is None:
            return ""
        return (
            f'<li class="ex-said {box["tone"]}" data-verdict-of="{line["id"]}">'
            f'<b class="ex-verdict">{box["verdict"]}</b>{line["claim"]}</li>'
        )

    named = [boxes[line["id"]]["verdict"] for line in LINE.finditer(body) if line["id"] in boxes]
    return LINE.sub(fill, COUNTS.sub(_counted(named), body))


def _counted(verdicts: list[str]) -> str:
    """Return the summary of a list, as markup: "7 claims of that day: 5 hold, 2 in part"."""
    line = claims_in_words(Counter(verdicts), "of that day")
    return f'<summary data-part="verdict-counts">{line}</summary>'
