"""press: page -> notebook -> executed notebook -> site. The command `press` is in press.cli.

Its rooms, in reading order: base, source, authoring, execute, render, publish, checks, preview,
cli.
"""
