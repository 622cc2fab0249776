"""Things to choose from: under each heading one may be open at a time.

Plain `<details>` of one name, so it needs no script, works with the keyboard, and prints.

Left out: remembering what was open; choosing in two lists at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from exhibits.base.exhibit import Exhibit, escape, one_line


def choices(groups: Mapping[str, Mapping[str, Exhibit]], name: str) -> Exhibit:
    """Show groups of exhibits, each folded behind its label, the first of a group open.

    groups: from a heading to its choices; choices: from a label to what it opens
    name: of the whole, unique on the page, of letters, digits and hyphens

    Raises: ValueError if the name has another form, or a group has nothing to choose.

    >>> print(choices({"Colours": {"red": Exhibit("<i>r</i>", "r"), "blue": Exhibit("<i>b</i>", "b")}}, "hues").text)
    Colours
    - red
    r
    - blue
    b
    """
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name):
        raise ValueError(f"name is {name!r}; use letters, digits and single hyphens, as in 'swaps'")
    blocks, lines = [], []
    for number, (heading, options) in enumerate(groups.items(), start=1):
        if not options:
            raise ValueError(f"the group {heading!r} is empty; give it a choice, or leave it out")
        lines.append(heading)
        folds = []
        for place, (label, exhibit) in enumerate(options.items()):
            state = " open" if place == 0 else ""
            folds.append(
                f'<details name="{name}-{number}"{state} style="border-top:1px solid'
                ' var(--rule);padding:0.25rem 0"><summary style="padding:0.2rem'
                f' 0">{escape(one_line(label))}</summary>{exhibit.html}</details>'
            )
            lines += [f"- {label}", exhibit.text]
        title = escape(one_line(heading))
        blocks.append(
            f'<div role="group" aria-label="{title}" style="margin:0 0 1.1rem">'
            f'<p style="margin:0 0 0.3rem;font-weight:600">{title}</p>{"".join(folds)}</div>'
        )
    style = "font-family:var(--voice-machine);font-size:0.86rem;line-height:1.5"
    return Exhibit(
        f'<div class="ex-choices" style="{style}" data-pagefind-ignore>{"".join(blocks)}</div>',
        "\n".join(lines),
    )
