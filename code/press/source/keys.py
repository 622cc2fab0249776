"""The keys of front matter, `_quarto.yml` and cells, a row each.

What Quarto's templates write and what has no effect here is in NOTED, with the reason; press names
such a key once (`Project.notes`). A key without a row is refused.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from press.source import yaml_schema
from press.source.yaml_schema import FLAG

OWN = "press runs the cells in the journal's own Python"
LOOK = "the built-in printer has one look"
NOTED = {  # keys without an effect, and why
    **dict.fromkeys(("jupyter", "engine", "kernel", "ipynb-filters"), OWN),
    **dict.fromkeys(("editor", "editor_options"), "only Quarto's editor reads it"),
    **dict.fromkeys(
        """page-layout title-block-banner title-block-style highlight-style toc-location
        toc-expand toc-title code-overflow code-line-numbers code-block-bg
        code-block-border-left anchor-sections smooth-scroll fontsize mainfont linestretch
        fig-format fig-dpi grid reference-location""".split(),
        LOOK,
    ),
    **dict.fromkeys(("embed-resources", "self-contained", "minimal"), "a site is made of files"),
    "date-format": "dates are written as 2 July 2025",
    "tags": "no list shows them; categories are shown",
    "freeze": "press knows itself which runs hold",
    "code-annotations": "annotations are below their code",
    "code-tools": "every page names its source and has its notebook",
    "html-table-processing": "press leaves tables as the cell made them",
    "message": "it is an option of R",
    "license": "the page's foot is page-footer of _quarto.yml",
}
IN_A_CELL = "in a cell it is an option of R; write it in the front matter, or set figsize"
CELL_NOTED = {  # of cells
    **dict.fromkeys(("fig-width", "fig-height"), IN_A_CELL),
    **{key: NOTED[key] for key in ("message", "code-line-numbers", "code-overflow", "fig-format")},
    "html-table-processing": NOTED["html-table-processing"],
    "fig-dpi": NOTED["fig-dpi"],
}
FOLD = frozenset({True, False, "show"})
EXECUTE: yaml_schema.Table = {  # options of all cells
    "echo": FLAG,
    "eval": FLAG,
    "include": FLAG,
    "output": frozenset({True, False, "asis"}),
    "error": FLAG,
    "warning": FLAG,
}
FIGURE: yaml_schema.Table = {"fig-width": (int, float), "fig-height": (int, float)}
HTML: yaml_schema.Table = {
    "toc": FLAG,
    "toc-depth": int,
    "code-fold": FOLD,
    "code-summary": str,
    "fig-align": frozenset({"default", "left", "center", "right"}),
    **FIGURE,
}
HONOURED = {
    "code-annotations": "below",
    "html-table-processing": "none",
    "date-format": "D MMMM YYYY",
    "freeze": False,
}
OF_ALL = (*EXECUTE, "code-fold", "code-summary", "fig-align")  # which the front matter sets
STALE = ("cache", "freeze")  # options of `execute`
NONE = dict.fromkeys(NOTED, object)
EXECUTED: yaml_schema.Table = {
    **{key: object for key in (*NOTED, *STALE)},
    **EXECUTE,
    **FIGURE,
    "enabled": frozenset({True}),
}
PERSON = (str, {key: object for key in "name orcid email url affiliation affiliations".split()})
TEXTS = (str, list)
FRONT_MATTER: yaml_schema.Table = {
    "title": (str, int, float, datetime.date),
    "subtitle": str,
    "author": (*PERSON, list),
    "authors": (*PERSON, list),
    "date": (object,),
    "date-modified": (object,),
    "description": str,
    "categories": TEXTS,
    "keywords": TEXTS,
    "takeaways": list,
    "draft": FLAG,
    "search": FLAG,
    "image": str,
    "image-alt": str,
    "listing": {
        "id": str,
        "contents": TEXTS,
        "type": frozenset({"default"}),
        "sort": frozenset({"date desc"}),
        "feed": (FLAG, {"type": frozenset({"full", "partial"})}),
        "categories": FLAG,
        "fields": list,
        "sort-ui": frozenset({False}),
        "filter-ui": frozenset({False}),
        "date-format": str,
    },
    "press": {"timeout": int, "gathers": FLAG, "pretrained": FLAG, "typed": list, "reads": list},
    "format": (str, dict),
    "execute": EXECUTED,
    "resources": TEXTS,
    "lang": str,
    **NONE,
    **HTML,
    **EXECUTE,
}
FORMAT: yaml_schema.Table = {**NONE, **HTML}
OPTIONS: yaml_schema.Table = {
    "label": str,
    **EXECUTE,
    "fig-cap": str,
    "tbl-cap": str,
    "fig-alt": str,
    "code-fold": FOLD,
    "code-summary": str,
    "fig-align": HTML["fig-align"],
    **dict.fromkeys(CELL_NOTED, object),
}
INLINE = "`{python}"
LABEL = re.compile(r"^[A-Za-z][\w-]*$")


def option_faults(options: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key of an option, what is wrong with it, and the remedy."""
    label = options.get("label", "")
    if isinstance(options.get("label"), str) and not LABEL.match(label):
        remedy = "begin with a letter; then letters, digits, - and _"
        yield "label", f"label is {label!r}", remedy
    for key, value in options.items():
        if INLINE in str(value):
            yield key, f"{key} holds an inline expression", "only prose is computed"
    if "tbl-cap" in options and not str(label).startswith("tbl-"):
        remedy = "add '#| label: tbl-...' so that it can be numbered"
        yield "tbl-cap", "a tbl-cap without a label", remedy


def noted_options(options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each option of a cell that has no effect here, and why."""
    for key in options:
        if key in CELL_NOTED:
            yield f"#| {key}", CELL_NOTED[key]
