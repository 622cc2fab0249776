"""Show sliders that choose among exhibits computed when the page was printed.

What: the page has an exhibit for every combination of settings; assets/sliders.js shows the one
that the sliders choose. A single slider can have a button that moves it, from its first setting to
its last. Without a script the first one is shown, and the others are folded below it, each with its
settings. Left out: computing anything in the browser, and values in between.
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
    play: int = 0,
) -> Exhibit:
    """Show an exhibit for each combination of settings.

    axes: name of the slider -> its settings, in order, as the reader sees them
    make: make(i, j, ...), with the index of each slider's setting, returns the exhibit
    start: the indices of the combination that is shown first; by default all 0
    label: the name of the exhibit, for a screen reader
    play: milliseconds that each setting is shown once a reader presses Play; 0 for no such button

    Raises: ValueError if there is no slider, or one without settings; if there are more than MOST
    combinations; if start is not one of them; or if there are several sliders to play.

    >>> exhibit = sliders({"size": ["small", "large"]}, lambda at: Exhibit(f"<p>{at}</p>", str(at)))
    >>> print(exhibit.text)
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
    if play and len(axes) > 1:
        raise ValueError(f"there are {len(axes)} sliders; only one alone can play")
    names = {at: _settings(axes, at) for at in combinations}
    exhibits = {at: make(*at) for at in combinations}
    lines = [line for at in combinations for line in (f"- {names[at]}", exhibits[at].text)]
    states = {
        at: (
            f'<div data-part="sliders-state" data-at="{",".join(map(str, at))}"><p'
            f' class="ex-slider-at">{escape(names[at])}</p>{exhibits[at].html}</div>'
        )
        for at in combinations
    }
    return Exhibit(_markup(axes, states, first, label, play), "\n".join([label, *lines]))


def _settings(axes: Mapping[str, Sequence[str]], at: tuple[int, ...]) -> str:
    return ", ".join(
        f"{name} {settings[index]}"
        for (name, settings), index in zip(axes.items(), at, strict=True)
    )


def _markup(
    axes: Mapping[str, Sequence[str]],
    states: Mapping[tuple[int, ...], str],
    first: tuple[int, ...],
    label: str,
    play: int,
) -> str:
    others = "".join(state for at, state in states.items() if at != first)
    line = f'<summary data-part="sliders-line">All other settings ({len(states) - 1})</summary>'
    fold = f"<details>{line}{others}</details>" if others else ""
    carried: dict[str, object] = {
        "sliders": [{"name": one_line(name), "settings": list(axes[name])} for name in axes],
        "start": list(first),
    }
    if play:
        carried["play"] = play
    return (
        f'<div class="ex-sliders" data-sliders="{len(axes)}" role="group"'
        f' aria-label="{escape(one_line(label))}" data-pagefind-ignore><script'
        f' data-part="sliders-data" type="application/json">{embed(carried)}</script><div'
        ' class="ex-controls" data-part="sliders-controls"></div><div class="ex-slider-stage"'
        f' data-part="sliders-stage">{states[first]}</div>{fold}</div>'
    )
