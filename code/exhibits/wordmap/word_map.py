"""Show a map of word vectors to explore: legend, still, a word's neighbours, table, limits.

What: the page has a drawing of the last step, one word's neighbours and a table. The vectors of all
words at all steps are in a file (`exhibits.wordmap.map_file`), which wordmap.js loads when the map
comes near the view; from it the script computes neighbours and cosines of any words at any step.
Left out: words that are not on the map. Neighbours are only words of the map, and the page says so.
"""

from __future__ import annotations

import difflib
import gzip
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.site_paths import page_of, root
from exhibits.base.table import Cell, table
from exhibits.base.wording import decimal
from exhibits.plots.supported_attributes import HUES
from exhibits.wordmap.map_file import MapFile, pack_map
from exhibits.wordmap.projection import Projection, project
from exhibits.wordmap.still_map import GLYPHS, still_map
from exhibits.wordmap.still_pair import cosines, still_pair

ROWS = 120  # of the table
ROOM = '<div class="ex-row"></div>'  # for a button, so that nothing moves
MOST_CARRIED = 60_000  # bytes of a map in its page, gzipped; a whole page may load 150,000


@dataclass(frozen=True)
class WordMap:
    """The words of a map.

    words, counts: the words, and how often each occurs in the text; all 0 if nobody counted
    groups: the names of the groups; member: the index of each word's group, or -1 for none
    steps: of training; projection: the words at each step; grouped: as in `embedding_plot`
    """

    words: Sequence[str]
    counts: Sequence[int]
    groups: Sequence[str]
    member: Sequence[int]
    steps: Sequence[int]
    projection: Projection
    grouped: bool

    def header(self) -> dict[str, object]:
        """Return the header of the map's file, which describes its words."""
        names = ("words", "counts", "groups", "member", "steps")
        return {name: list(getattr(self, name)) for name in names} | {"grouped": self.grouped}

    def nearest(self, word: int) -> list[tuple[int, float]]:
        """Return a word's neighbours at the last step, with their cosines, the nearest first."""
        of_groups = [other for other, group in enumerate(self.member) if group >= 0]
        return self.projection.nearest(word, of_groups if self.grouped else None)

    def table_rows(self) -> list[int]:
        """Return the indices of the table's words, by group, then frequency; no group is last."""

        def rank(word: int) -> tuple[bool, int, int, str]:
            group = self.member[word]
            return group < 0, group, -self.counts[word], self.words[word]

        return sorted(range(len(self.words)), key=rank)[:ROWS]


def embedding_plot(
    words: Sequence[str],
    counts: Sequence[int],
    groups: Mapping[str, str | None],
    checkpoints: Sequence[tuple[int, Any]],
    alt: str,
    name: str = "map",
    *,
    word: str | None = None,
    other: str | None = None,
    caveat: str = "",
    grouped: bool = False,
) -> Exhibit:
    """Show word vectors over training as a map, and write their file into the journal's assets/.

    words: those of the map, each once; counts: how often each occurs in the text; all 0 if nobody
        counted, and then no count is shown
    groups: word -> the name of its group, or None; at most HUES groups
    checkpoints: (step, vectors) in rising order of steps; vectors: (V, C), nested lists or a tensor
    alt: a sentence that says what the last step shows, for a screen reader
    name: a part of the file's name; two maps on one page need two names
    word: the word that is chosen first; by default the first that has a group
    other: the word that it is first compared with; by default none
    caveat: a sentence below the map, on how far the neighbours can be trusted
    grouped: whether only words of the groups count as neighbours, until a reader asks for all

    Raises: ValueError if words, counts and vectors differ in number, a word comes twice, there are
    too many groups, word or other is not on the map, the working folder is outside a journal, or
    the map is too large (MOST_CARRIED, map_file.HEAVIEST_FILE: give fewer words or steps).
    """
    _check(words, counts, groups, checkpoints, alt)
    projection = project([vectors for _, vectors in checkpoints])
    names = list(dict.fromkeys(group for word in words if (group := groups.get(word))))
    member = [names.index(group) if (group := groups.get(word)) else -1 for word in words]
    steps = [step for step, _ in checkpoints]
    word_map = WordMap(words, counts, names, member, steps, projection, grouped)
    chosen, second = _opening(words, member, word, other)
    packed = pack_map(word_map.header(), projection)
    address = write_asset(_file_name(name), packed.data)
    markup = _markup(word_map, packed, address, one_line(alt), chosen, second, one_line(caveat))
    weight = len(gzip.compress(markup.encode(), mtime=0))
    if weight > MOST_CARRIED:
        raise ValueError(
            f"the map's part of the page weighs {weight:,} bytes gzipped; the limit is"
            f" {MOST_CARRIED:,}: show fewer words"
        )
    lines = [f"[map of {len(words):,} words, step {word_map.steps[-1]:,}] {one_line(alt)}"]
    if second is not None:
        cosine = cosines(projection, chosen, second)[-1]
        lines.append(f"{words[chosen]} and {words[second]}: cosine {decimal(cosine)}")
    lines += [caveat] if caveat else []
    return Exhibit(markup, "\n".join([*lines, _limits(word_map, packed.error)]))


def _markup(
    word_map: WordMap,
    packed: MapFile,
    address: str,
    alt: str,
    chosen: int,
    second: int | None,
    caveat: str,
) -> str:
    size = f"{len(packed.data) / 1e6:.1f} MB"
    several = len(word_map.steps) > 1  # else of a finished model, without steps
    of_last = f" of step {word_map.steps[-1]:,}" if several else ""
    at_all = f" at {len(word_map.steps)} steps" if several else ""
    rows = word_map.table_rows()
    table = _table(word_map, rows)
    carried: dict[str, object] = {"file": address, "mark": packed.mark, "size": size, "alt": alt}
    carried |= {"rows": rows, "first": chosen, "second": second}
    said = f'<div class="answer"><p class="ex-caveat">{escape(caveat)}</p></div>' if caveat else ""
    still = still_map(word_map.words, word_map.member, word_map.projection, alt)
    return (
        f'<div class="ex-explorer" data-steps="{len(word_map.steps)}" data-pagefind-ignore>'
        f"{_legend(word_map.groups)}"
        '<div class="ex-controls" data-part="map-controls">'
        f'<p data-part="note">A still{of_last}.'
        ' Where scripts run, it comes alive.</p></div><div class="ex-map" data-part="map-body">'
        '<div class="ex-field" data-part="map-field">'
        f'<div class="ex-still" data-part="map-still">{still}</div></div>'
        f'<div class="ex-panel" data-part="map-panel">{_panel(word_map, chosen)}</div></div>'
        f"{said}{_pair(word_map, chosen, second)}"
        "<details><summary>The map as a table, and what it hides</summary>"
        f'<p class="ex-key"><span>{escape(_limits(word_map, packed.error))}</span></p>{table}'
        '<div class="ex-row" data-part="map-more" hidden></div>'
        f'<p><a download href="{escape(address)}">All {len(word_map.words):,} words with'
        f" their vectors{at_all}</a>"
        f" ({size}, packed; exhibits.wordmap.map_file.unpack_map reads it)</p></details>"
        f'<script data-part="map-data" type="application/json">{embed(carried)}</script></div>'
    )


def _pair(word_map: WordMap, chosen: int, second: int | None) -> str:
    if second is None:
        return ""
    values = cosines(word_map.projection, chosen, second)
    one, other = word_map.words[chosen], word_map.words[second]
    panel = _panel(word_map, second).removesuffix(ROOM)
    return still_pair(one, other, values, word_map.projection, word_map.steps, panel)


def _opening(
    words: Sequence[str], member: Sequence[int], word: str | None, other: str | None
) -> tuple[int, int | None]:
    """Return the indices of the words on which the map opens."""
    first = next((words[index] for index, group in enumerate(member) if group >= 0), words[0])
    chosen = _index(first if word is None else word, words, "word")
    second = None if other is None else _index(other, words, "other")
    if second == chosen:
        both = f"word and other are both {words[chosen]!r}"
        raise ValueError(f"{both}; give two words to compare, or leave out other")
    return chosen, second


def _index(word: str, words: Sequence[str], what: str) -> int:
    """Return the index of a word of the map; what: the name of the argument, for the error."""
    if word in words:
        return list(words).index(word)
    near = difflib.get_close_matches(word, words, n=3)
    hint = f", such as {' or '.join(map(repr, near))}" if near else ""
    raise ValueError(
        f"{what} is {word!r}, which is not on this map; give one of its {len(words):,} words{hint}"
    )


def _file_name(name: str) -> str:
    """Return the name of a map's file: the path of its page and the name of the map."""
    page = page_of(root())
    whole = f"{page.with_suffix('').as_posix() if page else ''}-{name}".lower()
    return f"{re.sub('[^a-z0-9]+', '-', whole).strip('-')}.bin"


def _check(
    words: Sequence[str],
    counts: Sequence[int],
    groups: Mapping[str, str | None],
    checkpoints: Sequence[tuple[int, Any]],
    alt: str,
) -> None:
    if not alt.strip():
        raise ValueError("alt is empty; say in a sentence what is to be seen")
    if len(words) < 2 or len(set(words)) < len(words):
        twice = sorted({word for word in words if list(words).count(word) > 1})
        what = f"{len(words)} words, of which {twice} come twice"
        raise ValueError(f"{what}; give two or more, each once")
    if len(counts) != len(words):
        raise ValueError(
            f"{len(counts)} counts for {len(words)} words; give one for each, in their order"
        )
    if not checkpoints:
        raise ValueError("there is no checkpoint; give at least one (step, vectors)")
    for step, vectors in checkpoints:
        if len(vectors) != len(words):
            raise ValueError(
                f"step {step} has {len(vectors)} vectors for {len(words)} words; give the shown"
                " rows only"
            )
    steps = [step for step, _ in checkpoints]
    if steps != sorted(set(steps)):
        raise ValueError(f"the steps are {steps}; give them in rising order, each once")
    used = {group for word in words if (group := groups.get(word))}
    if len(used) > HUES:
        raise ValueError(f"{len(used)} groups; there are {HUES} colours, so join some")


def _limits(word_map: WordMap, error: float) -> str:
    """Return what the map does not show, in words."""
    projection = word_map.projection
    C, (two, three) = projection.width, projection.share
    among = "words of the groups" if word_map.grouped else "words shown"
    most = math.ceil(1000 * error) / 1000
    at_last, at_all = (" at the last step", " at all steps") if projection.units[1:] else ("", "")
    return (
        f"The map shows 2 of {C} dimensions, which hold {two:.0%} of the variance{at_last}"
        f" (3 hold {three:.0%}). The rest is hidden: words that lie side by side here may"
        f" be far apart. Neighbours are computed in all {C} dimensions, among the {among},"
        " by cosine; every vector has length 1. The live map computes with rounded"
        f" vectors: no cosine is off by more than {most:.3f}, of all pairs{at_all}."
    )


def _legend(names: Sequence[str]) -> str:
    entries = "".join(
        f'<li data-part="map-group" data-group="{number}"><span class="ex-glyph"'
        f' style="--c:var(--hue-{number + 1})">'
        f"{GLYPHS[number % len(GLYPHS)]}</span>{escape(name)}</li>"
        for number, name in enumerate(names)
    )
    return f'<ul class="ex-legend">{entries}</ul>' if names else ""


def _panel(word_map: WordMap, word: int) -> str:
    """Return a word with its count, its group and its neighbours."""
    member, count = word_map.member[word], word_map.counts[word]
    group = f", {escape(word_map.groups[member])}" if member >= 0 else ""
    times = "once" if count == 1 else f"{count:,} times" if count else ""
    about = times + group if times else group.removeprefix(", ")
    items = "".join(
        f"<li><span>{escape(word_map.words[near])}</span> <span>{decimal(cosine)}</span></li>"
        for near, cosine in word_map.nearest(word)
    )
    return (
        f'<p class="ex-chosen"><b>{escape(word_map.words[word])}</b>'
        f" <span>{about}</span></p><ol>{items}</ol>{ROOM}"
    )


def _table(word_map: WordMap, order: Sequence[int]) -> str:
    rows: list[list[Cell]] = [
        [
            word_map.words[word],
            word_map.groups[word_map.member[word]] if word_map.member[word] >= 0 else "",
            word_map.counts[word],
            ", ".join(word_map.words[near] for near, _ in word_map.nearest(word)),
        ]
        for word in order
    ]
    columns = ["word", "group", "count", "nearest first"]
    if not any(word_map.counts):
        columns.remove("count")
        rows = [[*row[:2], row[3]] for row in rows]
    at = f" at step {word_map.steps[-1]:,}" if len(word_map.steps) > 1 else ""
    return (
        f'<p data-part="map-rows">{len(rows):,} of {len(word_map.words):,} words{at}.</p>'
        f"{table(rows, columns, label='Words and their neighbours').html}"
    )
