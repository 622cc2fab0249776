"""Which printer made a site, and where it puts what a reader uses: the same tests look at both."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Selectors:
    """CSS selectors of what every page of a site has, whichever printer made it."""

    ground: str  # the element that has the theme's background
    home: str  # the link to the front page
    theme_toggle: str
    main: str
    prose: str
    copy: str  # the button of a block of code
    posts: str  # the entries that the front page lists
    post_link: str
    post_category: str
    filters: str  # the categories of the front page, each a filter
    search_open: str
    search_input: str
    search_results: str


SELECTORS = {
    "builtin": Selectors(
        ground="html",
        home=".site-title a",
        theme_toggle=".theme-toggle",
        main="main",
        prose=".prose",
        copy="button.copy",
        posts=".entries > li",
        post_link=".entries :is(h2, h3) a",
        post_category=".entry-categories li",
        filters=".filter a[data-category]",
        search_open=".search-open",
        search_input="#search-words",
        search_results=".search-results a",
    ),
    "quarto": Selectors(
        ground="body",
        home="a.navbar-brand",
        theme_toggle=".quarto-color-scheme-toggle:visible",
        main="main",
        prose="#quarto-document-content",
        copy="button.code-copy-button",
        posts=".quarto-post",
        post_link=".quarto-post .listing-title a",
        post_category=".listing-category",
        filters=".quarto-listing-category .category:not([data-category=''])",
        search_open="#quarto-search button",
        search_input="input.aa-Input:visible",
        search_results="a.search-result-link",
    ),
}


def printer_of(site: Path) -> str:
    """Return the printer that made a site: "quarto", which names itself, or "builtin".

    Raises: ValueError if the front page is neither's.
    """
    page = (site / "index.html").read_text(encoding="utf-8")
    if re.search(r'<meta name="generator" content="quarto-', page):
        return "quarto"
    if re.search(r'<link [^>]*href="[^"]*press\.css', page):
        return "builtin"
    raise ValueError(f"{site}/index.html was made by neither Quarto nor the built-in printer")
