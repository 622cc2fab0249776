"""Figures as people make them: packed arrays, numpy, torch, dates, subplots, second axes, titles."""

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from plotly.subplots import make_subplots

from exhibits.plots.plot import plot
from exhibits.plots.simplify import panels
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
    (panel,) = panels(go.Figure(go.Histogram(y=[1, 9, 9], nbinsy=2, histnorm="probability")))
    assert (panel.data[0]["orientation"], panel.data[0]["x"]) == ("h", [1 / 3, 2 / 3])


def test_histograms_of_a_figure_share_their_bins() -> None:
    figure = go.Figure([go.Histogram(x=[0, 1], nbinsx=2), go.Histogram(x=[9, 10], nbinsx=2)])
    low, high = panels(figure)[0].data
    assert low["x"] == high["x"] == ["2.5", "7.5"]
    assert (low["y"], high["y"]) == ([2, 0], [0, 2])


def test_a_histogram_of_two_dimensions_is_a_heat_map_of_counts() -> None:
    figure = go.Figure(go.Histogram2d(x=[0, 0, 1], y=[0, 0, 1], nbinsx=2, nbinsy=2))
    (trace,) = panels(figure)[0].data
    assert (trace["type"], trace["z"]) == ("heatmap", [[2, 0], [0, 1]])


def test_a_pie_is_bars_with_their_shares_the_largest_first() -> None:
    (trace,) = panels(go.Figure(go.Pie(labels=["a", "b", "a"], values=[1, 6, 1])))[0].data
    assert (trace["x"], trace["y"]) == (["b", "a"], [6, 2])
    assert trace["text"] == ["75%", "25%"]


def test_a_box_is_a_line_between_its_quartiles_with_whiskers_median_and_points_apart() -> None:
    """Of 1 to 5 and 20 the quartiles are 2.25 and 4.75, so whiskers end below 4.75 + 1.5 x 2.5."""
    values = [1, 2, 3, 4, 5, 20]
    whiskers, box, median, apart = panels(go.Figure(go.Box(y=values, x=["a"] * 6)))[0].data
    assert whiskers["y"] == [1, 5, None] and box["y"] == [2.25, 4.75, None]
    assert (median["y"], apart["y"]) == ([3.5], [20]) and box["x"] == ["a", "a", None]
    (lying, *_) = panels(go.Figure(go.Violin(x=values)))[0].data
    assert lying["x"] == [1, 5, None]
    assert "ex-plot" in plot(go.Figure(go.Box(y=values)), "alt").html


def test_stacked_areas_are_areas_at_their_sums() -> None:
    areas = [go.Scatter(y=[1, 2], stackgroup="1"), go.Scatter(y=[3, 4], stackgroup="1")]
    first, second = panels(go.Figure(areas))[0].data
    assert (first["fill"], second["fill"]) == ("tozeroy", "tonexty")
    assert second["y"] == [4, 6] and second["hovertext"] == ["3", "4"]
    apart = [
        go.Scatter(x=[0, 2], y=[1, 1], stackgroup="1"),
        go.Scatter(x=[1], y=[5], stackgroup="1"),
    ]
    first, second = panels(go.Figure(apart))[0].data
    assert (first["x"], first["y"], second["y"]) == ([0, 1, 2], [1, 0, 1], [1, 5, 1])


def test_a_colour_that_is_none_of_the_theme_is_the_hue_of_its_trace() -> None:
    figure = go.Figure(go.Scatter(y=[1, 2], line_color="red"))
    assert "color" not in panels(figure)[0].data[0]["line"]
    assert "var(--hue-1)" in plot(figure, "alt").html and "red" not in plot(figure, "alt").html


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure(), "no traces"),
        (go.Figure(go.Histogram(x=[1], y=[1])), "a histogram has x and y, or neither; count with"),
        (go.Figure(go.Histogram(x=[1], histnorm="density")), "counts only; compute the heights"),
        (go.Figure(go.Box(q1=[1], median=[2], q3=[3])), "a box has no values; give them"),
        (go.Figure(go.Histogram2d(x=["a"], y=[1])), "a histogram2d is not of numbers"),
        (go.Figure(go.Scatter(y=[1], stackgroup="1", groupnorm="percent")), "groupnorm is not"),
        (go.Figure(go.Scatter(y=[1], marker_color=[1])), "a colour differs from point to point"),
        (go.Figure(go.Scatter(y=[1, float("inf")])), "has inf; give finite numbers"),
    ],
)
def test_the_rest_is_refused_in_words(figure: go.Figure, said: str) -> None:
    with pytest.raises(CannotDraw, match=said):
        plot(figure, "alt")
