"""Convert histograms, pies, boxes, violins and stacked areas to traces that can be drawn.

What: a histogram becomes bars, one of two dimensions a heat map. A pie becomes bars with
percentages, since lengths are compared more easily than angles. A box or a violin becomes a thick
line between the quartiles, a thin line between the ends of the whiskers, and points at the median
and at outliers. Stacked areas become areas at their sums. Left out: the shape of a violin.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exhibits.plots.ticks import CannotDraw

BOXES = ("box", "violin")
REACH = 1.5  # of the distance between the quartiles: how far whiskers go at most
NORMS = {"": 0, "percent": 100, "probability": 1, "probability density": 0}  # the sum of heights
OWN = ("name", "legendgroup", "showlegend", "xaxis", "yaxis", "opacity")  # what all kinds keep
COUNTED = {
    "type",
    "x",
    "y",
    "marker",
    "nbinsx",
    "nbinsy",
    "histfunc",
    "histnorm",
    "orientation",
    *OWN,
}
HOVER = {"hovertemplate", "hoverinfo", "customdata", "hovertext", "hoverlabel"}


def summarised(traces: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a figure's traces, with histograms, pies, boxes and the like converted.

    Raises: CannotDraw for an option of these that is not supported.

    >>> summarised([{"type": "pie", "labels": ["a", "b"], "values": [1, 3]}])[0]["text"]
    ['75%', '25%']
    """
    counted = [trace for trace in traces if trace.get("type") == "histogram"]
    stacks: dict[tuple[Any, ...], dict[str, Any]] = {}  # the uppermost area of each stack
    drawn: list[dict[str, Any]] = []
    for number, trace in enumerate(traces):
        sort = trace.get("type")
        if sort == "histogram":
            drawn.append(_counted(trace, counted))
        elif sort == "histogram2d":
            drawn.append(_counted_twice(trace))
        elif sort == "pie":
            drawn.append(_shares(trace))
        elif sort in BOXES:
            drawn += _box(trace, number, sum(other.get("type") in BOXES for other in traces) > 1)
        elif trace.get("stackgroup"):
            stack = _stack(trace)
            every = [other for other in traces if _stack(other) == stack]
            stacks[stack] = _stacked(trace, stacks.get(stack), every)
            drawn.append(stacks[stack])
        else:
            drawn.append(dict(trace))
    return drawn


def _own(trace: Mapping[str, Any], *more: str) -> dict[str, Any]:
    return {key: trace[key] for key in (*OWN, *more) if trace.get(key) is not None}


def _known(values: Any) -> list[Any]:
    return [value for value in values or () if value is not None and value == value]


def _edges(values: list[Any], bins: Any) -> Any:
    import numpy as np

    return np.histogram_bin_edges(np.asarray(values, float), bins=bins or "auto")


def _middles(edges: Any) -> list[str]:
    return [f"{(low + high) / 2:.4g}" for low, high in itertools.pairwise(edges)]


def _counted(trace: Mapping[str, Any], all_of_them: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a histogram as bars: one for each bin of numpy's rule "auto", or for each text; the
    histograms of a figure share their bins.
    """
    import numpy as np

    looks = {
        "xbins",
        "ybins",
        "bingroup",
        "alignmentgroup",
        "offsetgroup",
        "textfont",
        "texttemplate",
    }
    unknown = trace.keys() - COUNTED - HOVER - looks
    along = "x" if trace.get("x") is not None else "y"
    if unknown or trace.get(along) is None or trace.get("x") is not None is not trace.get("y"):
        what = f"a histogram has {sorted(unknown) or 'x and y, or neither'}"
        raise CannotDraw(f"{what}; count with numpy.histogram and draw a bar chart")
    norm = trace.get("histnorm") or ""
    if trace.get("histfunc") not in (None, "count") or norm not in NORMS:
        raise CannotDraw("a histogram counts only; compute the heights and draw a bar chart")
    heights: list[float]
    values = _known(trace[along])
    every = [value for other in all_of_them for value in _known(other.get(along))]
    if any(isinstance(value, str) for value in every):
        names = list(dict.fromkeys(map(str, every)))
        heights = [list(map(str, values)).count(name) for name in names]
    else:
        edges = _edges(every, trace.get("nbinsx") or trace.get("nbinsy"))
        names = _middles(edges)
        heights = np.histogram(values, bins=edges, density=norm == "probability density")[
            0
        ].tolist()
    if NORMS[norm]:
        whole = len(values) or 1
        heights = [NORMS[norm] * height / whole for height in heights]
    places = {"x": names, "y": heights} if along == "x" else {"x": heights, "y": names}
    lying = {} if along == "x" else {"orientation": "h"}
    return _own(trace, "marker") | {"type": "bar"} | places | lying


def _counted_twice(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return a histogram of two dimensions as a heat map of counts."""
    import numpy as np

    if trace.get("z") is not None or trace.get("histfunc") not in (None, "count"):
        raise CannotDraw("a histogram2d counts only; compute z and draw a heat map")
    pairs = [
        pair
        for pair in zip(trace.get("x") or (), trace.get("y") or (), strict=False)
        if len(_known(pair)) == 2
    ]
    if not pairs or any(isinstance(value, str) for pair in pairs for value in pair):
        raise CannotDraw("a histogram2d is not of numbers; count and draw a heat map")
    across, upward = (list(side) for side in zip(*pairs, strict=True))
    edges = [_edges(across, trace.get("nbinsx") or 20), _edges(upward, trace.get("nbinsy") or 20)]
    counts = np.histogram2d(across, upward, bins=edges)[0]
    own = _own(trace, "colorbar") | {"type": "heatmap", "z": counts.T.astype(int).tolist()}
    return own | {"x": _middles(edges[0]), "y": _middles(edges[1])}


def _shares(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pie as bars, the largest first as in the pie, unless `sort` is false."""
    sums: dict[str, float] = {}
    labels = trace.get("labels")
    values = trace.get("values") or [1] * len(labels or ())
    for label, value in zip(labels or range(len(values)), values, strict=True):
        sums[str(label)] = sums.get(str(label), 0) + (value or 0)
    order = sums if trace.get("sort") is False else sorted(sums, key=lambda name: -sums[name])
    whole = sum(sums.values()) or 1
    words = [f"{100 * sums[name] / whole:.3g}%" for name in order]
    own = {key: value for key, value in _own(trace).items() if key not in ("name", "showlegend")}
    return own | {"type": "bar", "x": list(order), "y": [sums[n] for n in order], "text": words}


def _box(trace: Mapping[str, Any], number: int, many: bool) -> Iterator[dict[str, Any]]:
    """Yield the lines and points of boxes, one for each category."""
    import numpy as np

    lying = trace.get("orientation") == "h" or trace.get("y") is None
    values, places = (trace.get(key) for key in (("x", "y") if lying else ("y", "x")))
    if values is None:
        raise CannotDraw("a box has no values; give them, for the quartiles are computed")
    name = str(trace.get("name") or "")
    groups: dict[str, list[float]] = {}
    for place, value in zip(places or itertools.repeat(name or "all"), values, strict=False):
        if len(_known([value])):
            named = f"{place}, {name}" if many and name and str(place) != name else str(place)
            groups.setdefault(named, []).append(float(value))
    quartiles = {key: np.quantile(own, [0.25, 0.5, 0.75]) for key, own in groups.items()}
    inside = {
        key: [v for v in own if abs(v - np.clip(v, low, high)) <= REACH * (high - low)]
        for key, own in groups.items()
        for low, _, high in [quartiles[key]]
    }
    colour = (trace.get("marker") or {}).get("color") or f"var(--hue-{number % 8 + 1})"
    apart = [(key, v) for key, own in groups.items() for v in own if v not in inside[key]]
    ends = {key: (min(own), max(own)) for key, own in inside.items()}
    boxes = {key: (low, high) for key, (low, _, high) in quartiles.items()}
    own = {key: value for key, value in _own(trace).items() if key != "showlegend"}

    def at(where: list[Any], level: list[Any]) -> dict[str, Any]:
        return {
            "type": "scatter",
            **own,
            **dict(zip("yx" if lying else "xy", (where, level), strict=True)),
        }

    def strokes(of: Mapping[str, tuple[float, float]], width: int) -> dict[str, Any]:
        where = [part for key in of for part in (key, key, None)]
        level = [part for low, high in of.values() for part in (float(low), float(high), None)]
        return at(where, level) | {"mode": "lines", "line": {"color": colour, "width": width}}

    quiet = {"showlegend": False}
    yield strokes(ends, 2) | quiet
    yield strokes(boxes, 14) | ({} if trace.get("showlegend", True) else quiet)
    middles = [float(middle) for _, middle, _ in quartiles.values()]
    for where, level, ink, size in (
        (list(groups), middles, "var(--paper)", 6),
        ([key for key, _ in apart], [v for _, v in apart], colour, 4),
    ):
        if where:
            yield (
                at(where, level)
                | quiet
                | {"mode": "markers", "marker": {"color": ink, "size": size}}
            )


def _stack(trace: Mapping[str, Any]) -> tuple[Any, ...]:
    return trace.get("xaxis"), trace.get("yaxis"), trace.get("stackgroup")


def _places(trace: Mapping[str, Any]) -> list[Any]:
    return list(trace.get("x") or range(len(trace.get("y") or ())))


def _stacked(
    trace: Mapping[str, Any], below: Mapping[str, Any] | None, every: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a stacked area at the sums of itself and those below it; every: all of its stack.

    Where it has no value it adds none, as in Plotly.
    """
    if trace.get("groupnorm"):
        raise CannotDraw("groupnorm is not drawn; divide the values yourself")
    places = dict.fromkeys(place for other in every for place in _places(other))
    if len({type(place) for place in places}) == 1:
        places = dict.fromkeys(sorted(places))
    values = dict(zip(_places(trace), trace.get("y") or (), strict=True))
    floor = dict(zip(below["x"], below["y"], strict=True)) if below else {}
    sums = [floor.get(place, 0) + (values.get(place) or 0) for place in places]
    own = {k: v for k, v in trace.items() if k not in ("stackgroup", "fillpattern", "orientation")}
    words = {"hovertext": [str(values.get(p, 0)) for p in places], "hoverinfo": "x+text+name"}
    own.pop("hovertemplate", None)
    drawn = {"x": list(places), "y": sums, "mode": "lines"}
    return own | words | drawn | {"fill": "tonexty" if below else "tozeroy"}
