"""Texts, in reading order: corpus, utf8, gutenberg, fitness, marks, words, sentences, paragraphs,
counting, word_rows.
"""
