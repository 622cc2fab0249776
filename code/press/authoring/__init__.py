"""Write pages for the author: new entries, notes, and the days of a log.

In reading order: filing (where a page goes), new_entry, bullets (what was typed, as Markdown), log
(the days of a log), notes (their pages).
"""
