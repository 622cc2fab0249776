"""Draw a map of words as a still SVG: groups as shapes and hues, other words as dots."""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import escape, one_line
from exhibits.plots.svg_units import per_cent
from exhibits.wordmap.projection import Projection

GLYPHS = "●■▲◆"  # a group has a shape as well as a hue
INSET = (
    0.94  # of the field is used, so that every point is off its edge; wordmap-view.js has the same
)
FIELD_DESK, FIELD_PHONE = 440, 330  # px: how wide the map is
CHARACTER = 7.3  # px, the width of a label's character
GAP, APART, LINE = 9, 6, 15  # px: from a word to its name, between two names, a line's height
Box = tuple[float, float, float, float]  # left, top, right, bottom, px


def still_map(words: Sequence[str], member: Sequence[int], projection: Projection, alt: str) -> str:
    """Return the SVG of the last step, seen along the third axis.

    member: the index of each word's group, or -1 for none; alt: the drawing's name, for a screen
    reader
    """
    spots = [((x * INSET + 1) / 2, (1 - y * INSET) / 2) for x, y, _ in projection.points[-1]]
    dust = "".join(
        f"M{round(1000 * across)} {round(1000 * down)}h0"
        for (across, down), group in zip(spots, member, strict=True)
        if group < 0
    )
    marks = "".join(
        f'<text class="ex-glyph" style="--c:var(--hue-{group + 1})" text-anchor="middle"'
        f' x="{per_cent(across)}" y="{per_cent(down)}" dy="3">{GLYPHS[group % len(GLYPHS)]}</text>'
        for (across, down), group in zip(spots, member, strict=True)
        if group >= 0
    )
    field = (
        '<svg width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none">'
        f'<path class="ex-point ex-dust" style="--c:var(--ink-soft);--w:3" d="{dust}"/></svg>'
    )
    labels = _labels(words, spots, [number for number, group in enumerate(member) if group >= 0])
    return f'<svg role="img"><title>{escape(one_line(alt))}</title>{field}{marks}{labels}</svg>'


def _labels(
    words: Sequence[str], spots: Sequence[tuple[float, float]], wanted: Sequence[int]
) -> str:
    """Return the names that have room, the first of `wanted` first; a phone shows fewer."""
    labels = ""
    taken: dict[int, list[Box]] = {FIELD_DESK: [], FIELD_PHONE: []}
    for number in wanted:
        marks = [spots[other] for other in wanted if other != number]
        place = _free(words[number], spots[number], FIELD_DESK, taken[FIELD_DESK], marks)
        if place is None:
            continue
        left, box = place
        taken[FIELD_DESK].append(box)
        small = _free(words[number], spots[number], FIELD_PHONE, taken[FIELD_PHONE], marks)
        wide = " ex-wide"
        if small is not None and small[0] == left:
            taken[FIELD_PHONE].append(small[1])
            wide = ""
        at = f'x="{per_cent(spots[number][0])}" y="{per_cent(spots[number][1])}"'
        side = f'text-anchor="end" dx="-{GAP}"' if left else f'dx="{GAP}"'
        labels += f'<text class="ex-word{wide}" {at} {side} dy="4">{escape(words[number])}</text>'
    return labels


def _free(
    word: str,
    spot: tuple[float, float],
    field: int,
    boxes: Sequence[Box],
    marks: Sequence[tuple[float, float]],
) -> tuple[bool, Box] | None:
    """Return whether a name goes to the left of its word, and its box; None where it has no room.

    field: its width, px; boxes: of other names; marks: the spots of other words
    """
    x, y = spot[0] * field, spot[1] * field
    width = CHARACTER * len(word)
    for left, start in ((False, x + GAP), (True, x - GAP - width)):
        box = (start, y - LINE / 2, start + width, y + LINE / 2)
        inside = box[0] >= 2 and box[2] <= field - 2
        apart = all(
            box[2] + APART < other[0]
            or other[2] + APART < box[0]
            or box[3] <= other[1]
            or other[3] <= box[1]
            for other in boxes
        )
        bare = not any(
            box[0] - 4 <= across * field <= box[2] + 4 and box[1] <= down * field <= box[3]
            for across, down in marks
        )
        if inside and apart and bare:
            return left, box
    return None
