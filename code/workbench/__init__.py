"""Texts, encodings, trainings and weights, as the commands `press texts`, `tokens`, `train` and
`weights` handle them.
"""
