"""Tokens as chips, in print and live.

In reading order: glyphs (white space and bytes made visible), chips, surprisal, live_tokenizer,
merge_replay.
"""
