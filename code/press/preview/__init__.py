"""The site on the author's machine, following every edit.

In reading order: app (what an edit leads to), waiting (what runs next), watched (the files that
count), kernels and fresh_run (pages run), prints (pages printed), news (what browsers are sent),
server.
"""
