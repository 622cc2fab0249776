"""Texts, in reading order: corpus, utf8, gutenberg, fitness, punctuation, words, sentences,
paragraphs, counting, word_rows.
"""
