"""From ids to vectors, in reading order: embedding, lookup_cost, positional, relative, rotary,
position_kinds, skipgram_pairs, skipgram, ppmi, clustering, word_groups, cluster_study.
"""
