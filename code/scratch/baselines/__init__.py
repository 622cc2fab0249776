"""Baselines and experiments, in reading order: ngram, word_surprisal, word_swaps,
swap_batch, cat_and_dog, vocab_cost, needs, prompts, generated_text.
"""
