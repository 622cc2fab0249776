"""The command `press`.

In reading order: options, main; then a module a group of commands: render, look, show, write,
remove_entry, workbench (texts, tokens, weights), train.
"""
