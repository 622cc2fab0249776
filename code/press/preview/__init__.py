"""The site on the author's machine, following every edit.

In reading order: app (what an edit leads to), runs (pages run), prints (pages printed), news (what
browsers are sent), server.
"""
