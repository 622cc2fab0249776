"""The parts of a page that come alive when a reader comes to them."""

from typing import Any

WAIT = 15_000  # ms, of a part that comes alive


def wake_plots(page: Any) -> None:
    """Point at each plot in sight until it is live.

    The pointer comes from elsewhere each time: a plot that scrolls beneath a pointer at rest
    stays a still.
    """
    for plot in page.locator(".ex-plot").filter(visible=True).all():
        box = plot.locator(".ex-plot-box")
        box.scroll_into_view_if_needed(timeout=WAIT)
        page.mouse.move(0, 0)
        box.hover(timeout=WAIT)
        plot.locator(".ex-live .main-svg").first.wait_for(state="attached", timeout=WAIT)


def wake_maps(page: Any) -> None:
    """Come to each map of words until it is drawn."""
    for box in page.locator(".ex-explorer").all():
        box.scroll_into_view_if_needed(timeout=WAIT)
        box.locator("canvas").first.wait_for(timeout=WAIT)
