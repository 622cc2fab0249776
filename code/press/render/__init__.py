"""Executed page -> HTML: weave, pandoc, page_html with the parts around a page.

In reading order: weave (a run as one Markdown document) with figures and fill_in, pandoc
(Markdown to HTML), navigation and listing (what stands around a page), csp (the policy of scripts),
social_cards (pictures for links elsewhere), page_html (the whole page), plain_markdown (the page
without HTML).
"""
