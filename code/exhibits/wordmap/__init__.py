"""A map of word vectors through training.

In reading order: projection, map_file, still_map, still_pair, word_map.
"""
