"""Run the journal's own model in the reader's browser.

In reading order: portable_random, model_file, writer.
"""
