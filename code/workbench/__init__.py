"""Do the work of the commands `press texts`, `tokens` and `weights`: texts, text_list, download,
tokens, weights.
"""
