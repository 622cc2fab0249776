"""Executed page -> HTML: to_markdown, pandoc and memo, page_html with the parts around a page.

In reading order: to_markdown (a run as one Markdown document), pandoc (Markdown to HTML),
pandoc_errors (its complaints as problems of the page), memo (its answers on disk), navigation and
listing (what stands around a page), csp (the policy of scripts), receipt (measured values),
social_cards (pictures for links elsewhere), page_html (the whole page), plain_markdown (the page
without HTML).
"""
