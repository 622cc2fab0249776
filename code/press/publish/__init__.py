"""Printed pages -> site, built beside the old one and exchanged with it.

In reading order: build (the whole site), site_record (what is taken from the old site), assets,
fonts and site_files (all that is no page), feeds (lists of pages), links (dead links),
search_index, atomic_publish (the exchange), static_server (the site on this machine), site_branch
(the site on a remote), quarto (the other printer).
"""
