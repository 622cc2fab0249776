"""Baselines and experiments, in reading order: ngram, word_surprisal, word_swaps,
swap_batch, swap_list, vocab_cost, needs, prompts, written.
"""
