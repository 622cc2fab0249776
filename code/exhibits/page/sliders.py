"""Sliders: each setting of two or three of them shows what was computed for it beforehand.

What: the page carries an exhibit for every combination of settings; assets/sliders.js shows the one
that the sliders ask for. Without a script the first one stands there, and the others are folded
below it, each under its settings. Left out: computing anything in the browser (the live model does
that), and drawing a setting in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from exhibits.base.exhibit import Exhibit, escape, one_line
from exhibits.base.json_embed import embed

MOST = 64  # combinations: more would make a page heavy, and nobody tries them


def sliders(
    axes: Mapping[str, Sequence[str]],
    make: Callable[..., Exhibit],
    start: Sequence[int] = (),
    label: str = "Sliders",
) -> Exhibit:
    """Show an exhibit for each combination of settings.

    axes: from a slider's name to its settings, as the reader sees them, in their order
    make: what makes the exhibit of a combination; called with one index a slider
    start: the indices that are shown first; the first setting of each slider if not given
    label: of the whole, for a screen reader

    Raises: ValueError if there is no slider or setting, more than MOST combinations, or the start is
    none of them.

    >>> shown = sliders({"size": ["small", "large"]}, lambda at: Exhibit(f"<p>{at}</p>", str(at)))
    >>> print(shown.text)
    Sliders
    - size small
    0
    - size large
    1
    """
    sizes = [len(settings) for settings in axes.values()]
    combinations = list(product(*map(range, sizes)))
    if not axes or not combinations:
        raise ValueError(f"the sliders are {dict(axes)!r}; give one or more, each with a setting")
    if len(combinations) > MOST:
        raise ValueError(
            f"the sliders have {len(combinations)} combinations; the limit is {MOST}, so leave"
            " settings out"
        )
    first = tuple(start) or (0,) * len(sizes)
    if first not in combinations:
        raise ValueError(f"start is {list(first)}; give an index for each of {', '.join(axes)}")

    def named(at: tuple[int, ...]) -> str:
        return ", ".join(
            f"{name} {settings[place]}"
            for (name, settings), place in zip(axes.items(), at, strict=True)
        )

    made = {at: make(*at) for at in combinations}
    states = {
        at: (
            f'<div data-part="sliders-state" data-at="{",".join(map(str, at))}"><p'
            f' class="ex-slider-at">{escape(named(at))}</p>{shown.html}</div>'
        )
        for at, shown in made.items()
    }
    others = "".join(state for at, state in states.items() if at != first)
    line = f'<summary data-part="sliders-line">All other settings ({len(states) - 1})</summary>'
    fold = f"<details>{line}{others}</details>" if others else ""
    carried = {
        "sliders": [{"name": one_line(name), "settings": list(axes[name])} for name in axes],
        "start": list(first),
    }
    markup = (
        f'<div class="ex-sliders" data-sliders="{len(axes)}" role="group"'
        f' aria-label="{escape(one_line(label))}" data-pagefind-ignore><script'
        f' data-part="sliders-data" type="application/json">{embed(carried)}</script><div'
        ' class="ex-controls" data-part="sliders-controls"></div><div class="ex-slider-stage"'
        f' data-part="sliders-stage">{states[first]}</div>{fold}</div>'
    )
    lines = [line for at in combinations for line in (f"- {named(at)}", made[at].text)]
    return Exhibit(markup, "\n".join([label, *lines]))
