"""What the commands `press texts`, `tokens`, `train` and `weights` do: texts, text_list, download,
tokens, weights.
"""
