"""Set what a cell shows into its figure: captions, parts, rows side by side.

Source: Quarto's guide (figures, cell options `fig-cap`, `fig-subcap`, `layout-ncol`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LAYOUT = ("layout", "layout-ncol", "layout-nrow", "layout-align", "layout-valign")
# would make a list or a block of a caption
MARKER = re.compile(r"^(?P<before>\w*)(?P<mark>[.)\-+*#>|:])(?=[\s:|])")


def is_float(options: Mapping[str, Any]) -> bool:
    """Return whether a cell is a figure or a table with a caption or a number."""
    captions = options.get("fig-cap") or options.get("tbl-cap")
    return bool(captions or re.match("(fig|tbl)-", str(options.get("label", ""))))


def of_figure(value: Any, number: int) -> str:
    """Return what an option says of a cell's figure of this number, from 0.

    >>> of_figure(["a", "b"], 1), of_figure("c", 1), of_figure(["a"], 1)
    ('b', 'c', '')
    """
    if isinstance(value, list):
        value = value[number] if number < len(value) else ""
    return " ".join(str(value or "").split())


def figures(shown: list[tuple[str, bool]], options: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a cell shows as Markdown; shown: each output, and whether it can be a figure."""
    label, caption = str(options.get("label", "")), options.get("fig-cap") or options.get("tbl-cap")
    parts = options.get("fig-subcap") or options.get("tbl-subcap") or []
    each = parts if isinstance(parts, list) and parts else caption
    whole = "" if isinstance(caption, list) else of_figure(caption, 0)
    blocks, number = [], 0
    for text, is_figure in shown:
        if isinstance(each, list) and is_figure:
            number += 1
            own = f"#{label}-{number}" if label else ""
            kind = "" if parts else " .figure-of-cell"
            text = div(f"{own}{kind}" or ".part", text, _caption(of_figure(each, number - 1)))
        blocks.append(text)
    if blocks and (layout := [key for key in LAYOUT if key in options]):
        pairs = (f"{key}={json.dumps(_text(options[key]))}" for key in layout)
        blocks = [div(" ".join(pairs), *blocks)]
    if blocks and is_float(options) and not isinstance(caption, list):
        blocks = [div(f"{f'#{label} ' if label else ''}.figure-of-cell", *blocks, _caption(whole))]
    yield from blocks


def div(attributes: str, *blocks: str) -> str:
    """Return blocks of Markdown in a Div of these attributes."""
    return "\n\n".join([f":::: {{{attributes.strip()}}}", *filter(None, blocks), "::::"])


def _caption(text: str) -> str:
    return MARKER.sub(r"\g<before>\\\g<mark>", text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
