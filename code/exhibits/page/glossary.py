"""Collect the terms that the pages explain, each with the sentence that explains it.

What: a page marks a term where it explains it: `The [logits]{.term} are one raw number per entry.`
Each term is explained once on the whole site. Where that sentence can't be read alone,
data/glossary.toml has another one; it also has words that no page explains. Left out: formulas and
computed values in a sentence, which must be true on every text.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.site_paths import href, root
from exhibits.base.wording import curled
from exhibits.page.page_sources import published

TERM = re.compile(r"\[([^\[\]]+)\]\{\.term\}")
BLOCK_MARK = re.compile(r"^:{3,}.*$|^(?:[-*+>]|\d+\.)\s+", re.M)
FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*[^\S\n]*$", re.S | re.M)
END = re.compile(r"(?<=[.!?])[\"”’*)]*\s+(?=[\"“‘*(\[`]*[A-ZÄÖÜ0-9])")
NO_END = re.compile(r"(?:\be\.g|\bi\.e|\bal|\bcf|\bvs|\bSt|\b[A-Z])\.$")
SPOKEN = re.compile(r"`\{python\}|\$")
CITED = re.compile(r" \[[A-Z][^\[\]]*\b\d{4}\b[^\[\]]*\]")  # a work, which the page itself lists
LINK = re.compile(r"\[([^\[\]]*)\](?:\([^)\s]*\)|\{[^}]*\})")
SAYS = Path("data/glossary.toml")
MARKS = ((re.compile(r"`([^`]+)`"), "code"), (re.compile(r"\*([^*]+)\*"), "em"))


@dataclass(frozen=True)
class Term:
    """A term, the sentence in Markdown that explains it, its page's path and title, "" without."""

    name: str
    sentence: str
    page: Path | None
    title: str
    at: str  # the HTML id of its place on that page


def anchor(name: str) -> str:
    """Return the HTML id of a term on its page; `filter.lua` and `exhibits.js` make the same one.

    >>> anchor("Layer norm")
    'term-layer-norm'
    """
    return f"term-{re.sub('[^a-z0-9]+', '-', name.lower())}"


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph of Markdown.

    >>> list(sentences("It has *rows* (e.g. Two). A row is a vector."))
    ['It has *rows* (e.g. Two).', 'A row is a vector.']
    """
    start = 0
    for end in END.finditer(paragraph):
        if not NO_END.search(paragraph[start : end.start()]):
            yield paragraph[start : end.end()].strip()
            start = end.end()
    yield paragraph[start:].strip()


def terms(base: Path | None = None) -> list[Term]:
    """Read the terms of the published pages, in alphabetical order.

    Pages that the site leaves out, such as those of the pretrained model, are not read.

    base: the journal's root; where None, that of the working folder
    Raises: ValueError if two pages explain the same term, or a sentence has a formula or a computed
    value, or data/glossary.toml cannot be read.
    """
    base = base or root()
    file = base / SAYS
    listed = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    says, known = listed.get("says", {}), listed.get("known", {})
    by_name: dict[str, Term] = {}
    for term in [*_of_pages(base), *_known(base, known)]:
        if sentence := says.get(term.name.lower()):
            term = replace(term, sentence=sentence)
        if SPOKEN.search(term.sentence):
            raise ValueError(
                f"{term.page} explains {term.name!r} with a formula or a computed value; put that"
                " into another sentence"
            )
        other = by_name.setdefault(anchor(term.name), term)
        if other is not term:
            raise ValueError(
                f"{other.page} and {term.page} both explain {term.name!r}; mark it on one of them"
            )
    return sorted(by_name.values(), key=lambda term: term.name.casefold())


def _of_pages(base: Path) -> Iterator[Term]:
    for page in published(base, having=TERM):
        prose = BLOCK_MARK.sub("", FENCED.sub("\n\n", page.text))
        for paragraph in re.split(r"\n\s*\n", prose):
            for sentence in sentences(" ".join(paragraph.split())):
                whole = re.sub(":$", ".", CITED.sub("", sentence))
                for name in TERM.findall(sentence):
                    yield Term(
                        name,
                        whole,
                        page.path,
                        str(page.fields.get("title", page.path)),
                        anchor(name),
                    )


def _known(base: Path, known: Mapping[str, Mapping[str, str]]) -> Iterator[Term]:
    """Yield words that no page explains, each with where it is at work, if that is said."""
    titles = {
        page.path.as_posix(): str(page.fields.get("title", page.path))
        for page in published(base, re.compile(""))
    }
    for name, word in known.items():
        path, _, at = word.get("page", "").partition("#")
        if path in titles:
            yield Term(name, word["says"], Path(path), titles[path], at)
        elif not path:
            yield Term(name, word["says"], None, "", "")


def as_html(markdown: str) -> str:
    """Convert a sentence of Markdown to HTML; of links and spans only the words stay.

    >>> as_html("A [*row*](a.qmd) & `x`")
    'A <em>row</em> &amp; <code>x</code>'
    """
    markup = escape(curled(_words(markdown))).replace("&#96;", "`")
    for pattern, tag in MARKS:
        markup = pattern.sub(rf"<{tag}>\1</{tag}>", markup)
    return markup


def as_text(markdown: str) -> str:
    """Convert a sentence of Markdown to plain text.

    >>> as_text("A [*row*](a.qmd) & `x`")
    'A row & x'
    """
    return html.unescape(re.sub("<[^>]+>", "", as_html(markdown)))


def _words(markdown: str) -> str:
    return LINK.sub(r"\1", markdown)


def glossary() -> Exhibit:
    """Show each term with its sentence and a link to where it is explained.

    Raises: ValueError as `terms` does.
    """
    base = root()
    listed = terms(base)
    rows, plain = [], []
    for term in listed:
        name = curled(term.name[:1].upper() + term.name[1:])
        shown, note = escape(name), ""
        if term.page:
            there = escape(f"{href(term.page, base)}#{term.at}")
            shown = f'<a href="{there}">{shown}</a>'
            note = f' <span class="ex-note">{escape(term.title)}</span>'
        rows.append(
            f'<dt id="{anchor(term.name)}">{shown}</dt><dd>{as_html(term.sentence)}{note}</dd>'
        )
        plain.append(f"{name}: {as_text(term.sentence)}" + (f" ({term.title})" if note else ""))
    if not rows:
        return Exhibit("<p>No term yet.</p>", "No term yet.")
    markup = f'{_letters(listed)}<dl class="ex-glossary">{"".join(rows)}</dl>'
    return Exhibit(markup, "\n".join(plain))


def _letters(listed: list[Term]) -> str:
    """Return a row of letters, each a link to the first term that begins with it."""
    first: dict[str, str] = {}
    for term in listed:
        first.setdefault(term.name[0].upper(), anchor(term.name))
    links = "".join(f'<a href="#{there}">{escape(letter)}</a>' for letter, there in first.items())
    return f'<nav class="ex-letters" aria-label="Letters" data-pagefind-ignore>{links}</nav>'
