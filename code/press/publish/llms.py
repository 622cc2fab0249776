"""Write llms.txt: the contents for a language model, with the address of each page's Markdown.

Source: llmstxt.org: a title, a summary as a quotation, sections with a list of links, each with
what it leads to.
"""

from press.render.plain_markdown import address
from press.source.dates import day
from press.source.page import Page
from press.source.project import Project


def markdown_path(page: Page) -> str:
    """Return the path of a page's Markdown in the site.

    >>> from press.source.page import parse_page
    >>> markdown_path(parse_page("---\\ntitle: x\\n---\\n", "journal/a.qmd"))
    'journal/a.md'
    """
    return page.path.removesuffix(".qmd") + ".md"


def llms(project: Project) -> str:
    """Return the text of llms.txt: the entries, oldest first, then the other pages."""
    config = project.config
    entries = project.entries()
    others = [page for page in project.published if not page.date]
    parts = [f"# {config.title}"]
    description = " ".join(str(config.get("website", "description", default="")).split())
    if description:
        parts.append(f"> {description}")
    parts.append(
        "Each page stands here as Markdown, too, with its code and what the code answered. "
        "Values that a run measured, as times are, stand in the page alone."
    )
    for heading, pages in (("Entries", entries), ("Pages", others)):
        if pages:
            parts.append(
                "\n".join([f"## {heading}", "", *(_line(project, page) for page in pages)])
            )
    return "\n\n".join(parts) + "\n"


def _line(project: Project, page: Page) -> str:
    title = page.title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    description = " ".join(str(page.meta.get("description", "")).split())
    about = ". ".join(filter(None, [day(page.date), description]))
    link = f"- [{title}]({address(markdown_path(page), project.config)})"
    return f"{link}: {about}" if about else link
