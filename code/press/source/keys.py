"""The keys of front matter, `_quarto.yml` and cells, by the kind of their values.

What Quarto's templates write and what has no effect here is in NOTED, with the reason; press names
such a key once (`Project.notes`). A table with OTHERS takes keys of the author's own, which are
named, too; without it, a key that has no row is refused.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from press.source.yaml_schema import FLAG, OTHERS, Table

OWN = "press runs the cells in the journal's own Python"
LOOK = "the built-in printer has one look"
NO_MEANING = "press gives it no meaning"
NOTED = {  # keys without an effect, and why
    **dict.fromkeys(("jupyter", "engine", "kernel", "ipynb-filters"), OWN),
    **dict.fromkeys(("editor", "editor_options"), "only Quarto's editor reads it"),
    **dict.fromkeys(
        """page-layout title-block-banner title-block-style highlight-style toc-location
        toc-expand toc-title code-overflow code-line-numbers code-block-bg
        code-block-border-left anchor-sections smooth-scroll fontsize mainfont linestretch
        fig-format fig-dpi grid reference-location number-sections number-depth css lightbox
        backgroundcolor fontcolor linkcolor monofont max-width brand code-link df-print
        fig-cap-location tbl-cap-location cap-location callout-appearance callout-icon
        appendix-style footnotes-hover citations-hover crossrefs-hover link-external-icon
        link-external-newwindow body-classes section-divs html-math-method code-copy
        page-navigation bread-crumbs""".split(),
        LOOK,
    ),
    **dict.fromkeys(
        "comments google-analytics open-graph twitter-card".split(), "a page asks no other host"
    ),
    **dict.fromkeys(
        "filters shortcodes include-in-header include-before-body include-after-body".split(),
        "press runs no extension, and the head and foot of a page are its own",
    ),
    **dict.fromkeys(
        "other-links code-links notebook-links format-links".split(),
        "a page links to its notebook and its source",
    ),
    **dict.fromkeys(("citation", "doi", "google-scholar"), "no page says how to cite it"),
    **dict.fromkeys(("cache", "daemon"), "press knows itself which runs hold"),
    **dict.fromkeys(("knitr", "params", "kernelspec"), OWN),
    **dict.fromkeys(
        """modified topic tag comment image-height image-width pdf-engine toc-float category-view
        execute-dir subtitle-meta description-meta""".split(),
        NO_MEANING,
    ),
    **dict.fromkeys(
        "code_folding code-folding toc_float toc_depth df_print fig_width fig_height".split(),
        "it is a key of R Markdown",
    ),
    "aliases": "no page leads on to another",
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
    **{
        key: NOTED[key]
        for key in """message code-line-numbers code-overflow fig-format fig-dpi
        html-table-processing""".split()
    },
    **dict.fromkeys(
        """out-width out-height fig-pos fig-env fig-scap fig-link fig-column tbl-column
        cap-location fig-cap-location tbl-cap-location tbl-colwidths code-block-bg fig-asp
        code-block-border-left lightbox""".split(),
        LOOK,
    ),
}
FOLD = frozenset({True, False, "show"})
EXECUTE: Table = {  # options of all cells
    "echo": (FLAG, frozenset({"fenced"})),
    **dict.fromkeys(("eval", "include"), FLAG),
    "output": frozenset({True, False, "asis"}),
    **dict.fromkeys(("error", "warning"), FLAG),
}
FIGURE: Table = {"fig-width": (int, float), "fig-height": (int, float)}
HTML: Table = {
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
DATES = ("date", "date-modified")
NONE = {**dict.fromkeys(NOTED, object), OTHERS: OTHERS}
EXECUTED: Table = {**NONE, **EXECUTE, **FIGURE, "enabled": frozenset({True})}
PERSON = (str, {key: object for key in "name orcid email url affiliation affiliations".split()})
TEXTS = (str, list)
FRONT_MATTER: Table = {
    "title": (str, int, float, datetime.date),
    **dict.fromkeys(("author", "authors"), (*PERSON, list)),
    **dict.fromkeys(DATES, (object,)),
    **dict.fromkeys(
        "pagetitle subtitle abstract abstract-title description image image-alt lang csl".split(),
        str,
    ),
    **dict.fromkeys("categories keywords resources bibliography".split(), TEXTS),
    **dict.fromkeys(("draft", "search", "link-citations"), FLAG),
    "takeaways": list,
    "listing": {
        **dict.fromkeys(("id", "date-format"), str),
        **dict.fromkeys(("sort-ui", "filter-ui"), frozenset({False})),
        "contents": TEXTS,
        "fields": list,
        "type": frozenset({"default"}),
        "sort": frozenset({"date desc"}),
        "feed": (FLAG, {"type": frozenset({"full", "partial"})}),
        "categories": FLAG,
    },
    "press": {"timeout": int, "gathers": FLAG, "pretrained": FLAG, "typed": list, "reads": list},
    "format": (str, dict),
    "execute": EXECUTED,
    "about": {"template": str, "links": list, "image": str, "image-alt": str, OTHERS: OTHERS},
    **NONE,
    **HTML,
    **EXECUTE,
}
FORMAT: Table = {"theme": object, **NONE, **HTML}
OPTIONS: Table = {
    **EXECUTE,
    **dict.fromkeys("label tbl-cap lst-cap lst-label column filename code-summary".split(), str),
    **dict.fromkeys(("fig-cap", "fig-alt"), TEXTS),
    **dict.fromkeys(("fig-subcap", "tbl-subcap"), (list, FLAG)),
    **dict.fromkeys(("layout-ncol", "layout-nrow"), int),
    **dict.fromkeys(("layout", "layout-align", "layout-valign"), object),
    "code-fold": FOLD,
    "fig-align": HTML["fig-align"],
    **dict.fromkeys(CELL_NOTED, object),
    OTHERS: OTHERS,
}
INLINE = "`{python}"
LABEL = re.compile(r"^[A-Za-z][\w-]*$")


def option_faults(options: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key of an option, what is wrong with it, and the remedy."""
    label = options.get("label", "")
    if re.match("(fig|tbl)-", str(label)) and not LABEL.match(label):
        remedy = "begin with a letter; then letters, digits, - and _"
        yield "label", f"label is {label!r}", remedy
    for key, value in options.items():
        if INLINE in str(value):
            yield key, f"{key} holds an inline expression", "only prose is computed"
    if "tbl-cap" in options and str(label).startswith("fig-"):
        yield "tbl-cap", "a tbl-cap of a figure", "write fig-cap, or '#| label: tbl-...'"
