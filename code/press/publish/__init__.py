"""HTML -> site: build and check it beside the old one, feeds, search, links, and put it in the old
one's place.
"""
