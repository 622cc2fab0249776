"""Move measured values from a page into its receipt (JSON), so that two builds are equal."""

import html
import json
import re
from typing import Any

from press.base.errors import PressError
from press.execute.notebook import Run
from press.execute.provenance import MEASURED, in_words
from press.execute.run_diff import Change

UNREAD = "measured when the page ran; serve the site to see it"


def take_measured(body: str, run: Run) -> tuple[str, str]:
    """Return a body with a gap for each measured value, and the receipt with the values.

    Raises: PressError for two values with one key.
    """
    values: dict[str, dict[str, str]] = {}

    def take(match: re.Match[str]) -> str:
        key = match["key"]
        value = {name: html.unescape(match[name]) for name in ("text", "value")}
        if values.setdefault(key, value) != value:
            what = f"two measured values have one key, {key!r}"
            remedy = "give each exhibits.measured(...) a key of its own"
            raise PressError.at(run.page.path, 0, what, remedy)
        return f'<data class="measured" data-key="{key}" title="{UNREAD}">–</data>'

    body = MEASURED.sub(take, body)
    readable: dict[str, Any] = {}
    if run.receipt.get("executed"):
        changes = (run.receipt.get("changes") or {}).get("list", [])
        readable["shown"] = in_words(run.receipt)
        readable["shown_changes"] = [str(Change(**item)) for item in changes]
    receipt = {"page": run.page.path, **run.receipt, **readable, "measured": values}
    return body, json.dumps(receipt, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
