"""Show byte-pair merges one by one: those that encode a word, and the first learned from a text.

What: `merge_replay` shows how a word's bytes become GPT-2's tokens, with the rank of each pair's
merge between its two pieces; at each step the pair of the lowest rank is merged. `first_merges`
learns the first merges of a text with their pair counts, and `merges_learned` shows them, with a
passage after each. assets/merge-replay.js steps through both, lets the table grow with the steps,
and takes other words; without it the page shows the start, and a table of all steps. Source:
Sennrich, Haddow and Birch 2016, algorithm 1; on bytes, Radford et al. 2019, section 2.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import add

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.table import Cell, table
from exhibits.base.vocab_file import NAME
from exhibits.base.wording import counted
from exhibits.tokens.chips import chips
from exhibits.tokens.glyphs import Token, plain
from scratch.tokenizer.bpe_file import read_gpt2
from scratch.tokenizer.bpe_train import counted_merges
from scratch.tokenizer.id_string import BYTE_OF_ID, BYTES, of_bytes
from scratch.tokenizer.pretokenize import count, cut

LONGEST = 48  # bytes of a word that is replayed; more would not fit a screen
LISTED = 64  # learned merges in a table; of more, only those that change the passage, in a fold
KEY = (
    '<p class="ex-key"><span>below: the piece’s id</span> <span>between two: the rank of their pair'
    " (–: not in the list)</span></p>"
)
NOTE = "An example. Where JavaScript runs, it goes step by step, for a word of your own."


@dataclass(frozen=True)
class Learned:
    """A learned merge, with the pair counts at the step that learned it."""

    left: int  # ids: bytes first, in GPT-2's order, then merges
    right: int
    piece: bytes  # the bytes of both
    times: int  # how often the text had the pair


@dataclass(frozen=True)
class State:
    """A word between two merges: its ids, and the rank of each pair, None if it does not merge."""

    ids: tuple[int, ...]
    ranks: tuple[int | None, ...]
    merged: int | None  # the rank of the merge that led here


@cache
def _ranks() -> dict[str, int]:
    return {pair: rank for rank, pair in enumerate(read_gpt2())}


def _bytes(merges: Sequence[str]) -> list[bytes]:
    """Return the bytes of each id: the single bytes, then the merges."""
    tokens = [bytes([byte]) for byte in BYTE_OF_ID]
    for pair in merges:
        tokens.append(tokens[ord(pair[0])] + tokens[ord(pair[1])])
    return tokens


def states(word: str) -> list[State]:
    """Return every state of a word, from its bytes to GPT-2's tokens.

    Raises: ValueError if the word is empty, has more than LONGEST bytes, or is more than one chunk
    of GPT-2's pattern (no merge joins two chunks).

    >>> [state.merged for state in states(" cat")]
    [None, 9, 13, 3541]
    """
    if len(cut(word)) != 1 or len(word.encode()) > LONGEST:
        raise ValueError(
            f"{word!r} is {len(cut(word))} chunks and {len(word.encode())} bytes; give one of 1 to"
            f" {LONGEST}"
        )
    ids = of_bytes(word.encode())
    word_states, merged = [], None
    while True:
        ranks = tuple(_ranks().get(pair) for pair in map(add, ids, ids[1:]))
        word_states.append(State(tuple(map(ord, ids)), ranks, merged))
        merged = min((rank for rank in ranks if rank is not None), default=None)
        if merged is None:
            return word_states
        at = ranks.index(merged)
        ids = ids[:at] + chr(BYTES + merged) + ids[at + 2 :]


def merge_replay(word: str = "unbelievable", *, label: str = "GPT-2's merges") -> Exhibit:
    """Show a word's bytes, the ranks of their pairs, and the merges that lead to its tokens.

    Raises: ValueError as `states` does.

    >>> print(merge_replay(" cat").text)
    step   rank  pair     pieces
    1         9  a + t    ␣ · c · at
    2        13  ␣ + c    ␣c · at
    3     3,541  ␣c + at  ␣cat
    """
    steps = states(word)
    tokens = _bytes(read_gpt2())
    rows: list[list[Cell]] = []
    for before, after in pairwise(steps):
        assert after.merged is not None
        at = before.ranks.index(after.merged)
        pair = " + ".join(plain(tokens[id]) for id in before.ids[at : at + 2])
        pieces = " · ".join(plain(tokens[id]) for id in after.ids)
        rows.append([str(len(rows) + 1), after.merged, pair, pieces])
    line = "The merges, step by step"
    merges_table = table(rows, ["step", "rank", "pair", "pieces"], align="lrll", label=line)
    listing = _fold(line, merges_table.html)
    first = steps[0].ids
    start = chips([tokens[id] for id in first], first, label=label, total=_pieces(first))
    carried = {"kind": "gpt2", "word": word, "file": NAME, "most": LONGEST}
    return _frame(start.html, steps[0].ranks, Exhibit(listing, merges_table.text), carried)


def _pieces(ids: Sequence[int]) -> str:
    """Count the pieces, as the script does after each step."""
    return counted(len(ids), "piece")


def _fold(line: str, markup: str) -> str:
    """Return a fold: what grows with the steps would move the page below it."""
    return f'<details class="ex-replay-list"><summary>{line}</summary>{markup}</details>'


def first_merges(text: str, number: int) -> list[Learned]:
    """Learn the first merges of a text, with the pair counts of each step.

    Ties are resolved as in `scratch.tokenizer.bpe_naive`.

    Returns: `number` merges, or fewer if the text runs out of pairs.

    >>> [(step.left, step.right, step.times) for step in first_merges("aaabdaaabac", 2)]
    [(64, 64, 4), (64, 65, 2)]
    """
    found = counted_merges(count([text]), number)
    tokens = _bytes([pair for pair, _ in found])[BYTES:]
    return [
        Learned(ord(pair[0]), ord(pair[1]), piece, times)
        for (pair, times), piece in zip(found, tokens, strict=True)
    ]


def merges_learned(
    learned: Sequence[Learned], passage: str, *, label: str = "The passage"
) -> Exhibit:
    """Show learned merges with their pair counts, and a passage encoded with them.

    learned: as from `first_merges`; passage: the text to encode
    Raises: ValueError if there is no merge, or the passage is empty.

    >>> print(merges_learned(first_merges("aaabdaaabac", 2), "aaab").text)
    merge  pair   times  new piece
    1      a + a      4  aa
    2      a + b      2  ab
    After these merges: aa · ab
    """
    if not learned or not passage:
        raise ValueError(
            f"{len(learned)} merges for a passage of {len(passage)} characters; give one or more of"
            " each"
        )
    merges = [chr(step.left) + chr(step.right) for step in learned]
    tokens = _bytes(merges)
    starts = [of_bytes(chunk.encode()) for chunk in cut(passage)]
    ends, changing = starts, set()
    for rank, pair in enumerate(merges):
        before, ends = ends, [chunk.replace(pair, chr(BYTES + rank)) for chunk in ends]
        if before != ends:
            changing.add(rank)
    rows: list[list[Cell]] = [
        [
            f"{rank + 1:,}",
            f"{plain(tokens[step.left])} + {plain(tokens[step.right])}",
            step.times,
            plain(step.piece),
        ]
        for rank, step in enumerate(learned)
        if len(learned) <= LISTED or rank in changing
    ]
    header = ["merge", "pair", "times", "new piece"]
    merges_table = table(rows, header, align="llrl", label="The merges, in their order")
    end = " · ".join(plain(tokens[ord(id)]) for chunk in ends for id in chunk)
    first = [ord(id) for chunk in starts for id in chunk]
    start = chips(list[Token](tokens[id] for id in first), first, label=label, total=_pieces(first))
    carried = {
        "kind": "learned",
        "long": len(learned) > LISTED,
        "chunks": [list(map(ord, chunk)) for chunk in starts],
        "merges": [[step.left, step.right, step.times] for step in learned],
    }
    after = f"After these merges: {end}"
    listing = f'{merges_table.html}<p class="ex-replay-end">{escape(one_line(after))}</p>'
    if len(learned) > LISTED:
        listing = _fold("The merges that change these pieces", listing)
    return _frame(start.html, None, Exhibit(listing, f"{merges_table.text}\n{after}"), carried)


def _frame(
    stage: str,
    ranks: Sequence[int | None] | None,
    merges_table: Exhibit,
    carried: Mapping[str, object],
) -> Exhibit:
    """Return the whole exhibit, with room for the controls of the script."""
    if ranks is not None:
        lowest = min((rank for rank in ranks if rank is not None), default=None)
        gaps = []
        for rank in ranks:
            gap = "ex-gap ex-next" if rank is not None and rank == lowest else "ex-gap"
            text = "–" if rank is None else f"{rank:,}"
            gaps.append(f'<li class="{gap}" aria-hidden="true">{escape(one_line(text))}</li>')
        parts, ends = stage.split("</li>"), ["</li>"] * (len(ranks) + 1)
        if lowest is not None:  # the pair that is merged next, together on one line
            first = ranks.index(lowest)
            for place in (first, first + 1):
                parts[place] = parts[place].replace('class="ex-chip"', 'class="ex-chip ex-coming"')
            parts[first] = parts[first].replace("<li", '<li class="ex-coming-pair"><ul><li')
            ends[first + 1] += "</ul></li>"
        stage = "".join(map("".join, zip(parts, ends, [*gaps, ""], strict=False))) + parts[-1]
    kind = f"ex-replay ex-replay-{carried['kind']}" + (
        " ex-long-list" if carried.get("long") else ""
    )
    markup = (
        f'<div class="{kind}" data-pagefind-ignore><div'
        ' class="ex-replay-tools" data-part="replay-tools"></div><p class="ex-reader-note"'
        f' data-part="note">{NOTE}</p>{"" if ranks is None else KEY}{stage}{merges_table.html}'
        f'<script data-part="replay-data" type="application/json">{embed(carried)}</script></div>'
    )
    return Exhibit(markup, merges_table.text)
