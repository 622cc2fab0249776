"""Write pages for the author: notes, and the days of a log.

In reading order: slug and sidebar (where a page goes), bullets (what was typed, as Markdown), log
(the days of a log), notes (their pages), typed (what was typed, until a page has it).
"""
