"""From ids to vectors: lookup tables, positions, word vectors learned and counted, and whether they
cluster.
"""
