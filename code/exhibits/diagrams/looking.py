"""Draw which words of a sentence each word looks at in attention: at all, or backwards only.

What: the words are in a row above, as they go in, and once more below, as they come out; a line
leads from each word that is looked at. The reader chooses between both ways and backwards. Left
out: how much each word is looked at (`weighted_mean` has it).
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.diagrams.diagram import NARROW, WIDE, Choice, Layout, diagram
from exhibits.diagrams.shapes import arrow, chip, label, state

TALL = 26  # height of a word's box
BETWEEN = 92  # from the words above to those below
SIDE = 34  # room for the names of the two rows
BOTH, BACK = "all ways", "backwards only"


def looking(words: Sequence[str]) -> Exhibit:
    """Draw the words that each word mixes, in attention that looks all ways, and backwards only.

    Raises: ValueError if there are fewer than two words.

    >>> looking(["dog", "barks"]).text.partition(". ")[0]
    '[diagram] Which words each word looks at'
    """
    if len(words) < 2:
        raise ValueError(f"there are {len(words)} words; give two or more")
    notes = [
        "Each word comes out as a mixture of all words.",
        "Each word mixes itself and the words before it.",
    ]
    return diagram(
        "looking",
        "Which words each word looks at",
        " ".join(notes),
        _layout(words, WIDE),
        _layout(words, NARROW),
        Choice("attention", [BOTH, BACK], notes),
    )


def _layout(words: Sequence[str], width: float) -> Layout:
    each = (width - SIDE) / len(words)
    wide = min(96.0, each - 10)
    middles = [SIDE + each * (at + 0.5) for at in range(len(words))]
    low = TALL + BETWEEN
    marks = [
        label(0, y + TALL / 2 + 5, name, "soft", anchor="start")
        for y, name in ((0, "in"), (low, "out"))
    ]
    for out, below in enumerate(middles):
        for seen, above in enumerate(middles):
            line = arrow((above, TALL + 2), (below, low - 3), kind="lit" if seen == out else "")
            marks.append(state(line, [0, 1] if seen <= out else [0], 0, only=True))
    for y in (0, low):
        marks += [
            chip(middle - wide / 2, y, wide, word, height=TALL)
            for middle, word in zip(middles, words, strict=True)
        ]
    return Layout("".join(marks), low + TALL + 2)
