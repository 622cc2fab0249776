"""The command `press`.

In reading order: options, main; then a module a group of commands: render, look, show, notes,
remove_entry, workbench (texts, tokens, weights), train.
"""
