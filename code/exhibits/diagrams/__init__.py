"""Draw diagrams from the shapes and numbers of the page that shows them.

In reading order: shapes (boxes, arrows, cells, labels), diagram (two layouts and the reader's
choice), then one module per diagram: pipeline, one_hot_lookup, sliding_window, input_sum, looking,
clock_hands, two_hands, weighted_mean, split_heads, gpt_block, training_loop, low_rank, kv_cache.
"""
