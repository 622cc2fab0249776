"""Quote a text in the face of the prose, and never in that of computed numbers.

Left out: Markdown inside a quotation; every character is shown as it is.
"""

from __future__ import annotations

from exhibits.base.exhibit import Exhibit, escape, one_line


def quotation(text: str, given: str = "", below: Exhibit | None = None, title: str = "") -> Exhibit:
    """Show a text as a quotation, a paragraph for each of its lines that is not empty.

    given: what comes right before the text and is not its own, set in a softer colour
    below: an exhibit that is folded below it; title: the line that opens the fold

    >>> quotation("One.\\n\\nTwo <b>.").html.count("<p ")
    2
    >>> quotation(" slept.", given="The cat").text
    'The cat slept.'
    """
    first, *others = text.split("\n")
    start = f'<span class="ex-given">{escape(given)}</span>' if given else ""
    lines = [start + escape(first), *map(escape, others)]
    paragraphs = "".join(
        f'<p class="ex-quotation-text">{one_line(line)}</p>' for line in lines if line.strip()
    )
    quoted = f'<blockquote class="ex-quotation" dir="auto">{paragraphs}</blockquote>'
    if below is None:
        return Exhibit(quoted, given + text)
    fold = f"<details><summary>{escape(one_line(title))}</summary>{below.html}</details>"
    return Exhibit(f"<div>{quoted}{fold}</div>", f"{given}{text}\n{below.text}")
