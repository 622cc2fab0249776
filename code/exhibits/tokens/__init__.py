"""Show tokens, in print and live.

In reading order: glyphs (white space and bytes made visible), chips, surprisal,
probability_bars, attention_heads, live_tokenizer, merge_replay.
"""
