"""Build a language model from scratch.

Its rooms, in reading order: text, tokenizer, embeddings, model, shards, training, baselines,
finetuning, book. All of them use smoke, atomic_write, file_lock and significance; concordance lists
the parts by the book's names.

Importing this package does not import torch; modules that need it are imported by their own names,
such as `scratch.baselines.vocab_cost`.
"""

# ruff: noqa: I001, RUF022 - the order is the reading order

from scratch.text.utf8 import TextError
from scratch.text.corpus import Entry, Text, list_texts, load_text
from scratch.text.words import join, split
from scratch.tokenizer.simple import END_OF_TEXT, UNKNOWN, UnknownWord, SimpleTokenizer
from scratch.text.counting import count, exponent, growth, hapaxes, most_frequent, rank_frequency
from scratch.text.sentences import sample, sentences
from scratch.tokenizer.gpt2_files import TokenizerFiles
from scratch.tokenizer.tiktoken_gpt2 import load_gpt2

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
    "SimpleTokenizer",
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
