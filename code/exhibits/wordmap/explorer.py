"""A map of word vectors that can be walked: step by step through training, in two or three
dimensions.

The page carries a still drawing of the last step, one word's neighbours and a table; the vectors of
all words at all steps are a file of their own (`exhibits.wordmap.map_file`), which explorer.js
fetches when the map comes near the view. From them it counts neighbours and cosines, at any step,
of any two words.

Left out: words that are not shown. Neighbours are sought among the shown words, and the page says
so.
"""

from __future__ import annotations

import difflib
import gzip
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from exhibits.base.asset import write_asset
from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed
from exhibits.base.site_paths import page_of, root
from exhibits.base.table import Cell, table
from exhibits.wordmap.map_file import pack
from exhibits.wordmap.projection import Projection, project
from exhibits.wordmap.still_map import GLYPHS, still_map
from exhibits.wordmap.still_pair import cosines, signed, still_pair

HUES = 8
ROWS = 120  # of the table
ROOM = '<div class="ex-row"></div>'  # for a button, so that nothing moves
# bytes of a map in its page, gzipped: a page has 150,000 before a tap or a scroll
MOST_CARRIED = 60_000


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
) -> Exhibit:
    """Show how words find their places, and write the file of their vectors into the journal's
    assets/.

    words: the shown ones, each once; counts: how often the text has each; groups: from a word to
    its group, for those that have one (8 groups at most) checkpoints: (step, vectors) in the order
    of training; vectors: (words, dimensions), nested lists or a tensor alt: what is to be seen at
    the last step, in a sentence name: of its file; give another one to a second map of the same
    page word: on which it opens; without one, the first that has a group other: with which that
    word is compared at first; without one, none

    Raises: ValueError if the numbers of words, counts and vectors differ, a word comes twice, there
    are more than 8 groups, it shall open on a word that is not shown, no journal is here, or the
    map is too heavy (MOST_CARRIED, mapfile.HEAVIEST_FILE: show fewer words or steps).
    """
    _check(words, counts, groups, checkpoints, alt)
    seen = project([vectors for _, vectors in checkpoints])
    names = list(dict.fromkeys(group for word in words if (group := groups.get(word))))
    member = [names.index(group) if (group := groups.get(word)) else -1 for word in words]
    first = next((number for number, group in enumerate(member) if group >= 0), 0)
    chosen = first if word is None else _place(word, words, "word")
    second = None if other is None else _place(other, words, "other")
    if second == chosen:
        raise ValueError(
            f"word and other are both {words[chosen]!r}; give two words to compare, or leave out"
            " other"
        )
    steps = [step for step, _ in checkpoints]
    told = {
        "words": list(words),
        "counts": list(counts),
        "groups": names,
        "member": member,
        "steps": steps,
    }
    packed = pack(told, seen)
    hides = _hides(seen, packed.error)
    href = write_asset(_file_name(name), packed.data)
    size = f"{len(packed.data) / 1e6:.1f} MB"
    rows = sorted(
        range(len(words)), key=lambda n: (member[n] < 0, member[n], -counts[n], words[n])
    )[:ROWS]
    carried = {
        "file": href,
        "mark": packed.mark,
        "size": size,
        "first": chosen,
        "second": second,
        "alt": one_line(alt),
        "rows": rows,
    }
    pair = compared = ""
    if second is not None:
        values = cosines(seen, chosen, second)
        beside = _panel(words, counts, names, member, seen, second).removesuffix(ROOM)
        pair = still_pair(words[chosen], words[second], values, seen, steps, beside)
        compared = f"\n{words[chosen]} and {words[second]}: cosine {signed(values[-1])}"
    markup = (
        f'<div class="ex-explorer" data-pagefind-ignore>{_legend(names)}<div class="ex-controls"'
        f' data-part="map-controls"><p data-part="note">A still of step {steps[-1]:,}. Where'
        ' scripts run, it moves.</p></div><div class="ex-map" data-part="map-body"><div'
        ' class="ex-field" data-part="map-field"><div class="ex-still"'
        f' data-part="map-still">{still_map(words, member, seen, alt)}</div></div><div'
        ' class="ex-panel"'
        f' data-part="map-panel">{_panel(words, counts, names, member, seen, chosen)}</div></div>{pair}<p'
        f' class="ex-key"><span>{escape(hides)}</span></p><details><summary>The map as a'
        f" table</summary>{_table(words, counts, names, member, seen, steps[-1], rows)}<div"
        ' class="ex-row" data-part="map-more" hidden></div><p><a download'
        f' href="{escape(href)}">All {len(words):,} words with their vectors at {_steps(steps)}</a>'
        f" ({size}, packed; exhibits.wordmap.map_file.unpack reads it)</p></details><script"
        f' data-part="map-data" type="application/json">{embed(carried)}</script></div>'
    )
    weight = len(gzip.compress(markup.encode(), mtime=0))
    if weight > MOST_CARRIED:
        raise ValueError(
            f"the map's part of the page weighs {weight:,} bytes gzipped; the limit is"
            f" {MOST_CARRIED:,}: show fewer words"
        )
    return Exhibit(
        markup,
        f"[map of {len(words):,} words, step {steps[-1]:,}] {one_line(alt)}{compared}\n{hides}",
    )


def _place(word: str, words: Sequence[str], what: str) -> int:
    """Where a word stands among the shown ones."""
    if word in words:
        return list(words).index(word)
    near = difflib.get_close_matches(word, words, n=3)
    hint = f", such as {' or '.join(map(repr, near))}" if near else ""
    raise ValueError(
        f"{what} is {word!r}, which is not on this map; give one of its {len(words):,} words{hint}"
    )


def _file_name(name: str) -> str:
    """The file of a map, called after its page too: two pages never share one."""
    page = page_of(root())
    whole = f"{page.with_suffix('').as_posix() if page else ''}-{name}".lower()
    return f"{re.sub('[^a-z0-9]+', '-', whole).strip('-')}.bin"


def _steps(steps: Sequence[int]) -> str:
    return f"step {steps[0]:,}" if len(steps) == 1 else f"{len(steps)} steps"


def _check(words: Sequence[str], counts: Sequence[int], groups: Mapping[str, str | None],
           checkpoints: Sequence[tuple[int, Any]], alt: str) -> None:  # fmt: skip
    if not alt.strip():
        raise ValueError("alt is empty; say in a sentence what is to be seen")
    if len(words) < 2 or len(set(words)) < len(words):
        twice = sorted({word for word in words if list(words).count(word) > 1})
        raise ValueError(
            f"{len(words)} words, of which {twice} come twice; give two or more, each once"
        )
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
    found = {group for word in words if (group := groups.get(word))}
    if len(found) > HUES:
        raise ValueError(f"{len(found)} groups; there are {HUES} colours, so join some")


def _hides(seen: Projection, error: float) -> str:
    two, three = seen.share
    most = math.ceil(1000 * error) / 1000
    return (
        f"The map shows 2 of {seen.width} directions, which hold {two:.0%} of the spread at the"
        f" last step (3 hold {three:.0%}). The rest is hidden: words that lie side by side here may"
        f" be far apart. Neighbours are counted in all {seen.width} directions, among the words"
        " shown, by cosine; every vector has length 1. The map that moves counts with rounded"
        f" vectors: no cosine is off by more than {most:.3f}, of all pairs at all steps."
    )


def _legend(names: Sequence[str]) -> str:
    entries = "".join(
        f'<li data-part="map-group" data-group="{number}"><span class="ex-glyph"'
        f' style="--c:var(--hue-{number + 1})">'
        f"{GLYPHS[number % len(GLYPHS)]}</span>{escape(name)}</li>"
        for number, name in enumerate(names)
    )
    return f'<ul class="ex-legend">{entries}</ul>' if names else ""


def _panel(words: Sequence[str], counts: Sequence[int], names: Sequence[str], member: Sequence[int],
           seen: Projection, chosen: int) -> str:  # fmt: skip
    group = f", {escape(names[member[chosen]])}" if member[chosen] >= 0 else ""
    times = "once" if counts[chosen] == 1 else f"{counts[chosen]:,} times"
    items = "".join(
        f"<li><span>{escape(words[other])}</span> <span>{signed(cosine)}</span></li>"
        for other, cosine in seen.nearest(chosen)
    )
    return (
        f'<p class="ex-chosen"><b>{escape(words[chosen])}</b>'
        f" <span>{times}{group}</span></p><ol>{items}</ol>{ROOM}"
    )


def _table(words: Sequence[str], counts: Sequence[int], names: Sequence[str], member: Sequence[int],
           seen: Projection, step: int, order: Sequence[int]) -> str:  # fmt: skip
    rows: list[list[Cell]] = [
        [
            words[n],
            names[member[n]] if member[n] >= 0 else "",
            counts[n],
            ", ".join(words[other] for other, _ in seen.nearest(n)),
        ]
        for n in order
    ]
    shown = table(
        rows, ["word", "group", "count", "nearest first"], label="Words and their neighbours"
    )
    return (
        f'<p data-part="map-rows">{len(rows):,} of {len(words):,} words at step'
        f" {step:,}.</p>{shown.html}"
    )
