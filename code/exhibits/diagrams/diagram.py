"""Put a diagram into a page: its wide and its narrow layout, and the reader's choice beside it.

What: the wide layout is for a column of text, the narrow one for a phone; a container query in
exhibits.css shows the one that fits, so letters are at least 12 pixels high in both. The reader's
choice is a row of radio buttons or a slider in plain HTML, which works with the keyboard;
assets/diagrams.js highlights what was chosen. Without a script a diagram shows the first choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from exhibits.base.exhibit import Exhibit, check_hyphened, escape, one_line
from exhibits.base.json_embed import embed

WIDE, NARROW = 540, 340  # units of the two layouts, which are about pixels


@dataclass(frozen=True)
class Choice:
    """The choice that a reader has in a diagram.

    label: the name of the control; settings: the name of each choice
    notes: one sentence per choice, which says what the diagram then shows
    start: the index of the choice shown first; slider: whether it is a slider, not radio buttons
    data: further values for the script, such as the angles of hands
    table: the id of a table on the page with one row per choice, "" for none
    above: whether control and note come before a tall drawing, and stay in sight beside it
    """

    label: str
    settings: Sequence[str]
    notes: Sequence[str]
    start: int = 0
    slider: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    table: str = ""
    above: bool = False


@dataclass(frozen=True)
class Layout:
    """A drawing for one width: its contents as SVG, and its height."""

    marks: str
    height: float


def diagram(
    name: str,
    title: str,
    description: str,
    wide: Layout,
    narrow: Layout,
    choice: Choice | None = None,
) -> Exhibit:
    """Show a drawing in the layout that fits.

    name: unique on the page; letters, digits and single hyphens
    title, description: what the diagram shows, and its numbers in words, for a screen reader

    Raises: ValueError if the name has other characters, or there is not one note per setting.

    >>> flat = Layout("<g/>", 20)
    >>> diagram("empty", "An empty diagram", "It has nothing.", flat, flat).text
    '[diagram] An empty diagram. It has nothing.'
    """
    check_hyphened("name", name, example="clock-hands")
    title, description = one_line(title).rstrip("."), one_line(description)
    drawings = "".join(
        f'<svg class="dg-{kind}" viewBox="0 0 {width} {layout.height:g}" role="img"><title>'
        f"{escape(title)}</title><desc>{escape(description)}</desc>{layout.marks}</svg>"
        for kind, width, layout in (("wide", WIDE, wide), ("narrow", NARROW, narrow))
    )
    inside = drawings
    if choice:
        controls = _controls(name, choice)
        top = f'<div class="dg-top">{controls}</div>{drawings}'
        inside = top if choice.above else drawings + controls
    return Exhibit(
        f'<div class="ex-dg" role="group" aria-label="{escape(title)}" data-pagefind-ignore>'
        f"{inside}</div>",
        f"[diagram] {title}. {description}",
    )


def _controls(name: str, choice: Choice) -> str:
    if len(choice.notes) != len(choice.settings) or not choice.settings:
        raise ValueError(
            f"{name} has {len(choice.settings)} settings and {len(choice.notes)} notes; give one"
            " or more settings, and a note for each"
        )
    control = _slider(name, choice) if choice.slider else _radios(name, choice)
    carried: dict[str, Any] = {"notes": list(choice.notes), "settings": list(choice.settings)}
    carried |= {"start": choice.start, "table": choice.table, **choice.data}
    longest = max(choice.notes, key=len)  # its lines are kept for every note, so nothing moves
    return (
        f'<div class="dg-controls" data-part="diagram-controls">{control}</div>'
        f'<p class="dg-note" data-part="diagram-note" data-longest="{escape(longest)}"'
        f' aria-live="polite">{escape(choice.notes[choice.start])}</p>'
        f'<script data-part="diagram-data" type="application/json">{embed(carried)}</script>'
    )


def _radios(name: str, choice: Choice) -> str:
    inputs = "".join(
        f'<label><input type="radio" name="{name}" value="{at}"'
        f"{' checked' if at == choice.start else ''}><span>{escape(one_line(setting))}</span>"
        "</label>"
        for at, setting in enumerate(choice.settings)
    )
    return f"<fieldset><legend>{escape(choice.label)}</legend>{inputs}</fieldset>"


def _slider(name: str, choice: Choice) -> str:
    start = choice.settings[choice.start]
    return (
        f'<label for="{name}-slider">{escape(choice.label)}</label><input type="range"'
        f' id="{name}-slider" min="0" max="{len(choice.settings) - 1}" step="1"'
        f' value="{choice.start}" aria-valuetext="{escape(f"{choice.label} {start}")}"'
        f' autocomplete="off"><output for="{name}-slider" data-part="diagram-setting">'
        f"{escape(start)}</output>"
    )
