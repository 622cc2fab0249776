"""Compute the book's published numbers again by this journal's code, in the book's order.

Its modules: published/ has the printed outputs, published_rows reads and compares them; draws gives
our layers the book's random weights; appendix_a, chapter2, chapter3, chapter4, chapter5,
chapters_6_7 and appendices_d_e compute; reader_files finds files that a reader may have added;
comparison compares everything.
"""
