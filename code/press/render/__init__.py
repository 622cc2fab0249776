"""Executed notebook -> HTML: Markdown woven for Pandoc, the theme, navigation, policy, cards, plain
Markdown.
"""
