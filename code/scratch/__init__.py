"""A language model from scratch, in reading order.

Importing this is cheap: what needs torch is imported by its own name, such as `scratch.cost`.
"""

# ruff: noqa: I001, RUF022 - the order is the reading order

from scratch.utf8 import TextError
from scratch.corpus import Entry, Text, list_texts, load_text
from scratch.words import join, split
from scratch.vocabulary import END_OF_TEXT, UNKNOWN, UnknownWord, Vocabulary
from scratch.counting import count, exponent, growth, hapaxes, most_frequent, rank_frequency
from scratch.passage import sample, sentences
from scratch.gpt2files import TokenizerFiles
from scratch.gpt2 import load_gpt2

__all__ = [
    "TextError",
    "Entry",
    "Text",
    "list_texts",
    "load_text",
    "join",
    "split",
    "END_OF_TEXT",
    "UNKNOWN",
    "UnknownWord",
    "Vocabulary",
    "count",
    "exponent",
    "growth",
    "hapaxes",
    "most_frequent",
    "rank_frequency",
    "sample",
    "sentences",
    "TokenizerFiles",
    "load_gpt2",
]
