"""Draw a map of words as a still: groups as shapes and hues, other words as dots, some named."""

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
CHARACTER = 6.8  # px, the width of a label's character


def still_map(words: Sequence[str], member: Sequence[int], projection: Projection, alt: str) -> str:
    """Return the drawing of the last step, along its third axis.

    member: the index of each word's group, or -1; alt: the name of the drawing
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
    taken: dict[int, list[tuple[float, float, float, float]]] = {FIELD_DESK: [], FIELD_PHONE: []}
    for number in wanted:
        free = {}
        for field, boxes in taken.items():
            left, middle = spots[number][0] * field + 6, spots[number][1] * field
            box = (left, middle - 7, left + CHARACTER * len(words[number]), middle + 7)
            apart = all(
                box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in boxes
            )
            free[field] = box if apart and box[2] < field else None
        for field in (FIELD_DESK, FIELD_PHONE):
            box_of = free[field]
            if box_of is not None and free[FIELD_DESK] is not None:
                taken[field].append(box_of)
        if free[FIELD_DESK] is not None:
            wide = "" if free[FIELD_PHONE] is not None else " ex-wide"
            at = f'x="{per_cent(spots[number][0])}" y="{per_cent(spots[number][1])}"'
            labels += (
                f'<text class="ex-word{wide}" {at} dx="6" dy="4">{escape(words[number])}</text>'
            )
    return labels
