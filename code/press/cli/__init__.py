"""The command `press`.

In reading order: console, options, main; then a module a group of commands: render, look, show,
publish, new_entry, notes, texts, tokens, train, weights.
"""
