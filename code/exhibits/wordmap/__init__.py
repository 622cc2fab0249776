"""Show a map of word vectors during training.

In reading order: projection, map_file, still_map, still_pair, word_map.
"""
