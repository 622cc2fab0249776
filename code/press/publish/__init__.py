"""Printed pages -> site, built beside the old one and exchanged with it.

In reading order: build (the whole site), record (what is taken from the old site), assets, fonts
and furnish (all that is no page), feeds (lists of pages), links (dead links), search_index,
atomic_publish (the exchange), server (the site on this machine), site_branch (the site on a
remote), quarto (the other printer).
"""
