"""Figures as people make them: packed arrays, numpy, torch, dates, subplots, second axes, titles."""

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from plotly.subplots import make_subplots

from exhibits.plots.intake import panels
from exhibits.plots.plot import plot
from exhibits.plots.ticks import CannotDraw


def express() -> dict[str, Any]:
    """What plotly.express gives: packed arrays, axes and colours written out, a title."""
    numbers = {"dtype": "i1", "bdata": "AQID"}  # 1, 2, 3
    trace = {
        "type": "scatter", "x": numbers, "y": numbers, "name": "a", "mode": "lines",
        "orientation": "v", "xaxis": "x", "yaxis": "y", "legendgroup": "a",
        "line": {"color": "#EF553B", "dash": "solid"}, "marker": {"symbol": "circle"},
    }  # fmt: skip
    axis = {"anchor": "y", "domain": [0.0, 1.0], "title": {"text": "x"}}
    return {
        "data": [trace],
        "layout": {"xaxis": axis, "title": {"text": "A title"}, "template": {}, "width": 300},
    }


def test_a_figure_of_plotly_express_is_drawn_with_its_title_and_a_hue_of_the_theme() -> None:
    (panel,) = panels(express())
    assert panel.data[0]["x"] == [1, 2, 3] and panel.title == "A title"
    assert panel.data[0]["line"]["color"] == "var(--hue-2)"  # the second of Plotly's own
    assert '<p class="ex-plot-title">A title</p>' in plot(express(), "alt").html


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # plotly's, of a tensor
@pytest.mark.parametrize(
    ("values", "plain"),
    [
        (np.arange(3), [0, 1, 2]),
        (np.array([0.5, 1.5]), [0.5, 1.5]),
        (torch.arange(3), [0, 1, 2]),
        ([date(2025, 7, 2), date(2025, 7, 3)], ["2025-07-02", "2025-07-03"]),
        ([datetime(2025, 7, 2, 12)], ["2025-07-02T12:00:00"]),
        (np.array(["2025-07-02"], "datetime64[D]"), ["2025-07-02T00:00:00"]),
    ],
)
def test_arrays_tensors_and_dates_are_taken_by_value_and_from_json(values: Any, plain: Any) -> None:
    figure = go.Figure(go.Scatter(y=[1] * len(values), x=values))
    (panel,) = panels(figure)
    assert panel.data[0]["x"] == plain
    assert plot(figure, "alt").html and plot(json.loads(figure.to_json()), "alt").html


def test_subplots_are_panels_in_reading_order_with_their_titles() -> None:
    figure = make_subplots(rows=2, cols=2, subplot_titles=("A", "B", "C", "D"))
    for row, column in ((2, 2), (1, 1), (2, 1), (1, 2)):
        figure.add_trace(go.Scatter(y=[row, column]), row, column)
    made = panels(figure)
    assert [panel.title for panel in made] == ["A", "B", "C", "D"]
    assert [panel.data[0]["y"] for panel in made] == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert len({panel.data[0]["line"]["color"] for panel in made}) == 4  # as in one figure
    exhibit = plot(figure, "four lines")
    assert exhibit.html.count('data-part="plot-box"') == 4 and "four lines (C)" in exhibit.html


def test_a_second_axis_is_a_panel_of_its_own() -> None:
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    figure.add_trace(go.Scatter(y=[1, 2], name="a"))
    figure.add_trace(go.Scatter(y=[100, 200], name="b"), secondary_y=True)
    figure.update_yaxes(title_text="Right", secondary_y=True)
    assert [panel.title for panel in panels(figure)] == ["", "Right"]


def test_a_histogram_is_counted() -> None:
    (panel,) = panels(go.Figure(go.Histogram(x=[1, 1, 1, 2, 9], nbinsx=2)))
    assert panel.data[0]["type"] == "bar" and panel.data[0]["y"] == [4, 1]
    (panel,) = panels(go.Figure(go.Histogram(x=["a", "b", "a"])))
    assert (panel.data[0]["x"], panel.data[0]["y"]) == (["a", "b"], [2, 1])


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure(), "no traces"),
        (go.Figure(go.Histogram(y=[1])), r"a histogram has \['y'\]; count with numpy.histogram"),
        (go.Figure(go.Box(y=[1])), "trace 0 is a box; the still drawing knows"),
        (go.Figure(go.Scatter(y=[1, float("inf")])), "has inf; give finite numbers"),
    ],
)
def test_the_rest_is_refused_in_words(figure: go.Figure, said: str) -> None:
    with pytest.raises(CannotDraw, match=said):
        plot(figure, "alt")
