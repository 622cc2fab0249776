"""Plots: the still drawing, what it refuses, and what the page carries for the live one."""

import json
import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import html5lib
import numpy
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibits import plot
from exhibits.base.json_embed import embed
from exhibits.plots.axes import make_axis
from exhibits.plots.still_svg import draw_still
from exhibits.plots.ticks import CannotDraw, label, log_steps, nice_step


def still(figure: go.Figure) -> str:
    return re.search(r'<div class="ex-still">(.*?</svg>)</div>', plot(figure, "alt").html)[1]


def carried(figure: go.Figure) -> dict[str, Any]:
    return json.loads(re.search(r'application/json">(.*?)</script>', plot(figure, "alt").html)[1])


def scatter(**more: Any) -> go.Figure:
    return go.Figure(go.Scatter(**{"x": [0, 10], "y": [0, 4], "mode": "lines", **more}))


def test_a_line_goes_from_corner_to_corner_when_the_range_is_its_own():
    figure = scatter().update_layout(yaxis_range=[0, 4])
    assert 'd="M0 1000L1000 0"' in still(figure)


def test_a_missing_value_breaks_the_line():
    figure = scatter(x=[0, 1, 2, 3, 4], y=[0, 1, None, 1, 0]).update_layout(yaxis_range=[0, 1])
    assert 'd="M0 1000L250 0M750 0L1000 1000"' in still(figure)


def test_a_log_axis_puts_equal_factors_at_equal_distances():
    axis = make_axis("x", [1, 1000], {"type": "log"}, pad=False)
    assert [axis.position(value) for value in (1, 10, 100, 1000)] == pytest.approx(
        [0, 1 / 3, 2 / 3, 1]
    )
    assert [tick.label for tick in axis.ticks] == ["1", "10", "100", "1,000"]


def test_a_flipped_axis_counts_downwards():
    axis = make_axis("y", [0, 4], {"autorange": "reversed"}, pad=False)
    assert [axis.position(value) for value in (0, 1, 4)] == [1, 0.75, 0]


def test_categories_stand_in_the_middle_of_their_slots():
    axis = make_axis("x", ["a", "b", "a", "c", "d"], {})
    assert [axis.position(name) for name in "abcd"] == [0.125, 0.375, 0.625, 0.875]


@given(st.floats(1e-6, 1e9), st.integers(2, 12))
def test_a_nice_step_cuts_into_few_but_not_too_few_pieces(span, wanted):
    step = nice_step(span, wanted)
    assert wanted / 2.5 - 1e-6 <= span / step <= wanted + 1e-6


@given(st.floats(-5, 5), st.floats(0.2, 9))
def test_log_ticks_rise_and_at_least_two_are_in_range(low, span):
    values = log_steps(low, low + span, 6)
    assert all(one < other for one, other in pairwise(values))
    inside = [value for value in values if 10**low * 0.999 <= value <= 10 ** (low + span) * 1.001]
    assert len(inside) >= 2


@pytest.mark.parametrize(
    ("value", "kind", "options", "said"),
    [
        (-2000.0, "linear", {}, "\u22122,000"),
        (0.5, "linear", {"tickformat": ".0%"}, "50%"),
        (12.0, "linear", {"ticksuffix": " ms"}, "12 ms"),
        (1e7, "log", {}, "10⁷"),
        (2e-5, "log", {}, "2·10⁻⁵"),
        (0.01, "log", {}, "0.01"),
    ],
)
def test_a_tick_says(value, kind, options, said):
    assert label(value, kind, [value], options) == said


def test_all_ticks_have_the_decimals_that_their_step_needs():
    axis = make_axis("y", [0, 1], {}, pad=False)
    assert [tick.label for tick in axis.ticks] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]


def test_bars_side_by_side_share_the_slot_less_its_gap():
    """Two names: slots of 50 %; a gap of a fifth leaves 40 %, so each of two bars is 20 % wide, the
    first from 5 %.
    """
    figure = go.Figure(
        [go.Bar(x=["a", "b"], y=[1, 2]), go.Bar(x=["a", "b"], y=[2, 1])]
    ).update_layout(yaxis_range=[0, 2])
    found = re.findall(
        r'<rect class="ex-bar" style="--c:var\(--hue-(\d)\)" x="(.*?)%" y="(.*?)%" width="(.*?)%"'
        r' height="(.*?)%"',
        still(figure),
    )
    assert [tuple(map(float, bar)) for bar in found] == [
        (1, 5, 50, 20, 50),
        (1, 55, 0, 20, 100),
        (2, 25, 0, 20, 100),
        (2, 75, 50, 20, 50),
    ]


def test_stacked_bars_stand_on_each_other_and_negative_ones_hang():
    figure = go.Figure([go.Bar(x=["a"], y=[1]), go.Bar(x=["a"], y=[2]), go.Bar(x=["a"], y=[-1])])
    figure.update_layout(barmode="stack", yaxis_range=[-1, 3])
    assert re.findall(r'y="([\d.]+)%" width="80%" height="([\d.]+)%"', still(figure)) == [
        ("50", "25"),
        ("0", "50"),
        ("75", "25"),
    ]


def test_bars_follow_the_order_of_the_axis_and_not_of_the_trace():
    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2])).update_layout(xaxis_categoryarray=["b", "a"])
    assert re.findall(r'ex-bar" style="[^"]*" x="(\d+)%', still(figure)) == ["55", "5"]


def test_a_heat_map_joins_equal_cells_of_a_row_and_puts_the_first_row_below():
    figure = go.Figure(go.Heatmap(z=[[0, 0, 1], [1, None, 0]]))
    paths = dict(re.findall(r'style="--t:(\d+)%" d="(.*?)"', still(figure)))
    assert paths == {"0": "M2 0h1v1H2zM0 1h2v1H0z", "100": "M0 0h1v1H0zM2 1h1v1H2z"}


def test_a_middle_gives_equal_shades_to_equal_distances():
    figure = go.Figure(go.Heatmap(z=[[-1, 0, 2]], zmid=0))
    found = re.findall(r'class="ex-(above|below)" style="--t:(\d+)%"', still(figure))
    assert sorted(found) == [("above", "0"), ("above", "100"), ("below", "50")]
    assert carried(figure)["data"][0]["zmin"] == -2


def test_error_bars_reach_as_far_as_they_say():
    figure = scatter(error_y={"array": [1, 2]}).update_layout(yaxis_range=[-2, 6])
    assert 'd="M0 875V625M1000 500V0"' in still(figure)


def test_the_live_plot_has_the_range_and_ticks_of_the_still():
    figure = go.Figure(go.Scatter(x=[0, 80000], y=[1, 1000], mode="lines")).update_layout(
        yaxis_type="log"
    )
    drawing = draw_still(
        *[[trace.to_plotly_json() for trace in figure.data], {"yaxis": {"type": "log"}}], "alt"
    )
    live = carried(figure)["layout"]
    # carried to five digits
    assert live["yaxis"]["range"] == pytest.approx([drawing.y.low, drawing.y.high], rel=1e-4)
    assert live["xaxis"]["ticktext"] == [tick.label for tick in drawing.x.ticks]
    # a phone has room for half
    assert live["xaxis"]["narrow"]["axis"]["ticktext"] == live["xaxis"]["ticktext"][::2]


def test_traces_take_the_hues_in_turn_and_stay_tokens():
    figure = go.Figure(
        [go.Scatter(y=[n]) for n in range(9)] + [go.Scatter(y=[1], line_color="var(--machine)")]
    )
    colours = [trace["line"]["color"] for trace in carried(figure)["data"]]
    assert colours == [f"var(--hue-{n})" for n in (1, 2, 3, 4, 5, 6, 7, 8, 1)] + ["var(--machine)"]


def test_numbers_are_carried_to_five_digits():
    assert (
        embed([1 / 3, 123456.7, 2.0, float("nan"), float("inf"), 7])
        == "[0.33333,123460,2,null,null,7]"
    )


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_carried_texts_come_back_and_cannot_end_their_element(value):
    text = embed(value)
    assert json.loads(text) == value
    assert not set("<>&`\n") & set(text)


HOSTILE = "</script><script>alert(1)</script><!--"


def test_foreign_texts_are_shown_and_never_read():
    figure = go.Figure(
        [
            go.Bar(x=[HOSTILE, "b"], y=[1, 2], text=[HOSTILE, ""], name=HOSTILE),
            go.Bar(x=["b"], y=[1], name="n"),
        ]
    )
    figure.update_layout(xaxis_title=HOSTILE, yaxis_title=HOSTILE)
    markup = plot(figure, HOSTILE, description=HOSTILE).html
    body = (
        html5lib.HTMLParser(namespaceHTMLElements=False)
        .parse(f"<!doctype html><title>t</title>{markup}")
        .find("body")
    )
    (script,) = body.findall(".//script")
    trace = json.loads(script.text)["data"][0]
    # Plotly reads entities
    assert trace["x"][0] == HOSTILE.replace("<", "&lt;").replace(">", "&gt;") == trace["name"]
    assert "alert(1)" in "".join(body.find(".//*[@class='ex-legend']").itertext())


def test_a_mark_of_the_legend_looks_as_its_trace():
    wanted = {
        "circle": "ex-swatch-point ex-swatch-circle",
        "square-open": "ex-swatch-point ex-swatch-square ex-swatch-open",
        "dot": "ex-swatch-dot", "dash": "ex-swatch-dash", "solid": "ex-swatch-line",
    }  # fmt: skip
    figure = go.Figure()
    for name in wanted:
        look = {"marker": {"symbol": name}} if name[0] in "cs" and name != "solid" else {}
        line = {} if look else {"line": {"dash": name}}
        mode = "markers" if look else "lines"
        figure.add_scatter(x=[1, 2], y=[1, 2], name=name, mode=mode, **look, **line)
    marks = re.findall(r'class="ex-swatch ([^"]+)"', plot(figure, "all marks").html)
    assert marks == [*wanted.values()]


def test_the_drawing_has_a_name_and_a_description_but_no_id():
    figure = scatter()
    one = plot(figure, "it rises", description="from 0 to 4").html
    assert "<title>it rises</title><desc>from 0 to 4</desc>" in one
    assert " id=" not in one  # so the same figure may stand twice on a page


def test_the_same_figure_gives_the_same_bytes():
    assert plot(scatter(), "alt").html == plot(scatter(), "alt").html


def test_a_long_trace_is_thinned_in_the_still_and_whole_in_the_live_plot():
    figure = scatter(x=list(range(5000)), y=list(range(5000)), mode="markers")
    assert still(figure).count("h0") <= 1501
    assert len(carried(figure)["data"][0]["x"]) == 5000


def test_a_plot_heavier_than_the_limit_is_refused():
    import random

    chance = random.Random(1)
    numbers = [chance.random() for _ in range(150_000)]
    with pytest.raises(ValueError, match=r"bytes gzipped; the limit is 300,000"):
        plot(go.Figure(go.Scatter(y=numbers, mode="lines")), "noise")


def test_a_legend_stands_where_there_is_something_to_tell_apart():
    two = go.Figure([go.Scatter(y=[1], name="one"), go.Scatter(y=[2], name="two")])
    assert plot(two, "alt").html.count("data-trace") == 2
    assert "data-trace" not in plot(two.update_layout(showlegend=False), "alt").html
    assert "data-trace" not in plot(scatter(name="alone"), "alt").html


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure(), "no traces"),
        (go.Figure(go.Funnel(x=[1])), "trace 0 is a funnel"),
        (scatter(marker_symbol="star", mode="markers"), "marker.symbol is 'star'"),
        (scatter(marker_size=[1, 2], mode="markers"), "split the trace"),
        (scatter(line_shape="spline"), "line.shape is 'spline'"),
        (scatter(fill="toself"), "fill is 'toself'"),
        (scatter(fill="tonexty"), "none before it"),
        (scatter().update_layout(barcornerradius=3), r"layout has \['barcornerradius'\]"),
        (scatter().update_layout(xaxis_type="date"), "type 'date'"),
        (scatter().update_layout(yaxis_type="log"), "0 on a log axis"),
        (scatter().update_layout(xaxis_tickformat="~s"), "tickformat is '~s'"),
        (go.Figure(go.Bar(x=[1990, 1991, 1999], y=[1, 2, 3])), "as '1990'"),
        (go.Figure([go.Heatmap(z=[[1]]), go.Scatter(y=[1])]), "stands alone"),
        (go.Figure(go.Heatmap(z=[[1]], colorscale="Viridis")), r"\['colorscale'\]"),
    ],
)
def test_what_the_still_does_not_know_is_refused_by_name(figure, said):
    with pytest.raises(CannotDraw, match=said):
        plot(figure, "alt")


LINE = {"x": [1, 2], "y": [1, 2]}
LATE = {"x": ["2025-07-02", "2025-07-04"]}
SHAPE = {"type": "line", "x0": 1, "x1": 1, "y0": 1, "y1": 2}


def refused(figure: go.Figure) -> str:
    """What is said of a figure that cannot be drawn, in one line."""
    with pytest.raises(CannotDraw) as error:
        plot(figure, "alt")
    assert "\n" not in str(error.value) and "; " in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("axis", ["xaxis", "yaxis"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"range": [1, 1]}, "the range of {axis} is [1, 1]; give ends that are further apart"),
        ({"range": [5, 5], "type": "log"}, "the range of {axis} is [5, 5]"),
        ({"range": [1e15, 1e15 + 0.25]}, "the range of {axis} is"),
        ({"range": [1, None]}, "the range of {axis} has None; give two finite numbers"),
        ({"range": [-math.inf, 1]}, "the range of {axis} has -inf"),
        ({"range": [1, math.nan]}, "the range of {axis} has nan"),
        ({"range": ["a", "b"]}, "the range of {axis} has 'a'"),
        ({"range": ["2025-07-02", "2025-07-04"]}, "the range of {axis} has '2025-07-02'"),
        ({"range": [0, 1e300]}, "the range of {axis} has 1e+300; give numbers up to 1e+290"),
        ({"dtick": -1}, "dtick of {axis} is -1"),
        ({"dtick": 1e-6}, "dtick of {axis} is 1e-06; give one that makes 1,000 ticks or fewer"),
        ({"dtick": "M1"}, "dtick of {axis} has 'M1'"),
        ({"tickvals": [1, math.inf]}, "has inf"),
        ({"tickvals": [None]}, "has None"),
        ({"tickvals": [1, 2], "ticktext": ["one"]}, "{axis} has 2 tickvals and 1 ticktext"),
        ({"type": "date"}, "on an axis of type 'date'; give dates as '2025-07-02'"),
    ],
)
def test_an_axis_that_cannot_be_drawn_is_named_with_what_it_was_given(axis, given, said):
    assert said.format(axis=axis) in refused(go.Figure(go.Scatter(LINE), {axis: given}))


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, 10**400, 1e300, True, Decimal(1), 1j, [1], time(1)]
)
@pytest.mark.parametrize(
    ("trace", "where"),
    [
        (lambda value: go.Scatter(x=[1, 2], y=[1, value]), "y of trace 0 (scatter)"),
        (lambda value: go.Scatter(x=[1, value], y=[1, 2]), "x of trace 0 (scatter)"),
        (lambda value: go.Bar(x=["a", "b"], y=[1, value]), "y of trace 0 (bar)"),
        (lambda value: go.Heatmap(z=[[1, value]]), "z of the heat map"),
        (lambda value: go.Scatter(LINE, error_y={"array": [1, value]}), "error_y"),
    ],
)
def test_a_value_that_is_no_finite_number_is_named_with_its_place(trace, where, value):
    assert refused(go.Figure(trace(value))).startswith(f"{where} has {repr(value)[:9]}")


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure(go.Heatmap()), "the heat map is empty; give it a number"),
        (go.Figure(go.Heatmap(z=[])), "the heat map is empty"),
        (go.Figure(go.Heatmap(z=[[], []])), "the heat map is empty"),
        (go.Figure(go.Heatmap(z=[[None, math.nan]])), "the heat map is empty"),
        (go.Figure(go.Heatmap(z=[[1, 2], [3]])), "rows of several lengths"),
        (go.Figure(go.Heatmap(z=[1, 2])), "give a list of rows"),
        (go.Figure(go.Heatmap(z=[["a"]])), "z of the heat map has 'a'"),
        (go.Figure(go.Heatmap(z=[[1, 2]], x=["a"])), "the heat map has 1 x for 2"),
        (go.Figure(go.Heatmap(z=[[1, 2]], zmin=math.nan)), "zmin has nan"),
        (go.Figure(go.Heatmap(z=[[1, 2]], zmin=5)), "from 5 down to 2"),
        (go.Figure(go.Bar(x=["a", "b"], y=[1])), "trace 0 (bar) has 2 x and 1 y"),
        (go.Figure(go.Bar(x=["a"], y=["high"])), "the bar 'a' has 'high'"),
        (go.Figure(go.Scatter(x=[1], y=[1, 2])), "trace 0 (scatter) has 1 x and 2 y"),
        (go.Figure(go.Scatter(LINE, error_y={"array": [1]})), "error_y has 1 lengths for 2 points"),
        (go.Figure(go.Scatter(x=[1, 2], y=[1e16, 1e16 + 2])), "the values on y are too close"),
        (go.Figure(go.Scatter(LINE), {"shapes": [SHAPE | {"x0": math.inf}]}), "x has inf"),
        (go.Figure(go.Scatter(LINE), {"shapes": [SHAPE | {"x0": None}]}), "a shape has no x0"),
        (
            go.Figure(go.Scatter(LINE), {"shapes": [SHAPE | {"x0": "2025-07-02"}]}),
            "x has '2025-07-02'",
        ),
        (
            go.Figure(go.Scatter(LINE), {"annotations": [{"text": "a", "x": 1}]}),
            "an annotation has no y",
        ),
        (
            go.Figure(go.Scatter(LINE, mode="text", textposition=["top left", "top right"])),
            "textposition is a list",
        ),
        (
            go.Figure(go.Scatter(x=["2025-02-30"], y=[1])),
            "x has '2025-02-30' on an axis of type 'date'",
        ),
        (
            go.Figure(go.Scatter(LATE, y=[1, 2]), {"xaxis": {"dtick": 86_400_000}}),
            "dtick of xaxis, which has dates",
        ),
        (
            go.Figure(go.Scatter(LATE, y=[1, 2]), {"xaxis": {"range": [1, 2]}}),
            "the range of xaxis has 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line_with_the_remedy(figure, said):
    assert said in refused(figure)


@pytest.mark.parametrize(
    "figure",
    [
        go.Figure(go.Scatter(x=[], y=[])),
        go.Figure(go.Scatter(x=[1, 2], y=[None, math.nan])),
        go.Figure(go.Scatter(x=[1, 2], y=[0, 5e-324])),
        go.Figure(go.Scatter(x=[1, 2], y=[-1e290, 1e290])),
        go.Figure(go.Scatter(x=[1, 2], y=[1e17, 1e17])),
        go.Figure(go.Scatter(x=[1, 2], y=[1e-290, 1e290]), {"yaxis": {"type": "log"}}),
        go.Figure(go.Scatter(x=[1, 2], y=[1, None], error_y={"array": [None, 1]})),
        go.Figure(
            go.Bar(x=["a", "b"], y=[1, math.nan], error_y={"array": [math.nan, 1]}, text=["one"])
        ),
        go.Figure([go.Scatter(x=[], y=[]), go.Scatter(x=[1], y=[1], fill="tonexty")]),
        go.Figure([go.Scatter(x=[1], y=[1]), go.Scatter(x=[1], y=[None], fill="tonexty")]),
        go.Figure(go.Heatmap(z=[[1, None], [math.nan, 1]], zmid=1)),
    ],
)
def test_a_value_that_is_missing_or_far_from_the_others_leaves_a_drawing(figure):
    shown = plot(figure, "alt").html
    assert not re.search(r"\b(?:nan|inf|NaN|Infinity)\b", shown)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0, 1e-20], ["0", "2·10⁻²¹", "4·10⁻²¹", "6·10⁻²¹", "8·10⁻²¹", "10⁻²⁰"]),
        ([0, 3e23], ["0", "5·10²²", "10²³", "1.5·10²³", "2·10²³", "2.5·10²³", "3·10²³"]),
        ([-2e23, 0], ["−2·10²³", "−1.5·10²³", "−10²³", "−5·10²²", "0"]),
        ([1e12, 1e12 + 10], ["1,000,000,000,000", "1,000,000,000,002", "1,000,000,000,004"]),
    ],
)
def test_ticks_of_any_size_differ_and_stay_short(values, said):
    axis = make_axis("y", values, {}, pad=False)
    assert [tick.label for tick in axis.ticks][: len(said)] == said


DAYS = [date(2025, 7, 2), date(2025, 7, 3), date(2025, 7, 6)]


@pytest.mark.parametrize(
    "days",
    [
        DAYS,
        [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS],
        numpy.array(DAYS, dtype="datetime64[D]"),
        numpy.array(DAYS, dtype="datetime64[ns]"),
        [day.isoformat() for day in DAYS],
        [f"{day} 00:00" for day in DAYS],
    ],
    ids=["date", "datetime", "numpy", "numpy nanoseconds", "text", "text with a time"],
)
def test_a_date_stands_where_a_calendar_has_it(days):
    figure = scatter(x=days, y=[0, 1, 4]).update_layout(
        xaxis_range=[days[0], days[-1]],
        yaxis_range=[0, 4],
        shapes=[SHAPE | {"x0": days[1], "x1": days[1]}],
    )
    assert 'd="M0 1000L250 750L1000 0"' in still(figure) and 'x1="25%"' in still(figure)
    axis = carried(figure)["layout"]["xaxis"]
    assert (axis["type"], axis["range"]) == ("date", ["2025-07-02T00:00:00", "2025-07-06T00:00:00"])
    assert axis["ticktext"] == ["2 Jul 2025", "3 Jul", "4 Jul", "5 Jul", "6 Jul"]
    assert axis["tickvals"][1] == "2025-07-03T00:00:00"
    assert [str(day)[:10] for day in carried(figure)["data"][0]["x"]] == [str(day) for day in DAYS]


def test_dates_upwards_and_one_date_alone_are_drawn_and_bars_keep_them_as_names():
    assert make_axis("y", ["2025-07-02"], {}).kind == "date"
    assert carried(go.Figure(go.Scatter(x=[1, 2], y=DAYS[:2])))["layout"]["yaxis"]["type"] == "date"
    assert carried(go.Figure(go.Scatter(x=DAYS[:1], y=[1])))["layout"]["xaxis"]["ticktext"]
    bars = carried(go.Figure(go.Bar(x=DAYS, y=[1, 2, 3])))["layout"]["xaxis"]
    assert (bars["type"], bars["ticktext"]) == ("category", [str(day) for day in DAYS])
    assert (
        carried(scatter(**LATE).update_layout(xaxis_type="category"))["layout"]["xaxis"]["type"]
        == "category"
    )


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (
            "2025-07-02T10:00:00",
            "2025-07-02T10:00:20",
            ["2 Jul 2025, 10:00:00", "10:00:05", "10:00:10"],
        ),
        (
            "2025-07-02T18:00",
            "2025-07-03T06:00",
            ["2 Jul 2025, 18:00", "21:00", "3 Jul, 00:00", "03:00", "06:00"],
        ),
        ("2025-12-30", "2026-01-02T12:00", ["30 Dec 2025", "31 Dec", "1 Jan 2026", "2 Jan"]),
        ("2025-07-01", "2025-08-20", ["7 Jul 2025", "21 Jul", "4 Aug", "18 Aug"]),
        ("2025-01-01", "2025-12-31", ["Jan 2025", "Apr 2025", "Jul 2025", "Oct 2025"]),
        ("2020-02-03", "2025-05-05", ["2021", "2022", "2023", "2024", "2025"]),
        ("1500-01-01", "2025-01-01", ["1500", "1600", "1700", "1800", "1900", "2000"]),
        ("0001-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ],
)
def test_ticks_of_dates_follow_the_calendar_and_name_what_changes(start, end, said):
    axis = make_axis("x", ["2025-07-02T00:00:01"], {"range": [start, end]})
    assert [tick.label for tick in axis.ticks][: len(said)] == said


def test_a_plot_needs_a_name():
    with pytest.raises(ValueError, match="alt is empty"):
        plot(scatter(), " ")


def test_lines_boxes_and_notes_stand_at_their_places():
    figure = scatter().update_layout(yaxis_range=[0, 4])
    figure.add_hline(y=1, annotation_text="one<br>line").add_vrect(x0=2, x1=5)
    shown = still(figure)
    assert 'x1="0%" x2="100%" y1="75%" y2="75%"' in shown
    assert 'x="20%" y="0%" width="30%" height="100%"' in shown
    assert ">one</text>" in shown and ">line</text>" in shown


def test_names_that_fit_in_two_lines_are_not_slanted():
    """On a phone four names of eleven letters have no room side by side, their halves have."""
    sizes = ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"]
    markup = plot(go.Figure(go.Bar(x=sizes, y=[1, 2, 3, 4])), "bars").html
    assert "rotate(" not in markup
    assert re.search(r'ex-narrow"[^>]*><tspan[^>]*>gpt2-</tspan><tspan[^>]*>medium</tspan>', markup)
    live = json.loads(re.search(r'plot-data"[^>]*>(.*?)</script>', markup)[1])["layout"]["xaxis"]
    assert live["ticktext"] == sizes and live["tickangle"] == 0
    assert live["narrow"]["axis"]["ticktext"][1] == "gpt2-<br>medium"
    long = ["incomprehensibilities", *sizes]
    assert "rotate(" in plot(go.Figure(go.Bar(x=long, y=[1, 2, 3, 4, 5])), "bars").html
