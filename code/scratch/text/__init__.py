"""Texts: where they are, what their bytes mean, whether they can serve; words, sentences,
paragraphs, counts.
"""
