"""The book's published numbers, computed again by this journal's code, in the book's order.

Its modules: published/ holds what was printed, rows reads and compares it; draws gives our layers
the book's random weights; appendix_a, chapter2, chapter3, chapter4, chapter5, chapters_6_7 and
appendices_d_e compute; reader_files finds what a reader may have added; account judges.
"""
