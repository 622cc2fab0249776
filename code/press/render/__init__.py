"""Executed page -> HTML: to_markdown, pandoc, page_html with the parts around a page.

In reading order: to_markdown (a run as one Markdown document) with figures and day_log, pandoc
(Markdown to HTML), pandoc_errors (its complaints as problems of the page), navigation and listing
(what stands around a page), csp (the policy of scripts), receipt (measured values), social_cards
(pictures for links elsewhere), page_html (the whole page), plain_markdown (the page without HTML).
"""
