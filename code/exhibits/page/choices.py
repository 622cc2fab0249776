"""Show exhibits as tabs: under each heading, one is open at a time.

What: the markup is `<details>` elements with a common name, which needs no script, works with the
keyboard, and prints. A browser with `::details-content` shows their labels in a row, and
exhibits.js opens the label that is pointed at or focused. Left out: remembering what was open;
opening two at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from exhibits.base.exhibit import Exhibit, check_hyphened, escape, one_line


def choices(groups: Mapping[str, Mapping[str, Exhibit]], name: str) -> Exhibit:
    """Show groups of exhibits, each folded behind its label, the first of a group open.

    groups: heading -> label -> exhibit
    name: unique on the page; letters, digits and single hyphens

    Raises: ValueError if the name has other characters, or a group is empty.

    >>> colours = {"red": Exhibit("<i>r</i>", "r"), "blue": Exhibit("<i>b</i>", "b")}
    >>> print(choices({"Colours": colours}, "hues").text)
    Colours
    - red
    r
    - blue
    b
    """
    check_hyphened("name", name, example="swaps")
    blocks, lines = [], []
    for number, (heading, options) in enumerate(groups.items(), start=1):
        if not options:
            raise ValueError(f"the group {heading!r} is empty; give it a choice, or leave it out")
        lines.append(heading)
        folds = []
        for index, (label, exhibit) in enumerate(options.items()):
            state = " open" if index == 0 else ""
            folds.append(
                f'<details name="{name}-{number}"{state}><summary>{escape(one_line(label))}'
                f"</summary>{exhibit.html}</details>"
            )
            lines += [f"- {label}", exhibit.text]
        title = escape(one_line(heading))
        blocks.append(
            f'<div role="group" aria-label="{title}"><p class="ex-choices-title">{title}</p>'
            f"{''.join(folds)}</div>"
        )
    return Exhibit(
        f'<div class="ex-choices" data-pagefind-ignore>{"".join(blocks)}</div>', "\n".join(lines)
    )
